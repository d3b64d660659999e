"""`risks`: the register, one risk, this week's checklist, what became of them, a heat map, files, and incidents."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.chat import Press, Standing
from bot.checklist_records import ListKind
from bot.commands.call import Call
from bot.commands.incidents import start_incident
from bot.commands.registry import Argument, ArgumentKind, Command
from bot.commands.risk_cards import show_risk
from bot.commands.risk_files import csv_file, heat_map, markdown_file
from bot.commands.risk_lists import Edition, chooser, choosers, post_checklist, repost, subject_of, views
from bot.commands.risk_room import RiskRoom, company_of, public_room, room_of, shown, slug_of
from bot.commands.risk_texts import history_line, plans_of, register_line
from bot.commands.rooms import note_owner
from bot.replies import File, Reply
from bot.wording import LANGUAGES, RiskSay, Say
from rag.kinds.risk import Risk, RiskCategory
from rag.kinds.values import Stage
from rag.kinds.wording import STAGES
from rag.risks import Scored

ACTIONS = ("show", "list", "checklist", "history", "heatmap", "export", "incident")
_LISTED, _HISTORY, _RECENT = 15, 30, 20
"""Lines of a list, lines of the history, lists among which this week's is looked for."""

_COMPLETED = 25
_TOPICS = re.compile(r"^(topics?|主题)\s*[=＝:：]\s*", re.IGNORECASE)
_TOPIC_MARKS = re.compile("[,，、;；]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filter:
    """Which part of the register is asked for; `unknown` is what could not be read."""

    stage: Stage | None = None
    category: RiskCategory | None = None
    unknown: str = ""


def command() -> Command:
    """The command."""
    return Command(
        name="risks",
        run=run,
        arguments=(
            Argument(name="action", kind=ArgumentKind.CHOICE, choices=ACTIONS),
            Argument(name="item", complete=complete),
        ),
    )


async def run(call: Call, arguments: Mapping[str, str]) -> None:
    """Does one action; without any it shows the register."""
    await _do(call, arguments.get("action", "list"), arguments.get("item", ""))


async def view(call: Call, press: Press) -> None:
    """Does the action that a button names."""
    action, _, item = press.payload.subject.partition(".")
    if action not in ACTIONS:
        await call.whisper(call.words(Say.UNKNOWN_ACTION))
        return
    await _do(call, action, item)


async def complete(call: Call, typed: str) -> Sequence[str]:
    """Risks whose titles hold what was typed."""
    room = await room_of(call)
    found = room.held.register.named(typed) if typed.strip() else room.held.register.risks
    return [risk.title.of(call.language) for risk in found][:_COMPLETED]


async def _do(call: Call, action: str, item: str) -> None:
    room = await room_of(call)
    if not room.held.register.risks:
        await call.whisper(call.words(RiskSay.EMPTY))
        return
    match action:
        case "show" if item:
            if risk := await _the_one(call, room, item):
                await show_risk(call, room, risk, subject=call.language.value)
        case "checklist":
            await _checklist(call, room, item)
        case "history":
            await _history(call, room, item)
        case "incident":
            await _incident(call, room, item)
        case "heatmap" | "export" | "list" | "show":
            await _filtered(call, room, action, item)


async def _filtered(call: Call, room: RiskRoom, action: str, text: str) -> None:
    """The register, or a part of it, as a list or as files."""
    wanted = _read(room, text)
    if wanted.unknown:
        stages = room.listed([name.of(call.language) for name in STAGES.values()])
        categories = room.listed([room.word("risk-category", category) for category in RiskCategory])
        await call.whisper(call.words(RiskSay.FILTERS, word=wanted.unknown, stages=stages, categories=categories))
        return
    # Files are posted for everybody who reads along, and hold what all of them may see.
    seen = room if action in {"list", "show"} else await public_room(call.means, call.place, call.language)
    found = seen.held.register.scored(seen.company, seen.board.handlings, stage=wanted.stage, category=wanted.category)
    if not found:
        await call.whisper(call.words(RiskSay.NOTHING_FITS))
    elif action == "heatmap":
        picture = await asyncio.to_thread(heat_map, seen, found)
        await _send(call, call.words(RiskSay.MAP_SENT, count=len(found)), picture)
    elif action == "export":
        files = (markdown_file(seen, found), csv_file(seen, found))
        await _send(call, call.words(RiskSay.EXPORT_SENT, count=len(found)), *files)
    else:
        await _list(call, room, found)


async def _list(call: Call, room: RiskRoom, found: Sequence[Scored]) -> None:
    lines = [register_line(room, number, each) for number, each in enumerate(found[:_LISTED], start=1)]
    if len(found) > _LISTED:
        lines.append(call.words(Say.LIBRARY_MORE, more=len(found) - _LISTED))
    example = found[0].risk.id
    hint = room.say(
        RiskSay.REGISTER_HINT,
        list=room.usage("list", STAGES[Stage.SEED].of(room.language)),
        show=room.usage("show", example),
        incident=room.usage("incident", example),
    )
    items = [each.risk.id for each in found[:_LISTED]]
    title = call.words(RiskSay.REGISTER_TITLE, count=len(found))
    await call.whisper(
        "\n\n".join([title, "\n".join(lines), hint]),
        actions=((chooser(room, call.language.value, items),), views(room, "checklist", "heatmap", "export")),
    )


async def _checklist(call: Call, room: RiskRoom, text: str) -> None:
    """Posts this week's list, of all topics or some, or moves it to the end of the conversation."""
    if await _is_stranger(call):
        return
    await note_owner(call)
    topics = frozenset(slug_of(room, topic) for topic in _topics(text))
    unknown = sorted(topic for topic in topics if not room.held.register.about(frozenset({topic})).risks)
    if unknown:
        categories = room.listed([room.word("risk-category", category) for category in RiskCategory])
        words = room.listed([shown(topic) for topic in unknown])
        await call.whisper(call.words(RiskSay.NO_TOPIC, word=words, categories=categories))
        return
    means, now = call.means, call.means.now()
    week = f"{now.isocalendar().year}-W{now.isocalendar().week:02}"
    subject = subject_of(topics)
    lists = await means.store.checklists.latest(call.place.channel_key, ListKind.RISKS, limit=_RECENT)
    latest = [each for each in lists if each.subject == subject]
    if latest and latest[0].items and latest[0].at.isocalendar()[:2] == now.isocalendar()[:2]:
        claim = f"risks|{call.incoming.event_id}"
        await repost(means, latest[0], call.place, language=call.language, claim=claim)
        return
    edition = Edition(
        at=now,
        claim="|".join(filter(None, ("risks", call.place.channel_key, week, subject))),
        language=call.language,
        topics=topics,
        company=await company_of(call),
    )
    await post_checklist(means, call.place, edition)


async def _history(call: Call, room: RiskRoom, item: str) -> None:
    risk = await _the_one(call, room, item) if item else None
    if item and risk is None:
        return
    changes = [change for change in room.board.history if risk is None or change.item == risk.id]
    known = [change for change in changes if room.held.register.get(change.item)][::-1]
    if not known:
        await call.whisper(call.words(RiskSay.HISTORY_EMPTY))
        return
    lines = [history_line(room, change) for change in known[:_HISTORY]]
    if len(known) > _HISTORY:
        lines.append(call.words(Say.LIBRARY_MORE, more=len(known) - _HISTORY))
    await call.whisper("\n".join([call.words(RiskSay.HISTORY_TITLE), "", *lines]))


async def _incident(call: Call, room: RiskRoom, item: str) -> None:
    """Starts a plan, or tells which there are."""
    if await _is_stranger(call):
        return
    public = await public_room(call.means, call.place, call.language)
    if not item:
        found = public.held.register.scored(public.company, public.board.handlings)
        risks = [each.risk for each in found]
        text = call.words(
            RiskSay.INCIDENT_WHICH, usage=room.usage("incident", risks[0].id), plans=plans_of(room, risks)
        )
        await call.whisper(text, actions=tuple((each,) for each in choosers(room, call.language.value, risks)))
        return
    risk = await _the_one(call, public, item)
    if risk:
        await note_owner(call)
        claim = f"incident|{call.place.platform}|{call.incoming.event_id}"
        await start_incident(call.means, call.place, risk, by=call.person, claim=claim, language=call.language)


async def _the_one(call: Call, room: RiskRoom, name: str) -> Risk | None:
    """The one risk of a name; None after telling why there is none."""
    found = room.held.register.named(name)
    if len(found) == 1:
        return found[0]
    if not found:
        await call.whisper(call.words(RiskSay.UNKNOWN, name=name, usage=room.usage("list")))
    else:
        titles = room.listed([risk.title.of(call.language) for risk in found])
        await call.whisper(call.words(RiskSay.WHICH, name=name, titles=titles))
    return None


async def _send(call: Call, text: str, *files: File) -> None:
    reply = Reply(text=text, files=files, language=call.language)
    await call.adapter.post(call.place, reply, nonce=call.means.new_id())


async def _is_stranger(call: Call) -> bool:
    stranger = call.person.standing is Standing.STRANGER
    if stranger:
        await call.whisper(call.words(RiskSay.MEMBERS))
    return stranger


def _topics(text: str) -> frozenset[str]:
    """The topics that were written behind `checklist`, also as they are written for a schedule."""
    return frozenset(filter(None, map(str.strip, _TOPIC_MARKS.split(_TOPICS.sub("", text.strip())))))


def _read(room: RiskRoom, text: str) -> _Filter:
    """A stage and a category out of a text, by their names in either language."""
    rest, found = _plain(text), _Filter()
    for name, value in sorted(_names(room).items(), key=lambda pair: -len(pair[0])):
        if name in rest:
            rest = rest.replace(name, " ", 1)
            found = replace(found, stage=value) if isinstance(value, Stage) else replace(found, category=value)
    return replace(found, unknown=text.strip() if rest.strip() else "")


def _names(room: RiskRoom) -> dict[str, Stage | RiskCategory]:
    names: dict[str, Stage | RiskCategory] = {}
    for stage in Stage:
        names |= dict.fromkeys(map(_plain, (stage.value, STAGES[stage].zh, STAGES[stage].en)), stage)
    for category in RiskCategory:
        words = [room.wording.word("risk-category", category, language) for language in LANGUAGES]
        names |= dict.fromkeys(map(_plain, (category.value, *words)), category)
    return names


def _plain(text: str) -> str:
    """A text in which "A 轮", "A轮" and "a-轮" are the same, and so are "series A" and "series-a"."""
    return "".join(text.casefold().replace("-", "").split())
