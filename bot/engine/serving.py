"""One question's way from the line to its end: answered, refused, failed, given up, or left for the next start."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from bot.engine.asking import Asker
from bot.engine.keeping import Locks
from bot.engine.queueing import Ending, Job
from bot.engine.remembering import Memory
from bot.engine.wiring import Parts
from bot.errors import StoreFailed
from bot.records import AnswerRecord, QuestionState
from rag.errors import ModelUnavailable, RagError
from rag.types import AnswerStatus

log = logging.getLogger(__name__)

_PAUSES_S = (0.2, 1.0, 3.0)
"""Waits between tries to store a state: a database that is locked for a moment must not undo an answer."""

_ENDS = {
    AnswerStatus.ANSWERED: QuestionState.ANSWERED,
    AnswerStatus.REFUSED: QuestionState.REFUSED,
    AnswerStatus.FAILED: QuestionState.FAILED,
}


class Server:
    """Answers one question at a time for each worker that calls it."""

    def __init__(self, parts: Parts, *, locks: Locks, memory: Memory) -> None:
        self._parts = parts
        self._locks = locks
        self._asker = Asker(parts, memory)

    async def serve(self, job: Job) -> None:
        """Bring a question to its end. Being cancelled leaves it as it is stored, for the next start to take up."""
        if job.ending:
            await self.give_up(job)
            return
        job.task = asyncio.create_task(self._answer(job))
        try:
            await asyncio.wait({job.task})
        except asyncio.CancelledError:
            job.task.cancel()
            await asyncio.wait({job.task})
            raise
        if job.task.cancelled():
            await self.give_up(job)
        elif error := job.task.exception():
            raise error

    async def give_up(self, job: Job) -> None:
        """End a question that was deleted, replaced, stopped or cut off by a stopping program."""
        job.closing = True
        match job.ending:
            case Ending.DELETED | Ending.REPLACED:
                async with job.lock:
                    await self._quietly(job, self._parts.delivery.withdraw(job.record))
                await self._finish(job, QuestionState.CANCELLED)
            case Ending.STOPPED:
                await self._close(job, QuestionState.CANCELLED)
            case _:
                await self._close(job, QuestionState.INTERRUPTED)

    async def _answer(self, job: Job) -> None:
        if not await self._start(job):
            return
        if job.expired:
            await self._decide(job)
            await self._close(job, QuestionState.EXPIRED)
            return
        try:
            record = await self._deliver(job)
        except RagError as error:
            await self._fail(job, error)
        except Exception:
            log.exception("answering broke, question %s", job.id)
            await self._fail(job, RagError("the answer broke off by a fault of this program"))
        else:
            await self._decide(job)
            await self._finish(job, _ENDS[record.answer.status], record)

    async def _start(self, job: Job) -> bool:
        # Under the conversation's lock, so that no message joins a question whose text is being read.
        async with self._locks.hold(job.thread):
            if not job.started:
                job.started = await self._persistently(lambda: self._parts.store.questions.start(job.id))
            return job.started

    async def _deliver(self, job: Job) -> AnswerRecord:
        try:
            async with job.lock, asyncio.timeout(self._parts.settings.answer_seconds):
                question = await self._asker.question(job)
                async with aclosing(self._parts.answers.stream(question)) as events:
                    return await self._parts.delivery.deliver(job.record, events)
        except TimeoutError as error:
            limit = self._parts.settings.answer_seconds
            raise ModelUnavailable(f"the answer to question {job.id} took longer than {limit} s") from error

    async def _decide(self, job: Job) -> None:
        # Under the conversation's lock: an edit that is being stored in the question's place breaks it off, instead.
        async with self._locks.hold(job.thread):
            job.closing = True

    async def _fail(self, job: Job, error: RagError) -> None:
        await self._decide(job)
        log.warning("question %s failed: %s", job.id, error.logged)
        await self._close(job, QuestionState.FAILED, error)

    async def _close(self, job: Job, state: QuestionState, error: RagError | None = None) -> None:
        """Tell the person first: a question that has ended in the store is never looked at again."""
        async with job.lock:
            await self._quietly(job, self._parts.delivery.close(job.record, state, error=error))
        await self._finish(job, state)

    async def _quietly(self, job: Job, saying: Awaitable[None]) -> None:
        """Runs a delivery whose failure changes nothing: the platform takes no message about the question."""
        try:
            await saying
        except RagError as error:
            log.warning("the end of question %s could not be shown: %s", job.id, error.logged)

    async def _finish(self, job: Job, state: QuestionState, answer: AnswerRecord | None = None) -> None:
        ended = await self._persistently(lambda: self._parts.store.questions.finish(job.id, state, answer=answer))
        job.ended.set()
        if not ended:
            log.info("question %s had ended before it was %s", job.id, state)
            return
        seconds = self._parts.times.clock() - job.since
        self._parts.watching.ended(job.record, state, seconds=seconds, answer=answer)

    async def _persistently(self, step: Callable[[], Awaitable[bool]]) -> bool:
        for pause in _PAUSES_S:
            try:
                return await step()
            except StoreFailed as error:
                log.warning("the store failed, trying again in %s s: %s", pause, error)
                await self._parts.times.sleep(pause)
        return await step()
