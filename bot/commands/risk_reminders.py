"""What the bot reminds of by itself: risks whose rest is over, and steps of an incident that are still open.

`remind` is called once in a while by whatever keeps the time. Each reminder is claimed in the store and posted under
its own name, so that several processes, and one that was killed in between, say it once.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.chat import Place
from bot.checklist_records import Act, Reminder
from bot.commands.call import Means
from bot.commands.incidents import DUE, SOON, ends, incident_place, open_steps, step_line
from bot.commands.list_boards import Posting
from bot.commands.risk_room import list_room, public_room, shown
from bot.errors import DeliveryFailed
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Button, Reply
from bot.wording import RiskSay
from rag.errors import RagError

log = logging.getLogger(__name__)

_AT_ONCE = 100
_STALE = timedelta(minutes=5)
"""A claim that is older belongs to a process that died, or to a platform that was out of reach: it is tried again."""

_Said = tuple[Place, Reply]


async def remind(means: Means, now: datetime) -> int:
    """Says what is due and returns how much that was; what fails is tried again later.

    Raises:
        StoreFailed: the store cannot be read.
    """
    said = 0
    for reminder in await means.store.checklists.due(now, limit=_AT_ONCE):
        if reminder.place.platform not in means.adapters:
            continue  # it is not connected yet, or another process serves it
        if await means.store.checklists.take(reminder.id, at=now, stale=now - _STALE):
            said += await _remind(means, reminder, now)
    return said


async def _remind(means: Means, reminder: Reminder, now: datetime) -> bool:
    try:
        told = await (_of_step if reminder.list_id else _of_rest)(means, reminder, now)
        if told:
            await _post(means, reminder, *told)
    except DeliveryFailed as error:
        log.warning("reminder_not_posted", extra={"reminder": reminder.id, "error": str(error)})
        if not error.retryable:
            await means.store.checklists.settle(reminder.id)
        return False
    except RagError as error:
        log.warning("reminder_failed", extra={"reminder": reminder.id, "error": str(error)})
        return False
    await means.store.checklists.settle(reminder.id)
    return bool(told)


async def _post(means: Means, reminder: Reminder, place: Place, reply: Reply) -> None:
    async def render() -> Sequence[Reply]:
        return [reply]

    await means.boards.show(means, Posting(id=f"reminder-{reminder.id}", place=place), render)


async def _of_rest(means: Means, reminder: Reminder, now: datetime) -> _Said | None:
    """A risk comes back, unless somebody has dealt with it or put it off anew."""
    room = await public_room(means, reminder.place, reminder.language, board=reminder.board)
    risk, handling = room.held.register.get(reminder.item), room.item(reminder.item).handling
    if risk is None or handling.snoozed_until is None or handling.snoozed_until.isoformat() != reminder.value:
        return None
    lines = [room.say(RiskSay.REST_OVER, title=risk.title.of(room.language))]
    if owner := room.item(risk.id).owner:
        lines.append(room.say(RiskSay.OWNER, name=shown(owner.name)))
    lines.append(room.say(RiskSay.ASK, question=risk.question.of(room.language)))
    spoken = room.language.value
    done = Payload(verb=Verb.RISK_ACT, subject=spoken, argument=f"{Act.DONE}.{risk.id}.c")
    again = Payload(verb=Verb.RISK, subject=spoken, argument=risk.id)
    buttons = (
        Button(label=room.say(RiskSay.DONE), payload=done),
        Button(label=room.say(RiskSay.BACK_TO_ITEM), payload=again),
    )
    return reminder.place, Reply(text="\n\n".join(lines), language=room.language, actions=(buttons,))


async def _of_step(means: Means, reminder: Reminder, now: datetime) -> _Said | None:
    """What is still open in a part of a plan; a warning that comes after the part's end is left to the one for it."""
    posted = await means.store.checklists.get(reminder.list_id)
    if posted is None:
        return None
    room = await list_room(means, posted)
    risk, phase = room.held.register.get(posted.subject), reminder.item
    if risk is None or room.board.closed or (reminder.value == SOON and now >= ends(posted, phase)):
        return None
    left = open_steps(room, risk, phase)
    if not left:
        return None
    told = {"phase": room.word("risk-phase", phase), "title": risk.title.of(room.language)}
    if reminder.value == DUE:
        head = room.say(RiskSay.STEPS_DUE, **told)
    else:
        head = room.say(RiskSay.STEPS_SOON, **told, time=room.minute(ends(posted, phase)))
    text = "\n\n".join([head, *(step_line(room, step) for step in left)])
    return await incident_place(means, posted), Reply(text=text, language=room.language)
