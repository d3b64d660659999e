"""How risks read: an item of a checklist, a card with all that is known, a line of the register, a line of history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.checklist_records import Act, Change
from bot.commands.risk_room import RiskRoom, shown
from bot.wording import RiskSay
from rag.kinds.risk import Risk, RiskCategory, Steps
from rag.kinds.wording import SECTORS, named, stage_range
from rag.risks import Reason, Scored, State
from rag.types import Language

_SIGNALS = 2
"""Signals that an item shows; its card shows all."""

_BOXES = {State.OPEN: "☐", State.DONE: "☑", State.NOT_APPLICABLE: "☒"}
_RESTING = "☾"
PHASES = ("first-hour", "first-day", "first-week")


def headline(room: RiskRoom, number: int, each: Scored, reason: str) -> str:
    """An item's first line; of one that nobody has to look at now it is all."""
    state = settled(room, each.risk.id)
    box = _RESTING if _rests(room, each) else _BOXES[each.handling.state]
    title = f"{box} **{number}. {each.risk.title.of(room.language)}**"
    if state:
        return f"{title} · {state}"
    told = [room.say(RiskSay.SCORE, score=round(each.score))]
    if reason and reason != Reason.FRESH:
        told.append(room.word("risk-reason", reason))
    if owner := room.item(each.risk.id).owner:
        told.append(room.say(RiskSay.OWNER, name=shown(owner.name)))
    return " · ".join([title, *told])


def settled(room: RiskRoom, name: str) -> str:
    """What was decided about an item and by whom, or until when it rests; "" for one that is open."""
    item = room.item(name)
    if item.handling.rests(room.now) and item.handling.snoozed_until:
        return room.say(RiskSay.RESTS, date=room.day(item.handling.snoozed_until))
    if item.handling.state is State.OPEN or item.decided_by is None:
        return ""
    state, change = room.word("risk-state", item.handling.state), item.decided_by
    if change.by:
        return room.say(RiskSay.SETTLED_BY, state=state, name=shown(change.by.name), date=room.day(change.at))
    return room.say(RiskSay.SETTLED, state=state, date=room.day(change.at))


def item_block(room: RiskRoom, number: int, each: Scored, *, reason: str, mark: int) -> str:
    """One item of a checklist: what to ask, what to watch for, what to do. `mark` is the number of its source."""
    head = headline(room, number, each, reason)
    if settled(room, each.risk.id):
        return head
    risk, language = each.risk, room.language
    first = risk.contingency.first_hour[0]
    step = {"who": first.who.of(language), "step": first.do.of(language)}
    lines = [
        room.say(RiskSay.ASK, question=risk.question.of(language)) + (f" [{mark}]" if mark else ""),
        *_signal_lines(room, each),
        room.say(RiskSay.MEASURE, measure=risk.mitigations.of(language)[0]),
        room.say(RiskSay.IF_IT_HAPPENS, **step, usage=room.usage("incident", risk.id)),
        *note_lines(room, risk.id)[-1:],
    ]
    return "\n".join([head, *(f"- {line}" for line in lines)])


def note_lines(room: RiskRoom, name: str) -> list[str]:
    """What was noted about an item, the oldest first; words of people who are gone are gone, too."""
    lines = []
    for note in room.item(name).notes:
        told = {"date": room.day(note.at), "words": shown(note.text)}
        if note.by and note.text:
            lines.append(room.say(RiskSay.NOTED_BY, name=shown(note.by.name), **told))
    return lines


def card(room: RiskRoom, each: Scored, *, marks: str = "", standing: bool = True) -> str:
    """A risk with all that is known of it, and where the team stands with it."""
    risk, language = each.risk, room.language
    sectors = named(risk.sectors, SECTORS, language) or room.say(RiskSay.CARD_EVERY_SECTOR)
    concerns = room.say(
        RiskSay.CARD_CONCERNS,
        category=room.word("risk-category", risk.category),
        stages=stage_range(risk.stages, language),
        sectors=sectors,
    )
    score = room.say(RiskSay.CARD_SCORE, score=round(each.score), likelihood=risk.likelihood, impact=risk.impact)
    reasons = (risk.likelihood_reason.of(language), risk.impact_reason.of(language))
    signals = [
        f"- {'☑' if number in each.handling.ticked else '☐'} {signal}"
        for number, signal in enumerate(risk.signals.of(language))
    ]
    measures = [f"- {measure}" for measure in risk.mitigations.of(language)]
    blocks = [
        f"**{risk.title.of(language)}** (`{risk.id}`)\n\n{concerns}",
        ("" if language is Language.ZH else " ").join([score, *reasons]),
        risk.description.of(language) + marks,
        room.say(RiskSay.ASK, question=risk.question.of(language)),
        "\n".join([room.say(RiskSay.CARD_SIGNALS), *signals]),
        "\n".join([room.say(RiskSay.CARD_MEASURES), *measures]),
        *_plan(room, risk),
    ]
    if standing:
        blocks += [_standing(room, each), *note_lines(room, risk.id)]
    return "\n\n".join(blocks)


