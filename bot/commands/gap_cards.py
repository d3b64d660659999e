"""What a group of gaps looks like, on a line and as a card with all that can be done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.commands.call import Call
from bot.commands.gap_views import nearest, nearest_line
from bot.expert_cards import one_line, state_of
from bot.gap_report import GapGroup
from bot.offers import Verb
from bot.oversight_records import SlipKind
from bot.payloads import Payload
from bot.records import GapKind, GapRecord
from bot.replies import Button, Style
from bot.saying_experts import ExpertSay
from bot.saying_oversight import OverSay
from bot.wording import Say

_TEXT, _ON_CARD = 160, 8
_BUTTONS = (
    (Verb.GAP_ADD, OverSay.ADD, Style.PRIMARY),
    (Verb.GAP_CHECK, OverSay.CHECK, Style.PLAIN),
    (Verb.GAP_DECLINE, OverSay.DECLINE, Style.PLAIN),
    (Verb.GAP_DONE, OverSay.CLOSE, Style.PLAIN),
)


def group_line(call: Call, group: GapGroup) -> str:
    """A group on one line: how often, what, when last; never who."""
    kinds = [
        f"{call.means.wording.word('gap', kind.value, call.language)} {group.count(kind)}"
        for kind in GapKind
        if group.count(kind)
    ]
    told = {
        "number": group.number,
        "question": one_line(group.text, _TEXT),
        "day": max(gap.at for gap in group.gaps).date().isoformat(),
        "kinds": call.words(Say.LIST_SEPARATOR).join(kinds),
    }
    if len(group.gaps) == 1:
        return call.words(OverSay.GROUP_ONE, **told)
    return call.words(OverSay.GROUP, count=len(group.gaps), **told)


async def show_card(call: Call, group: GapGroup) -> None:
    """A group with its questions, the nearest documents, and buttons. Raises StoreFailed, DeliveryFailed."""
    lines = [call.words(OverSay.CARD, number=group.number, count=len(group.gaps)), ""]
    lines += [await _line(call, gap) for gap in group.gaps[:_ON_CARD]]
    if len(group.gaps) > _ON_CARD:
        lines.append(call.words(OverSay.CARD_MORE, more=len(group.gaps) - _ON_CARD))
    titles = await nearest(call, group)
    lines += ["", nearest_line(call, titles).strip()]
    slip = await slip_of(call, group.gaps)
    buttons = tuple(
        Button(label=call.words(say), payload=payload(call, verb, slip), style=style) for verb, say, style in _BUTTONS
    )
    await call.whisper("\n".join(lines), actions=(buttons,), rows=[*map(gap_row, group.gaps)])


def group_row(group: GapGroup, titles: Sequence[str]) -> Mapping[str, Any]:
    """A group as plain values."""
    return {
        "number": group.number,
        "question": group.text,
        "asked": len(group.gaps),
        **{kind.value: group.count(kind) for kind in GapKind},
        "last": max(gap.at for gap in group.gaps).isoformat(),
        "nearest": list(titles),
        "gaps": [gap.id for gap in group.gaps],
    }


def gap_row(gap: GapRecord) -> Mapping[str, Any]:
    """A gap as plain values."""
    closed = {"closed_at": gap.closed_at.isoformat(), "resolution": gap.resolution} if gap.closed_at else {}
    return {"number": gap.id, "question": gap.text, "kind": gap.kind.value, "at": gap.at.isoformat(), **closed}


async def slip_of(call: Call, gaps: tuple[GapRecord, ...] | list[GapRecord]) -> str:
    """A slip for buttons that deal with several gaps. Raises StoreFailed."""
    slip = call.means.new_id()
    content = {"gaps": [gap.id for gap in gaps]}
    await call.means.store.oversight.keep_slip(slip, SlipKind.GAPS, content, at=call.means.now())
    return slip


def payload(call: Call, verb: Verb, slip: str) -> Payload:
    """What a button of a card carries."""
    return Payload(verb=verb, subject=slip, argument=call.language.value)


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
