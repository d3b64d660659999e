"""`gaps`: what people could not find, for admins, to be closed when it was dealt with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.channel_rules import channel_labels, effective_settings, server_key
from bot.chat import PlaceKind, Press
from bot.commands import basic
from bot.commands.call import Call
from bot.commands.registry import Argument, ArgumentKind, Command, Level, Registry
from bot.expert_cards import one_line, state_of
from bot.offers import Verb
from bot.payloads import Payload
from bot.records import AuditEntry, GapRecord
from bot.replies import Option, Select
from bot.saying_experts import ExpertSay

_READ, _SHOWN = 500, 10
_TEXT, _LABEL = 160, 60


def command(registry: Callable[[], Registry]) -> Command:
    """The command. The registry is handed in late, for it holds it."""
    return Command(
        name="gaps",
        run=Gaps(registry).run,
        arguments=(
            Argument(name="action", kind=ArgumentKind.CHOICE, choices=("show", "close")),
            Argument(name="number", kind=ArgumentKind.WORD),
        ),
        level=Level.ADMIN,
    )


class Gaps:
    """What the command does."""

    def __init__(self, registry: Callable[[], Registry]) -> None:
        self._registry = registry

    async def run(self, call: Call, arguments: Mapping[str, str]) -> None:
        """Lists open gaps, or closes one."""
        if arguments.get("action") == "close" and arguments.get("number"):
            await _close(call, arguments["number"])
            return
        gaps = await _visible(call)
        if not gaps:
            await call.whisper(call.words(ExpertSay.GAPS_NONE))
            return
        lines = [call.words(ExpertSay.GAPS, count=len(gaps)), ""]
        lines += [await _line(call, gap) for gap in gaps[:_SHOWN]]
        if len(gaps) > _SHOWN:
            lines.append(call.words(ExpertSay.GAPS_MORE, more=len(gaps) - _SHOWN))
        lines += ["", call.words(ExpertSay.GAP_HINT, usage=self._usage(call))]
        await call.whisper("\n".join(lines), actions=((_choice(call, gaps[:_SHOWN]),),))

    def _usage(self, call: Call) -> str:
        words = call.means.wording.command("gaps", call.language)
        close, number = words.arguments["action"].choices["close"], words.arguments["number"].name
        found = self._registry().find("gaps")
        usage = basic.usage_of(call, self._registry(), found.command) if found else ""
        return f"{usage.partition(' [')[0]} {close} <{number}>"


async def close_chosen(call: Call, press: Press) -> None:
    """Closes the gap that was chosen from the list."""
    await _close(call, press.values[0] if press.values else "")


async def _close(call: Call, typed: str) -> None:
    number = int(typed) if typed.isdecimal() and len(typed) < 16 else -1
    gap = next((each for each in await _visible(call) if each.id == number), None)
    if gap is None:
        await call.whisper(call.words(ExpertSay.GAP_UNKNOWN, number=typed[:20]))
        return
    await call.means.store.audit.append(
        AuditEntry(
            at=call.means.now(),
            actor=call.means.pseudonym(call.person.key),
            action="gap",
            subject=str(gap.id),
            details={"after": "closed"},
        )
    )
    closed = await call.means.store.gaps.close(gap.id, at=call.means.now())
    say = ExpertSay.GAP_CLOSED if closed else ExpertSay.GAP_UNKNOWN
    await call.whisper(call.words(say, number=gap.id))


async def _visible(call: Call) -> list[GapRecord]:
    """Open gaps of the workspace whose questions may be read here.

    What was asked in a channel with labels may be read where all of these are held; what somebody asked the bot alone
    is shown to nobody but there.
    """
    allowed: dict[str, bool] = {}
    gaps = []
    for gap in await call.means.store.gaps.open(limit=_READ):
        channel = gap.place.rpartition("/")[0]
        if channel not in allowed:
            allowed[channel] = channel == call.place.channel_key or await _may_read(call, channel, gap)
        if allowed[channel]:
            gaps.append(gap)
    return gaps


async def _may_read(call: Call, channel: str, gap: GapRecord) -> bool:
    if server_key(channel) != server_key(call.place.channel_key):
        return False
    question = await call.means.store.questions.get(gap.question_id)
    if question is None or question.place.kind is PlaceKind.DM:
        return False
    settings = await effective_settings(call.means.store.settings, channel)
    return channel_labels(settings) <= await call.labels()


async def _line(call: Call, gap: GapRecord) -> str:
    request = await call.means.store.experts.of_question(gap.question_id)
    state = f" · {state_of(request, call.means.wording, call.language)}" if request else ""
    return call.words(
        ExpertSay.GAP,
        number=gap.id,
        kind=call.means.wording.word("gap", gap.kind.value, call.language),
        date=gap.at.date().isoformat(),
        question=one_line(gap.text, _TEXT),
        state=state,
    )


def _choice(call: Call, gaps: Sequence[GapRecord]) -> Select:
    options = [Option(label=f"{gap.id} · {one_line(gap.text, _LABEL)}", value=str(gap.id)) for gap in gaps]
    payload = Payload(verb=Verb.GAP_CLOSE, argument=call.language.value)
    return Select(placeholder=call.words(ExpertSay.GAP_CHOOSE), payload=payload, options=tuple(options))
