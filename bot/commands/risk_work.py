"""What people do to items of checklists and plans, by buttons, lists and forms; what was posted is then edited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.chat import Press, Standing, Submission
from bot.checklist_records import Act, Change, Hand, ListKind, PostedList, Reminder
from bot.commands.call import Call
from bot.commands.incidents import PlanStep, close_incident, phase_of, plan_of, show_incident, step_line
from bot.commands.risk_cards import show_risk, step_actions
from bot.commands.risk_lists import refresh
from bot.commands.risk_room import RiskRoom, hand_of, list_room, room_of
from bot.commands.risk_texts import change_words, note_lines
from bot.commands.rooms import note_owner
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Button, FieldKind, Form, FormField
from bot.wording import LANGUAGES, RiskSay, Say
from rag.kinds.risk import Risk
from rag.types import Language

_LONGEST_NOTE, _LONGEST_NAME = 1000, 80
_NOBODY = frozenset({"", "-"})
_CARD = "c"
"""The last part of the argument of a card's buttons: a card is not edited, so that what happened is told."""

_PLAIN = frozenset({Act.DONE, Act.NOT_APPLICABLE, Act.REOPEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a button is about: an item of the team's register, or a step of an incident."""

    call: Call
    room: RiskRoom
    board: str
    item: str
    risk: Risk
    posted: PostedList | None = None
    step: PlanStep | None = None

    @property
    def title(self) -> str:
        """What it is called."""
        if self.step:
            return f"{self.step.number}. {self.step.step.who.of(self.room.language)}"
        return self.risk.title.of(self.room.language)

    @property
    def subject(self) -> str:
        """What its buttons carry."""
        return self.posted.id if self.posted else self.room.language.value


async def open_item(call: Call, press: Press) -> None:
    """Shows the card of the item that was chosen, to the person alone."""
    name = press.values[0] if press.values else press.payload.argument
    target = await target_of(call, press.payload.subject, name)
    if target is None:
        return
    if target.step is None:
        await show_risk(target.call, target.room, target.risk, subject=target.subject)
        return
    text = "\n\n".join([step_line(target.room, target.step), *note_lines(target.room, target.item)])
    actions = () if target.room.board.closed else step_actions(target.room, target.subject, target.item)
    await target.call.whisper(text, actions=actions)


async def act(call: Call, press: Press) -> None:
    """Does what a button says, or what was chosen from a list."""
    verb, item, *rest = [*press.payload.argument.split("."), ""]
    target = await target_of(call, press.payload.subject, item, closing=verb == Act.CLOSE)
    if target is None:
        return
    if verb == Act.CLOSE and target.posted and target.posted.kind is ListKind.INCIDENT:
        await close_incident(target.call, target.posted)
    elif verb in {Act.ASSIGN, Act.NOTE}:
        await _open_form(target, Act(verb))
    elif change := _change(target, verb, press.values[0] if press.values else ""):
        await do(target, change, told=_CARD in rest)
    else:
        await call.whisper(call.words(Say.UNKNOWN_ACTION))


async def submit(call: Call, submission: Submission) -> None:
    """Stores a note, or whose an item is."""
    verb, item, *_ = [*submission.payload.argument.split("."), ""]
    target = await target_of(call, submission.payload.subject, item)
    if target is None:
        return
    text = next(iter(submission.values.values()), "").strip()
    if verb == Act.NOTE and text:
        await do(target, noted(target, text), told=True)
    elif verb == Act.ASSIGN:
        await do(target, assigned(target, text), told=True)
    else:
        await call.whisper(call.words(Say.CONFIG_NOTHING))


async def target_of(call: Call, subject: str, item: str, *, closing: bool = False) -> Target | None:
    """What a button is about; None after telling why it does nothing."""
    if call.person.standing is Standing.STRANGER:
        await call.whisper(call.words(RiskSay.MEMBERS))
        return None
    posted = None if subject in LANGUAGES else await call.means.store.checklists.get(subject)
    if posted is None and subject not in LANGUAGES:
        await call.whisper(call.words(Say.UNKNOWN_ACTION))
        return None
    if posted and posted.place.channel_key != call.place.channel_key:
        await call.whisper(call.words(RiskSay.FOREIGN))
        return None
    call = replace(call, language=posted.language if posted else Language(subject))
    if posted and posted.kind is ListKind.INCIDENT:
        found = await _step(call, posted, item, closing=closing)
    else:
        found = await _risk(call, posted, item)
    if found is None:
        await call.whisper(call.words(Say.UNKNOWN_ACTION))
    elif found.room.board.closed and not closing:
        await call.whisper(call.words(RiskSay.INCIDENT_ENDED))
        return None
    return found


async def _risk(call: Call, posted: PostedList | None, item: str) -> Target | None:
    room = await (list_room(call.means, posted) if posted else room_of(call))
    risk = room.held.register.get(item)
    if risk is None:
        return None
    return Target(call=call, room=room, board=call.place.channel_key, item=item, risk=risk, posted=posted)


async def _step(call: Call, posted: PostedList, item: str, *, closing: bool) -> Target | None:
    room = await list_room(call.means, posted)
    risk = room.held.register.get(posted.subject)
    steps = {step.name: step for phase in plan_of(risk).values() for step in phase} if risk else {}
    if risk is None or (item not in steps and not closing):
        return None
    return Target(call=call, room=room, board=posted.board, item=item, risk=risk, posted=posted, step=steps.get(item))


def _change(target: Target, verb: str, value: str) -> Change | None:
    """The change that a button stands for; None for one that an item of this kind does not have."""
    if verb in _PLAIN and not (verb == Act.NOT_APPLICABLE and target.step):
        return made(target, Act(verb))
    if verb == "take":
        return replace(made(target, Act.ASSIGN), owner=hand_of(target.call.person))
    if target.step:
        return None
    if verb == Act.SNOOZE and value in target.call.means.wording.words("risk-rest", target.room.language):
        return put_off(target, days=int(value))
    number, signals = value[1:], len(target.risk.signals.en)
    if verb == "signal" and value[:1] in {"t", "u"} and number.isdecimal() and int(number) < signals:
        return made(target, Act.TICK if value[0] == "t" else Act.UNTICK, value=str(int(number)))
    return None


def put_off(target: Target, *, days: int) -> Change:
    """An item's rest from now on."""
    return made(target, Act.SNOOZE, value=(target.call.means.now() + timedelta(days=days)).isoformat())


def assigned(target: Target, typed: str) -> Change:
    """An item given to whom somebody named; a dash stands for nobody."""
    name = " ".join(typed.lstrip("@").split())[:_LONGEST_NAME]
    owner = None if name in _NOBODY else Hand(person="", name=name)
    return replace(made(target, Act.ASSIGN), owner=owner)


def noted(target: Target, text: str) -> Change:
    """What the team should remember of an item."""
    return made(target, Act.NOTE, text=text[:_LONGEST_NOTE])


def made(target: Target, act: Act, *, value: str = "", text: str = "") -> Change:
    """A change by whoever calls, at this moment."""
    by = hand_of(target.call.person)
    at = target.call.means.now()
    return Change(board=target.board, item=target.item, act=act, at=at, value=value, text=text, by=by)


async def do(target: Target, *changes: Change, told: bool) -> None:
    """Stores changes, tells of them where the button cannot show them, and edits what was posted."""
    call = target.call
    reminders = [_reminder(target, change) for change in changes if change.act is Act.SNOOZE]
    await note_owner(call)
    await call.means.store.checklists.add(changes, reminders=reminders)
    if told:
        words = target.room.listed([change_words(target.room, change, target.risk) for change in changes])
        again = Button(
            label=call.words(RiskSay.BACK_TO_ITEM),
            payload=Payload(verb=Verb.RISK, subject=target.subject, argument=target.item),
        )
        await call.whisper(call.words(RiskSay.CHANGED, title=target.title, change=words), actions=((again,),))
    if target.step and target.posted:
        await show_incident(call.means, target.posted, phases=(phase_of(target.item),))
        return
    await refresh(call.means, call.place.channel_key, target.item, pressed=target.posted)


def _reminder(target: Target, change: Change) -> Reminder:
    """Back in the channel when the rest is over."""
    return Reminder(
        id=target.call.means.new_id(),
        board=target.board,
        list_id="",
        item=target.item,
        value=change.value,
        place=target.posted.place if target.posted else target.call.place,
        language=target.room.language,
        due_at=datetime.fromisoformat(change.value),
    )


async def _open_form(target: Target, act: Act) -> None:
    room = target.room
    if act is Act.NOTE:
        title, label, hint, kind = RiskSay.NOTE_FORM, RiskSay.NOTE_FIELD, "", FieldKind.TEXT
    else:
        title, label, kind = RiskSay.ASSIGN_FORM, RiskSay.ASSIGN_FIELD, FieldKind.LINE
        hint = room.say(RiskSay.ASSIGN_HINT)
    owner = room.item(target.item).owner if act is Act.ASSIGN else None
    field = FormField(
        name=act.value,
        label=room.say(label),
        kind=kind,
        hint=hint,
        required=True,
        value=owner.name if owner else "",
    )
    payload = Payload(verb=Verb.RISK_FORM, subject=target.subject, argument=f"{act}.{target.item}")
    form = Form(title=room.say(title), payload=payload, fields=(field,), submit=target.call.words(Say.SAVE))
    if not await target.call.open_form(form):
        await target.call.whisper(target.call.words(Say.UNKNOWN_ACTION))
