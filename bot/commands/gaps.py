"""`gaps`: what people could not find, taken together by meaning, for admins, to be dealt with and closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.chat import Press
from bot.commands import gap_work
from bot.commands.call import Call
from bot.commands.gap_cards import gap_row, group_line, group_row, show_card
from bot.commands.gap_views import grouped, nearest, nearest_line, visible, was_closed
from bot.commands.registry import Argument, ArgumentKind, Command, Level, Registry
from bot.expert_cards import one_line
from bot.gap_report import MOST_GAPS, GapGroup
from bot.offers import Verb
from bot.oversight_records import Resolution
from bot.payloads import Payload
from bot.records import GapRecord
from bot.replies import Option, Select
from bot.saying_experts import ExpertSay
from bot.saying_oversight import OverSay

_SHOWN, _CLOSED_SHOWN = 10, 15
_TEXT, _LABEL = 160, 60
_CUT = 20


def command(registry: Callable[[], Registry]) -> Command:
    """The command. The registry is handed in late, for it holds it."""
    actions = ("show", "close", "check", "decline", "closed", "reopen")
    return Command(
        name="gaps",
        run=Gaps(registry).run,
        arguments=(
            Argument(name="action", kind=ArgumentKind.CHOICE, choices=actions),
            Argument(name="number", kind=ArgumentKind.WORD),
        ),
        level=Level.ADMIN,
    )


class Gaps:
    """What the command does."""

    def __init__(self, registry: Callable[[], Registry]) -> None:
        self._registry = registry

    async def run(self, call: Call, arguments: Mapping[str, str]) -> None:
        """Lists open gaps or closed ones, shows one with those that ask the same, or deals with it."""
        action, number = arguments.get("action", "show"), arguments.get("number", "")
        if action == "closed":
            await _show_closed(call)
        elif not number:
            await self._show(call)
        elif action == "close":
            await _close(call, number)
        elif action == "reopen":
            await _reopen(call, number)
        else:
            await self._one(call, action, number)

    async def _one(self, call: Call, action: str, number: str) -> None:
        group = await _group_of(call, number)
        if group is None:
            await call.refuse(call.words(ExpertSay.GAP_UNKNOWN, number=number[:_CUT]))
        elif action == "check":
            await gap_work.check(call, group.gaps)
        elif action == "decline":
            await gap_work.close(call, group.gaps, Resolution.DECLINED)
        else:
            await show_card(call, group)

    async def _show(self, call: Call) -> None:
        gaps = await visible(call)
        if not gaps:
            await call.whisper(call.words(ExpertSay.GAPS_NONE))
            return
        groups = await grouped(call, gaps)
        lines, rows = [call.words(OverSay.GAPS, count=len(gaps), groups=len(groups)), ""], []
        for before, group in zip((None, *groups), groups[:_SHOWN], strict=False):
            if group.far and not (before and before.far):
                lines += ["", call.words(OverSay.GAPS_FAR), ""]
            titles = await nearest(call, group)
            lines += [group_line(call, group), nearest_line(call, titles)]
            rows.append(group_row(group, titles))
        if len(groups) > _SHOWN:
            lines.append(call.words(OverSay.GROUPS_MORE, more=len(groups) - _SHOWN))
        if len(gaps) > MOST_GAPS:
            lines.append(call.words(OverSay.GAPS_CUT, most=MOST_GAPS))
        lines += ["", call.words(OverSay.HINT, usage=call.typed("gaps", guarded=True, action="show", number=""))]
        rows += [group_row(group, ()) for group in groups[_SHOWN:]]
        await call.whisper("\n".join(lines), actions=((_choice(call, groups[:_SHOWN]),),), rows=rows)


async def show_chosen(call: Call, press: Press) -> None:
    """Shows the group that was chosen from the list."""
    number = press.values[0] if press.values else press.payload.subject
    group = await _group_of(call, number)
    if group is None:
        await call.refuse(call.words(ExpertSay.GAP_UNKNOWN, number=number[:_CUT]))
        return
    await show_card(call, group)


async def close_chosen(call: Call, press: Press) -> None:
    """Closes the gap that was chosen from a list of an earlier version."""
    await _close(call, press.values[0] if press.values else "")


async def _group_of(call: Call, typed: str) -> GapGroup | None:
    """The group that a gap which may be read here belongs to."""
    number = _number(typed)
    groups = await grouped(call, await visible(call))
    return next((group for group in groups if number in {gap.id for gap in group.gaps}), None)


async def _close(call: Call, typed: str) -> None:
    number = _number(typed)
    gap = next((each for each in await visible(call) if each.id == number), None)
    if gap is None:
        await call.refuse(call.words(ExpertSay.GAP_UNKNOWN, number=typed[:_CUT]))
        return
    await gap_work.close_one(call, gap)


async def _reopen(call: Call, typed: str) -> None:
    number = _number(typed)
    gaps = [gap for gap in await was_closed(call) if gap.id == number]
    if not gaps:
        usage = call.typed("gaps", action="closed")
        await call.refuse(call.words(OverSay.NO_CLOSED, number=typed[:_CUT], usage=usage))
        return
    await gap_work.reopen(call, gaps)


async def _show_closed(call: Call) -> None:
    gaps = (await was_closed(call))[:_CLOSED_SHOWN]
    if not gaps:
        await call.whisper(call.words(OverSay.CLOSED_NONE))
        return
    lines = [call.words(OverSay.CLOSED_TITLE), "", *(_closed_line(call, gap) for gap in gaps)]
    options = tuple(Option(label=f"{gap.id} · {one_line(gap.text, _LABEL)}", value=str(gap.id)) for gap in gaps)
    payload = Payload(verb=Verb.GAP_REOPEN, argument=call.language.value)
    choice = Select(placeholder=call.words(OverSay.REOPEN), payload=payload, options=options)
    await call.whisper("\n".join(lines), actions=((choice,),), rows=[*map(gap_row, gaps)])


def _closed_line(call: Call, gap: GapRecord) -> str:
    return call.words(
        OverSay.CLOSED_LINE,
        number=gap.id,
        why=call.means.wording.word("closing", gap.resolution or "other", call.language),
        day=(gap.closed_at or gap.at).date().isoformat(),
        question=one_line(gap.text, _TEXT),
    )


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 16 else -1


def _choice(call: Call, groups: Sequence[GapGroup]) -> Select:
    options = [
        Option(label=f"{group.number} · {one_line(group.text, _LABEL)}", value=str(group.number)) for group in groups
    ]
    payload = Payload(verb=Verb.GAP_SHOW, argument=call.language.value)
    return Select(placeholder=call.words(OverSay.CHOOSE), payload=payload, options=tuple(options))