def plans_of(room: RiskRoom, risks: Sequence[Risk]) -> str:
    """The plans that there are, a line for each category."""
    by_category = {
        category: [risk.title.of(room.language) for risk in risks if risk.category is category]
        for category in RiskCategory
    }
    separator = "：" if room.language is Language.ZH else ": "
    return "\n".join(
        f"- **{room.word('risk-category', category)}**{separator}{room.listed(titles)}"
        for category, titles in by_category.items()
        if titles
    )


def register_line(room: RiskRoom, number: int, each: Scored) -> str:
    """A risk in the register."""
    title, score = each.risk.title.of(room.language), room.say(RiskSay.SCORE, score=round(each.score))
    line = room.say(RiskSay.REGISTER_LINE, number=number, title=title, score=score)
    told = [settled(room, each.risk.id)]
    owner = room.item(each.risk.id).owner
    if owner and not told[0]:
        told = [room.say(RiskSay.OWNER, name=shown(owner.name))]
    if each.handling.ticked and each.handling.state is State.OPEN:
        told.append(f"⚠ {len(each.handling.ticked)}/{len(each.risk.signals.en)}")
    return " · ".join([line, *filter(None, told)])


def change_words(room: RiskRoom, change: Change, risk: Risk | None) -> str:
    """What a change did, in a few words."""
    match change.act:
        case Act.ASSIGN if change.owner is not None:
            return room.say(RiskSay.DID_ASSIGN, name=shown(change.owner.name))
        case Act.ASSIGN:
            return room.say(RiskSay.DID_UNASSIGN)
        case Act.SNOOZE:
            return room.say(RiskSay.DID_SNOOZE, date=room.day(datetime.fromisoformat(change.value)))
        case Act.NOTE:
            return room.say(RiskSay.DID_NOTE, words=shown(change.text))
        case Act.TICK | Act.UNTICK:
            signals = risk.signals.of(room.language) if risk else ()
            number = int(change.value)
            told = signals[number] if number < len(signals) else change.value
            return room.say(RiskSay.DID_TICK if change.act is Act.TICK else RiskSay.DID_UNTICK, signal=told)
        case _:
            return room.say(RiskSay(f"did_{change.act.value.replace('-', '_')}"))


def history_line(room: RiskRoom, change: Change) -> str:
    """A change in the history of the team's risks."""
    risk = room.held.register.get(change.item)
    return room.say(
        RiskSay.HISTORY_LINE,
        date=room.day(change.at),
        name=shown(change.by.name) if change.by else room.say(RiskSay.SOMEBODY),
        title=risk.title.of(room.language) if risk else change.item,
        change=change_words(room, change, risk),
    )


def phase_steps(risk: Risk) -> tuple[Steps, ...]:
    """The steps of a contingency plan, in the order of `PHASES`."""
    plan = risk.contingency
    return (plan.first_hour, plan.first_day, plan.first_week)


def _plan(room: RiskRoom, risk: Risk) -> list[str]:
    separator = "：" if room.language is Language.ZH else ": "
    blocks = []
    for phase, steps in zip(PHASES, phase_steps(risk), strict=True):
        lines = [f"- {step.who.of(room.language)}{separator}{step.do.of(room.language)}" for step in steps]
        blocks.append("\n".join([f"**{room.word('risk-phase', phase)}**", *lines]))
    return blocks


def _standing(room: RiskRoom, each: Scored) -> str:
    state = settled(room, each.risk.id) or room.word("risk-state", each.handling.state)
    told = [room.say(RiskSay.CARD_STATE, state=state)]
    if owner := room.item(each.risk.id).owner:
        told.append(room.say(RiskSay.OWNER, name=shown(owner.name)))
    return " · ".join(told)


def _signal_lines(room: RiskRoom, each: Scored) -> list[str]:
    signals = each.risk.signals.of(room.language)
    between = "；" if room.language is Language.ZH else "; "
    seen = [signal for number, signal in enumerate(signals) if number in each.handling.ticked]
    unseen = [signal for number, signal in enumerate(signals) if number not in each.handling.ticked][:_SIGNALS]
    lines = [room.say(RiskSay.SEEN, signals="⚠ " + between.join(seen))] if seen else []
    return [*lines, *([room.say(RiskSay.WATCH, signals=between.join(unseen))] if unseen else [])]


def _rests(room: RiskRoom, each: Scored) -> bool:
    return each.handling.rests(room.now)
