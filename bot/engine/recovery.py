"""What a start finds: questions that an earlier run let in and did not bring to an end."""

from __future__ import annotations

import logging

from bot.chat import PlaceKind
from bot.engine.asking import has_history
from bot.engine.gates import is_stale
from bot.engine.queueing import Ending, Job, Line
from bot.engine.wiring import Parts
from bot.records import QuestionRecord, QuestionState

log = logging.getLogger(__name__)


async def recover(parts: Parts, line: Line) -> int:
    """Puts unfinished questions in line again, in their order; tells how many.

    One that was being answered is answered anew, in the messages that it has. One that is too old by now is told so.
    One whose platform this run does not serve stays as it is stored, for a run that does.

    Raises:
        StoreFailed: nothing was put in line that is not stored; a later start tries again.
    """
    entered = 0
    for question in await parts.store.questions.unfinished():
        if line.find(question.id) or question.place.platform not in parts.adapters:
            continue
        line.enter(_job(parts, question, superseded=await _superseded(parts, question)))
        entered += 1
    if entered:
        log.info("recovered %d unfinished questions", entered)
    return entered


async def _superseded(parts: Parts, question: QuestionRecord) -> bool:
    """Whether its message was edited and asked anew, and the earlier run ended before it gave the old text up."""
    if not question.message_id:
        return False
    latest = await parts.store.questions.by_message(question.place.key, question.message_id)
    return latest is not None and latest.id != question.id


def _job(parts: Parts, question: QuestionRecord, *, superseded: bool) -> Job:
    place, title, body = question.place, "", question.text
    if place.kind is PlaceKind.FORUM and place.thread == question.message_id:
        title, _, body = body.partition("\n")
    return Job(
        record=question,
        since=parts.times.clock(),
        parts={question.message_id: body} if question.message_id else {},
        title=title,
        expired=is_stale(question.asked_at, now=parts.times.now(), limits=parts.settings),
        started=question.state is QuestionState.ANSWERING,
        ending=Ending.REPLACED if superseded else None,
        summoned=None if has_history(place) and place.thread not in {"", question.message_id} else False,
    )
