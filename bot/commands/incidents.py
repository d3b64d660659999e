"""Incidents: a risk's contingency plan as a timed checklist, a message for each of its three parts, in a thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.chat import Person, Place, PlaceKind
from bot.checklist_records import Act, Change, Listed, ListKind, PostedList, Reminder
from bot.commands.call import Call, Means
from bot.commands.list_boards import Posting, message_of
from bot.commands.risk_room import RiskRoom, bar, cut_label, hand_of, list_room, shown
from bot.commands.risk_texts import PHASES, note_lines, phase_steps
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Action, Button, Option, Reply, Select, Style
from bot.wording import RiskSay
from rag.kinds.risk import Risk, Step
from rag.risks import State
from rag.types import Citation, Language

_LASTS = {"first-hour": timedelta(hours=1), "first-day": timedelta(days=1), "first-week": timedelta(days=7)}
_SOON = {"first-hour": timedelta(minutes=40), "first-day": timedelta(hours=20), "first-week": timedelta(days=5)}
"""How long after the beginning a part ends, and when people are reminded of what is still open in it."""

SOON, DUE = "soon", "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep:
    """One step of a plan by its name, which is the first letter of its part and its number there."""

    name: str
    number: int
    step: Step


def plan_of(risk: Risk) -> dict[str, tuple[PlanStep, ...]]:
    """The steps of a risk's plan by part."""
    return {
        phase: tuple(
            PlanStep(name=f"{phase.removeprefix('first-')[0]}{number}", number=number, step=step)
            for number, step in enumerate(steps, start=1)
        )
        for phase, steps in zip(PHASES, phase_steps(risk), strict=True)
    }


def ends(posted: PostedList, phase: str) -> datetime:
    """When a part of an incident's plan ought to be done."""
    return posted.at + _LASTS[phase]


async def start_incident(
    means: Means, place: Place, risk: Risk, *, by: Person, claim: str, language: Language
) -> PostedList:
    """Posts a plan once for each claim and notes when to remind of it.

    Raises:
        DeliveryFailed: the platform took no message; call again with the same claim.
        StoreFailed, StorageFailed: the store or the library cannot be read.
    """
    now, name = means.now(), means.new_id()
    steps = [step.name for phase in plan_of(risk).values() for step in phase]
    posted = PostedList(
        id=name,
        kind=ListKind.INCIDENT,
        board=name,
        place=place,
        language=language,
        items=tuple(Listed(item=step) for step in steps),
        at=now,
        claim=claim,
        subject=risk.id,
    )
    begun = await means.store.checklists.begin(
        posted,
        changes=[
            Change(board=name, item="", act=Act.START, at=now, by=hand_of(by)),
            Change(board=place.channel_key, item=risk.id, act=Act.START, at=now, by=hand_of(by)),
        ],
        reminders=_reminders(means, posted),
    )
    await show_incident(means, begun)
    return begun


async def show_incident(means: Means, posted: PostedList, *, phases: Sequence[str] = PHASES) -> None:
    """Posts the plan, or brings its beginning and some of its parts up to date. Raises as `start_incident`."""

    async def head() -> Sequence[Reply]:
        return [_head(await list_room(means, posted), posted)]

    await means.boards.show(means, Posting(id=posted.id, place=posted.place), head)
    thread = await incident_place(means, posted)
    for phase in phases:

        async def part(phase: str = phase) -> Sequence[Reply]:
            return [_part(await list_room(means, posted), posted, phase)]

        await means.boards.show(means, Posting(id=f"{posted.id}-{phase}", place=thread), part)


async def incident_place(means: Means, posted: PostedList) -> Place:
    """Where an incident is worked on: a thread under its first message, or the conversation that it was begun in."""
    if posted.place.kind is not PlaceKind.CHANNEL or posted.place.thread:
        return posted.place
    head = await message_of(means, posted.id)
    return replace(posted.place, thread=head, kind=PlaceKind.THREAD) if head else posted.place


async def close_incident(call: Call, posted: PostedList) -> None:
    """Ends an incident: nothing more is to be done or reminded of. Raises as `start_incident`."""
    closed = Change(board=posted.board, item="", act=Act.CLOSE, at=call.means.now(), by=hand_of(call.person))
    await call.means.store.checklists.add([closed])
    await show_incident(call.means, posted)


def phase_of(step: str) -> str:
    """The part of the plan that a step belongs to."""
    return next(phase for phase in PHASES if phase.removeprefix("first-")[0] == step[:1])


def open_steps(room: RiskRoom, risk: Risk, phase: str) -> tuple[PlanStep, ...]:
    """The steps of a part that are not done."""
    return tuple(step for step in plan_of(risk)[phase] if room.item(step.name).handling.state is State.OPEN)


