"""The form of one risk: where the team stands with it, who looks after it, and what it should remember."""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat import Press, Submission
from bot.checklist_records import Act, Change
from bot.commands.call import Call
from bot.commands.risk_cards import show_risk
from bot.commands.risk_texts import settled
from bot.commands.risk_work import Target, assigned, do, made, noted, put_off, target_of
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import FieldKind, Form, FormField, Option
from bot.wording import RiskSay, Say
from rag.risks import State

_STATE, _OWNER, _NOTE = "state", "owner", "note"
_RESTS = "rests"
_ACTS: Mapping[str, Act] = {
    State.OPEN: Act.REOPEN,
    State.DONE: Act.DONE,
    State.NOT_APPLICABLE: Act.NOT_APPLICABLE,
}


async def open_form(call: Call, press: Press) -> None:
    """Shows the form of the risk that was chosen; its card where there are no forms."""
    name = press.values[0] if press.values else press.payload.argument
    target = await target_of(call, press.payload.subject, name)
    if target is not None and not await target.call.open_form(_form(target)):
        await show_risk(target.call, target.room, target.risk, subject=target.subject)


async def submit(call: Call, submission: Submission) -> None:
    """Stores what the form changes."""
    target = await target_of(call, submission.payload.subject, submission.payload.argument)
    if target is None:
        return
    changes = _changes(target, submission.values)
    if changes:
        await do(target, *changes, told=True)
    else:
        await target.call.whisper(target.call.words(Say.CONFIG_NOTHING))


def _form(target: Target) -> Form:
    room, item = target.room, target.room.item(target.item)
    states = room.wording.words("risk-state", room.language)
    options = [Option(label=states[state], value=state) for state in _ACTS]
    if _stands(target) == _RESTS:
        options.append(Option(label=settled(room, target.item), value=_RESTS))
    rests = room.wording.words("risk-rest", room.language)
    options += [Option(label=label, value=days) for days, label in rests.items()]
    fields = (
        FormField(
            name=_STATE,
            label=target.title,
            kind=FieldKind.CHOICE,
            value=_stands(target),
            hint=target.risk.question.of(room.language),
            options=tuple(options),
            required=True,
        ),
        FormField(
            name=_OWNER,
            label=room.say(RiskSay.ASSIGN_FORM),
            value=item.owner.name if item.owner else "",
            hint=room.say(RiskSay.ASSIGN_HINT),
        ),
        FormField(name=_NOTE, label=room.say(RiskSay.NOTE_FIELD), kind=FieldKind.TEXT),
    )
    payload = Payload(verb=Verb.RISK_SAVE, subject=target.subject, argument=target.item)
    return Form(title=room.say(RiskSay.ITEM_FORM), payload=payload, fields=fields, submit=target.call.words(Say.SAVE))


def _changes(target: Target, values: Mapping[str, str]) -> list[Change]:
    """What is other than it was; a field that did not come along changes nothing."""
    changes = []
    state, stood = values.get(_STATE, ""), _stands(target)
    if state != stood and state in _ACTS:
        changes.append(made(target, _ACTS[state]))
    elif state in target.room.wording.words("risk-rest", target.room.language):
        changes.append(put_off(target, days=int(state)))
    owner = target.room.item(target.item).owner
    change = assigned(target, values.get(_OWNER, owner.name if owner else ""))
    if (change.owner.name if change.owner else "") != (owner.name if owner else ""):
        changes.append(change)
    if note := values.get(_NOTE, "").strip():
        changes.append(noted(target, note))
    return changes


def _stands(target: Target) -> str:
    handling = target.room.item(target.item).handling
    return _RESTS if handling.rests(target.room.now) else handling.state.value
