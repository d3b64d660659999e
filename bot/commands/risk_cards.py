"""Cards, which one person reads: a risk with all that is known of it and all that can be done about it."""

from __future__ import annotations

from dataclasses import replace

from bot.checklist_records import Act
from bot.commands.call import Call
from bot.commands.risk_room import RiskRoom, cut_label
from bot.commands.risk_texts import card
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Action, Button, Option, Select, Style
from bot.wording import RiskSay
from rag.kinds.risk import Risk
from rag.risks import State, scored


async def show_risk(call: Call, room: RiskRoom, risk: Risk, *, subject: str) -> None:
    """Shows a risk. `subject` is the list that it was opened from, or a language."""
    each = scored(risk, room.company, room.item(risk.id).handling)
    place = room.held.places.get(risk.id)
    cited = (*((place,) if place else ()), *room.held.documents.get(risk.id, ()))
    sources = tuple(replace(citation, number=number) for number, citation in enumerate(cited, start=1))
    marks = "".join(f" [{source.number}]" for source in sources)
    await call.whisper(card(room, each, marks=marks), citations=sources, actions=_risk_actions(room, risk, subject))


def step_actions(room: RiskRoom, subject: str, item: str) -> tuple[tuple[Action, ...], ...]:
    """What can be done about a step of a plan."""
    return (_decisions(room, subject, item, (Act.DONE,)), _words(room, subject, item))


def _risk_actions(room: RiskRoom, risk: Risk, subject: str) -> tuple[tuple[Action, ...], ...]:
    rests = room.wording.words("risk-rest", room.language)
    snooze = Select(
        placeholder=room.say(RiskSay.PUT_OFF),
        payload=_payload(subject, Act.SNOOZE, risk.id),
        options=tuple(Option(label=label, value=days) for days, label in rests.items()),
    )
    ticked = room.item(risk.id).handling.ticked
    signals = Select(
        placeholder=room.say(RiskSay.SIGNALS),
        payload=_payload(subject, "signal", risk.id),
        options=tuple(
            Option(
                label=cut_label(room.say(RiskSay.UNTICK if number in ticked else RiskSay.TICK, signal=signal)),
                value=f"{'u' if number in ticked else 't'}{number}",
            )
            for number, signal in enumerate(risk.signals.of(room.language))
        ),
    )
    plan = Button(
        label=room.say(RiskSay.START_PLAN),
        payload=Payload(verb=Verb.RISK_VIEW, subject=f"incident.{risk.id}", argument=room.language.value),
        style=Style.DANGER,
    )
    decisions = _decisions(room, subject, risk.id, (Act.DONE, Act.NOT_APPLICABLE))
    return (decisions, (*_words(room, subject, risk.id), plan), (snooze,), (signals,))


def _decisions(room: RiskRoom, subject: str, item: str, acts: tuple[Act, ...]) -> tuple[Button, ...]:
    labels = {Act.DONE: RiskSay.DONE, Act.NOT_APPLICABLE: RiskSay.NOT_APPLICABLE, Act.REOPEN: RiskSay.REOPEN}
    handling = room.item(item).handling
    opened = handling.state is State.OPEN and not handling.rests(room.now)
    return tuple(
        Button(label=room.say(labels[act]), payload=_payload(subject, act, item))
        for act in (acts if opened else (Act.REOPEN,))
    )


def _words(room: RiskRoom, subject: str, item: str) -> tuple[Button, ...]:
    offered = (("take", RiskSay.TAKE), (Act.ASSIGN, RiskSay.ASSIGN), (Act.NOTE, RiskSay.NOTE))
    return tuple(Button(label=room.say(say), payload=_payload(subject, verb, item)) for verb, say in offered)


def _payload(subject: str, verb: str, item: str) -> Payload:
    return Payload(verb=Verb.RISK_ACT, subject=subject, argument=f"{verb}.{item}.c")