def step_line(room: RiskRoom, step: PlanStep) -> str:
    """A step with its role, who is on it, and who has done it."""
    item = room.item(step.name)
    separator = "：" if room.language is Language.ZH else ": "
    done = item.handling.state is State.DONE
    told = f"{'☑' if done else '☐'} **{step.number}. {step.step.who.of(room.language)}**"
    if not done:
        told += f"{separator}{step.step.do.of(room.language)}"
        whose = room.say(RiskSay.OWNER, name=shown(item.owner.name)) if item.owner else room.say(RiskSay.STEP_FREE)
        return f"{told} · {whose}"
    made, state = item.decided_by, room.word("risk-state", State.DONE)
    if made is None or made.by is None:
        return f"{told} · {state}"
    return f"{told} · {room.say(RiskSay.SETTLED_BY, state=state, name=shown(made.by.name), date=room.minute(made.at))}"


def _head(room: RiskRoom, posted: PostedList) -> Reply:
    risk = room.held.register.get(posted.subject)
    title = risk.title.of(room.language) if risk else posted.subject
    done = sum(room.item(each.item).handling.state is State.DONE for each in posted.items)
    lines = [room.say(RiskSay.INCIDENT_TITLE, title=title), _event(room, RiskSay.INCIDENT_STARTED, room.board.started)]
    lines.append(
        room.say(RiskSay.INCIDENT_PROGRESS, bar=bar(done, len(posted.items)), done=done, all=len(posted.items))
    )
    if room.board.closed:
        lines.append(_event(room, RiskSay.INCIDENT_CLOSED, room.board.closed))
        return Reply(text="\n\n".join(lines), language=room.language, citations=_sources(room, posted))
    lines.append(room.say(RiskSay.INCIDENT_OVER if done == len(posted.items) else RiskSay.INCIDENT_RULES))
    close = Button(
        label=room.say(RiskSay.INCIDENT_CLOSE),
        payload=Payload(verb=Verb.RISK_ACT, subject=posted.id, argument=f"{Act.CLOSE}.all"),
        style=Style.DANGER,
    )
    text = "\n\n".join(lines)
    return Reply(text=text, language=room.language, citations=_sources(room, posted), actions=((close,),))


def _sources(room: RiskRoom, posted: PostedList) -> tuple[Citation, ...]:
    place = room.held.places.get(posted.subject)
    cited = (*((place,) if place else ()), *room.held.documents.get(posted.subject, ()))
    return tuple(replace(each, number=number) for number, each in enumerate(cited, start=1))


def _event(room: RiskRoom, say: RiskSay, change: Change | None) -> str:
    name = shown(change.by.name) if change and change.by else room.say(RiskSay.SOMEBODY)
    return room.say(say, time=room.minute(change.at) if change else "", name=name)


def _part(room: RiskRoom, posted: PostedList, phase: str) -> Reply:
    risk = room.held.register.get(posted.subject)
    steps = plan_of(risk)[phase] if risk else ()
    done = sum(room.item(step.name).handling.state is State.DONE for step in steps)
    told = {"phase": room.word("risk-phase", phase), "time": room.minute(ends(posted, phase))}
    lines = [room.say(RiskSay.PHASE_TITLE, **told, done=done, all=len(steps))]
    for step in steps:
        lines += [step_line(room, step), *(f"- {line}" for line in note_lines(room, step.name))]
    actions = () if room.board.closed else _actions(room, posted, steps)
    return Reply(text="\n\n".join(lines), language=room.language, actions=actions)


def _actions(room: RiskRoom, posted: PostedList, steps: Sequence[PlanStep]) -> tuple[tuple[Action, ...], ...]:
    buttons = tuple(
        Button(
            label=room.say(RiskSay.DONE_NUMBER, number=step.number),
            payload=Payload(verb=Verb.RISK_ACT, subject=posted.id, argument=f"{Act.DONE}.{step.name}"),
        )
        for step in steps
        if room.item(step.name).handling.state is State.OPEN
    )
    options = tuple(
        Option(label=cut_label(f"{step.step.who.of(room.language)} ({step.number})"), value=step.name) for step in steps
    )
    payload = Payload(verb=Verb.RISK, subject=posted.id)
    chooser = Select(placeholder=room.say(RiskSay.STEP_CHOOSE), payload=payload, options=options)
    return tuple(row for row in (buttons, (chooser,) if options else ()) if row)


def _reminders(means: Means, posted: PostedList) -> list[Reminder]:
    return [
        Reminder(
            id=means.new_id(),
            board=posted.board,
            list_id=posted.id,
            item=phase,
            value=kind,
            place=posted.place,
            language=posted.language,
            due_at=posted.at + after[phase],
        )
        for phase in PHASES
        for kind, after in ((SOON, _SOON), (DUE, _LASTS))
    ]
