"""A risk checklist of a channel: put together for a time, posted once for each claim, and kept up to date in place.

`preview_checklist` and `post_checklist` are what a schedule calls; a person's command goes the same way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.chat import Place
from bot.checklist_records import Act, Change, Listed, ListKind, PostedList
from bot.commands.call import Means
from bot.commands.list_boards import Posting
from bot.commands.risk_room import (
    RiskRoom,
    RoomMeans,
    bar,
    coarse,
    cut_label,
    list_room,
    public_room,
    topic_name,
    who,
)
from bot.commands.risk_texts import item_block, settled
from bot.errors import DeliveryFailed
from bot.offers import Verb
from bot.payloads import Payload
from bot.references import references
from bot.replies import Action, Button, Option, Reply, Select
from bot.wording import LANGUAGES, RiskSay
from rag.kinds.risk import Risk, RiskCategory
from rag.risks import Company, Reason, State, reason_of
from rag.types import Citation, Language

OPTIONS = 25
"""Options of a list; Discord takes 25, Slack 100."""

_BUTTONS = 5
"""Buttons in a row; Discord takes five."""

_ROOM = 400
"""Characters of a message that are kept for what stands around the items."""

_UNLIMITED = 10**6
"""Characters of a message that is divided by whoever shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A checklist that is wanted.

    Attributes:
        at: the time that it is for.
        language: what it is written in; English for all but Chinese.
        claim: names the occasion, such as a schedule and its time; unique for ever.
        company: whose checklist it is; None stands for the profile of the channel's team.
        topics: categories of risks, or topics that they are about; () for all.
    """

    at: datetime
    language: Language
    claim: str = ""
    company: Company | None = None
    topics: frozenset[str] = frozenset()


async def preview_checklist(means: RoomMeans, place: Place, edition: Edition) -> tuple[Reply, bool]:
    """What `post_checklist` would post, without its buttons, and whether anything is due; nothing is stored or posted.

    Raises:
        StoreFailed, StorageFailed: the store or the library cannot be read.
    """
    room = await _edited(means, place, edition)
    room = replace(room, company=coarse(room.company))
    drafted = _drafted(room, place, edition)
    (reply,) = checklist_replies(room, drafted, limit=_UNLIMITED)
    return replace(reply, actions=()), bool(drafted.items)


async def post_checklist(means: Means, place: Place, edition: Edition) -> PostedList:
    """Posts a checklist once for each claim, also when called again after a crash or by another process.

    Of two processes that call at the same moment both may post where a platform cannot tell a nonce that comes twice:
    a schedule has its time claimed before it calls.

    Raises:
        DeliveryFailed: the platform took no message; call again with the same claim.
        StoreFailed, StorageFailed: the store or the library cannot be read.
    """
    room = await _edited(means, place, edition)
    posted = replace(_drafted(room, place, edition), id=means.new_id())
    changes = [Change(board=posted.board, item=each.item, act=Act.LISTED, at=edition.at) for each in posted.items]
    begun = await means.store.checklists.begin(posted, changes=changes)
    await show_list(means, begun)
    return begun


async def _edited(means: RoomMeans, place: Place, edition: Edition) -> RiskRoom:
    language = edition.language if edition.language in LANGUAGES else Language.EN
    return await public_room(means, place, language, company=edition.company)


def _drafted(room: RiskRoom, place: Place, edition: Edition) -> PostedList:
    """The list that belongs to a room at a time; it is not stored yet and has no id."""
    made_for = coarse(room.company)
    made = room.held.register.about(edition.topics).checklist(made_for, room.board.handlings, at=edition.at)
    return PostedList(
        id="",
        kind=ListKind.RISKS,
        board=place.channel_key,
        place=place,
        language=room.language,
        items=tuple(Listed(item=entry.scored.risk.id, reason=entry.reason) for entry in made.entries),
        at=edition.at,
        claim=edition.claim,
        stage=made_for.stage.value if made_for.stage else "",
        sectors=made_for.sector,
        subject=subject_of(edition.topics),
    )


def subject_of(topics: frozenset[str]) -> str:
    """The topics that a list keeps to, as it is stored with them."""
    return ",".join(sorted(topics))


def topics_of(posted: PostedList) -> frozenset[str]:
    """The topics that a list keeps to; () for all."""
    return frozenset(filter(None, posted.subject.split(",")))


async def repost(means: Means, posted: PostedList, place: Place, *, language: Language, claim: str) -> PostedList:
    """Posts a list again, elsewhere or further down, with the state that it has now. Raises as `post_checklist`."""
    again = replace(posted, id=means.new_id(), place=place, language=language, claim=claim, at=means.now())
    begun = await means.store.checklists.begin(again)
    await show_list(means, begun)
    return begun


async def show_list(means: Means, posted: PostedList) -> None:
    """Posts a list, or brings what was posted up to date. Raises as `post_checklist`."""
    adapter = means.adapters.get(posted.place.platform)
    if adapter is None:
        raise DeliveryFailed(f"the platform {posted.place.platform!r} is not connected; set its token")
    limit = adapter.capabilities.message_characters

    async def render() -> Sequence[Reply]:
        return checklist_replies(await list_room(means, posted), posted, limit=limit)

    await means.boards.show(means, Posting(id=posted.id, place=posted.place), render)


async def refresh(means: Means, channel_key: str, item: str, *, pressed: PostedList | None = None) -> None:
    """Brings up to date what shows an item: the channel's latest list, and the one that was worked on.

    Raises as `post_checklist` does.
    """
    latest = await means.store.checklists.latest(channel_key, ListKind.RISKS, limit=1)
    lists = {posted.id: posted for posted in (*([pressed] if pressed else []), *latest)}
    for posted in lists.values():
        if item in {each.item for each in posted.items}:
            await show_list(means, posted)


def checklist_replies(room: RiskRoom, posted: PostedList, *, limit: int) -> list[Reply]:
    """A checklist as messages of at most `limit` characters; buttons stand under the last one."""
    replies = [Reply(text=_head(room, posted), language=room.language)]
    number, mark = 0, 0
    for listed in posted.items:
        each = room.scored(listed.item)
        number += 1
        if each is None:
            continue
        place = None if settled(room, listed.item) else room.held.places.get(listed.item)
        mark += place is not None
        block = item_block(room, number, each, reason=listed.reason, mark=mark if place else 0)
        cited = (replace(place, number=mark),) if place else ()
        if _length(room, replies[-1], block, cited) > limit - _ROOM:
            replies.append(Reply(text=block, citations=cited, language=room.language))
        else:
            text = f"{replies[-1].text}\n\n{block}"
            replies[-1] = replace(replies[-1], text=text, citations=(*replies[-1].citations, *cited))
    left_out = _left_out(room, posted)
    notes = (room.say(RiskSay.MORE_RETURN, more=left_out, usage=room.usage("list")),) if left_out else ()
    return [*replies[:-1], replace(replies[-1], notes=notes, actions=_actions(room, posted))]


def _left_out(room: RiskRoom, posted: PostedList) -> int:
    """How many risks of its topics had come back when the list was made and found no room on it."""
    listed = {each.item for each in posted.items}
    about = room.held.register.about(topics_of(posted))
    rest = [risk.id for risk in about.risks if risk.id not in listed]
    reasons = [reason_of(room.item(name).handling, at=posted.at) for name in rest]
    return sum(reason not in {None, Reason.FRESH} for reason in reasons)


def _length(room: RiskRoom, reply: Reply, block: str, cited: tuple[Citation, ...]) -> int:
    sources = references((*reply.citations, *cited), room.wording, room.language)
    return len(reply.text) + len(block) + sum(source.characters for source in sources)


def _head(room: RiskRoom, posted: PostedList) -> str:
    title = room.say(RiskSay.LIST_TITLE, date=room.day(posted.at))
    chosen = who(room)
    told = [room.say(RiskSay.CHOSEN_FOR, who=chosen)] if chosen else []
    topics = [topic_name(room, topic) for topic in sorted(topics_of(posted))]
    told = [room.listed(topics), *told] if topics else told
    return "\n\n".join([" · ".join([title, *told]), progress(room, posted)])


def progress(room: RiskRoom, posted: PostedList) -> str:
    """How far the team has come with a list."""
    names = [each.item for each in posted.items]
    if not names and not room.held.register.risks:
        return room.say(RiskSay.EMPTY)
    if not names:
        return room.say(RiskSay.NOTHING_DUE, count=len(room.held.register.about(topics_of(posted)).risks))
    done = sum(room.item(name).handling.state is not State.OPEN for name in names)
    resting = sum(room.item(name).handling.rests(room.now) for name in names)
    told = [room.say(RiskSay.PROGRESS, bar=bar(done, len(names)), settled=done, all=len(names))]
    if resting:
        told.append(room.say(RiskSay.PUT_OFF_TOO, count=resting))
    if done == len(names):
        told.append(room.say(RiskSay.ALL_SETTLED))
    return " · ".join(told)


def _actions(room: RiskRoom, posted: PostedList) -> tuple[tuple[Action, ...], ...]:
    """A button to settle each open item, a list to open any, and what else there is to see: five rows at most."""
    numbered = [(number, each.item) for number, each in enumerate(posted.items, start=1) if room.scored(each.item)]
    buttons = [
        Button(
            label=room.say(RiskSay.DONE_NUMBER, number=number),
            payload=Payload(verb=Verb.RISK_ACT, subject=posted.id, argument=f"{Act.DONE}.{item}"),
        )
        for number, item in numbered
        if not settled(room, item)
    ]
    rows: list[tuple[Action, ...]] = [
        tuple(buttons[begin : begin + _BUTTONS]) for begin in range(0, len(buttons), _BUTTONS)
    ]
    if numbered:
        rows.append((chooser(room, posted.id, [item for _, item in numbered]),))
    return (*rows, views(room, "heatmap", "export"))


def chooser(room: RiskRoom, subject: str, items: Sequence[str]) -> Select:
    """A list from which an item is opened."""
    risks = [risk for item in items if (risk := room.held.register.get(item))]
    options = tuple(Option(label=cut_label(risk.title.of(room.language)), value=risk.id) for risk in risks)
    payload = Payload(verb=Verb.RISK, subject=subject)
    return Select(placeholder=room.say(RiskSay.CHOOSE), payload=payload, options=options)


def choosers(room: RiskRoom, subject: str, risks: Sequence[Risk]) -> tuple[Select, ...]:
    """Lists from which any of many risks is opened: whole categories in each, as many as every platform takes."""
    groups: list[list[RiskCategory]] = []
    counts = Counter(risk.category for risk in risks)
    for category in filter(counts.get, RiskCategory):
        if groups and sum(counts[each] for each in (*groups[-1], category)) <= OPTIONS:
            groups[-1].append(category)
        else:
            groups.append([category])
    return tuple(
        Select(
            placeholder=room.listed([room.word("risk-category", category) for category in group]),
            payload=Payload(verb=Verb.RISK, subject=subject, argument=group[0].value),
            options=tuple(
                Option(label=cut_label(risk.title.of(room.language)), value=risk.id)
                for category in group
                for risk in risks
                if risk.category is category
            ),
        )
        for group in groups
    )


def views(room: RiskRoom, *names: str) -> tuple[Button, ...]:
    """Buttons to other views of the register."""
    labels = {
        "heatmap": RiskSay.SHOW_MAP,
        "export": RiskSay.SHOW_EXPORT,
        "checklist": RiskSay.SHOW_CHECKLIST,
    }
    return tuple(
        Button(
            label=room.say(labels[name]),
            payload=Payload(verb=Verb.RISK_VIEW, subject=name, argument=room.language.value),
        )
        for name in names
    )
