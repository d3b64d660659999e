"""From a stored question to one that the core answers: its text, scope, language and history."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from bot.channel_rules import reader_scope
from bot.chat import ChatAdapter, Place
from bot.engine.queueing import Job
from bot.engine.remembering import Memory
from bot.engine.threads import past_turns, speakers
from bot.engine.wiring import Parts
from bot.errors import DeliveryFailed
from bot.mentions import unaddressed
from bot.remarks import wished_language
from bot.saying import Say
from bot.wording import spoken
from rag.errors import RagError
from rag.types import Question, Turn

log = logging.getLogger(__name__)


class Asker:
    """Puts questions to the core in the name of whoever reads the answer."""

    def __init__(self, parts: Parts, memory: Memory) -> None:
        self._store = parts.store
        self._memory = memory
        self._adapters: Mapping[str, ChatAdapter] = parts.adapters
        self._times = parts.times
        self._settings = parts.settings
        self._rights = parts.rights
        self._delivery = parts.delivery
        self._company = parts.company

    async def question(self, job: Job) -> Question:
        """The question with what the conversation said before. Raises StoreFailed."""
        record = job.record
        settings = await self._memory.settings(record.place.channel_key)
        held = self._rights.labels_of(record.person)
        scope = reader_scope(settings, record.person, place=record.place, held=held)
        history = await self._history(job, scope.audience)
        if job.fresh:
            history = tuple(turn for turn in history if turn.question != record.text)
        text, wished = wished_language(unaddressed(record.text))
        return Question(
            id=record.id,
            text=text,
            language=wished or settings.language,
            scope=scope,
            history=tuple(replace(turn, question=wished_language(unaddressed(turn.question))[0]) for turn in history),
            reader=await self._company(record, wished or settings.language or spoken(record.text)),
        )

    async def _history(self, job: Job, audience: frozenset[str]) -> tuple[Turn, ...]:
        """What was said before, without answers that rest on what the reader may not see by now."""
        book, place, limit = self._store.conversations, job.record.place, self._settings.history_turns
        if not limit or not has_history(place):
            return ()
        turns = () if job.first else await book.turns(place.key, limit=limit, audience=audience)
        unread = job.summoned or (job.summoned is None and not turns)
        if not unread or not await self._read_thread(job):
            return turns
        return await book.turns(place.key, limit=limit, audience=audience)

    async def _read_thread(self, job: Job) -> bool:
        """Stores what was said in the thread before the question; False where there is nothing to be had."""
        place, adapter = job.record.place, self._adapters.get(job.record.place.platform)
        if adapter is None or not self._settings.thread_messages:
            return False
        try:
            said = await adapter.history(place, limit=self._settings.thread_messages)
        except DeliveryFailed as error:
            log.warning("thread not read: %s", error)
            await self._tell_unread(job)
            return False
        turns = past_turns(said, asked_by=job.record.message_id)
        if turns:
            people = speakers(said, place, asked_by=job.record.message_id)
            await self._store.conversations.import_turns(place.key, turns, at=self._times.now(), people=people)
        return bool(turns)

    async def _tell_unread(self, job: Job) -> None:
        """Tells whoever asked that what was said before has no part in the answer."""
        record = job.record
        try:
            await self._delivery.tell(record.place, record.person, Say.THREAD_UNREAD, spoken(record.text))
        except RagError as error:
            log.warning("unread thread not told: %s", error.logged)


def has_history(place: Place) -> bool:
    """Whether what was said before belongs to the question: in a thread or between two, not all over a channel."""
    return bool(place.thread) or place.private
