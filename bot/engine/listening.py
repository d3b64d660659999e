"""Messages as they come in: each is judged once and asked, joined, followed, or let pass."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from bot.chat import Address, Deleted, Edited, Message
from bot.engine.admission import Asked, Door
from bot.engine.asking import has_history
from bot.engine.desk import Conversations
from bot.engine.gates import Step, brings_files, judge, opens_thread, own_or_bot
from bot.engine.keeping import Locks, Recent
from bot.engine.queueing import Ending, Job, Line, titled
from bot.engine.remembering import Memory
from bot.engine.speech import asks, has_words, is_resume
from bot.engine.telling import Teller
from bot.engine.wiring import Parts
from bot.records import Conversation, Engagement, Outcome, Receipt
from bot.remarks import remark_of
from bot.saying import Say
from rag.types import Language

_ENDING_S = 1.5
"""How long a deletion may take before it is acknowledged; platforms wait three seconds."""

_LINES: Mapping[Step, tuple[Say, Outcome]] = {
    Step.THANKED: (Say.THANKED, Outcome.UNUSABLE),
    Step.FAREWELL: (Say.FAREWELL, Outcome.UNUSABLE),
    Step.INTRODUCED: (Say.INTRODUCED, Outcome.UNUSABLE),
    Step.EMPTY: (Say.NOTHING_ASKED, Outcome.UNUSABLE),
    Step.TOO_LONG: (Say.TOO_LONG, Outcome.UNUSABLE),
    Step.OFF: (Say.SWITCHED_OFF, Outcome.DENIED),
    Step.DENIED: (Say.MEMBERS_ONLY, Outcome.DENIED),
    Step.STOP: (Say.CANCELLED, Outcome.STOPPED),
    Step.RESUME: (Say.LISTENING, Outcome.RESUMED),
}
"""Steps that end with a private line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """What listening needs of the engine."""

    parts: Parts
    line: Line
    door: Door
    teller: Teller
    locks: Locks
    recent: Recent
    conversations: Conversations
    memory: Memory


class Listener:
    """Works on messages, their changes and their deletions."""

    def __init__(self, ears: Ears) -> None:
        self._ears = ears

    async def message(self, message: Message) -> Receipt:
        """Work on something that was written. `Outcome.HANDLED` says that it is a command and yet to be done.

        Raises:
            StoreFailed: nothing is known of the event.
        """
        if own_or_bot(message.person, self._ears.parts.settings):
            return Receipt(outcome=Outcome.IGNORED)
        keys = claim_of(message)
        if not self._ears.recent.add(keys):
            return Receipt(outcome=Outcome.DUPLICATE)
        try:
            async with self._ears.locks.hold(message.place.key):
                receipt = await self._judged(message)
        except BaseException:
            self._ears.recent.drop(keys)
            raise
        if receipt.outcome is Outcome.IGNORED:
            # Another event of the same message may still show that it was meant for the bot.
            self._ears.recent.drop(keys[1:])
        return receipt

    async def edited(self, edit: Edited) -> Receipt:
        """Give a question that is not answered yet its new text."""
        async with self._ears.locks.hold(edit.place.key):
            job = await self._unanswered(edit.place.key, edit.message_id)
            if job is None or not self._changes(job, edit):
                return Receipt(outcome=Outcome.IGNORED)
            receipt = await self._rewrite(job, edit)
            if receipt.outcome is Outcome.REPLACED and receipt.question_id != job.id:
                job.stop(Ending.REPLACED)
            return receipt

    async def deleted(self, deletion: Deleted) -> Receipt:
        """Give up a question that was taken away, or the part of it that was.

        A platform does not tell of a deletion twice, so that the question's end is stored before the receipt.
        """
        async with self._ears.locks.hold(deletion.place.key):
            job = await self._unanswered(deletion.place.key, deletion.message_id)
            if job is None:
                return Receipt(outcome=Outcome.IGNORED)
            rest = {key: text for key, text in job.parts.items() if key != deletion.message_id}
            if rest:
                return await self._without(job, rest)
            self._ears.conversations.give_up(job, Ending.DELETED)
        with suppress(TimeoutError):
            async with asyncio.timeout(_ENDING_S):
                await job.ended.wait()
        return Receipt(outcome=Outcome.CANCELLED, question_id=job.id)

    async def _without(self, job: Job, rest: dict[str, str]) -> Receipt:
        """Takes a message out of a question that was put together from several; one that is being answered stays."""
        text = job.worded(rest)
        if text == job.record.text or not await self._ears.parts.store.questions.join(
            job.id, text, message_id=next(iter(rest))
        ):
            return Receipt(outcome=Outcome.IGNORED)
        job.rewrite(rest)
        return Receipt(outcome=Outcome.REPLACED, question_id=job.id)

    async def _judged(self, message: Message) -> Receipt:
        parts, place = self._ears.parts, message.place
        if await self._is_experts(message):
            return Receipt(outcome=Outcome.NOTED)
        late = self._is_late(message)
        # Whoever can only be told that the line is full is told so without a look into the store.
        settings = await self._ears.memory.settings(place.channel_key, roughly=late)
        # Nothing is known of a thread that begins with the message itself.
        known = None
        if has_history(place) and place.thread != message.message_id and not late:
            known = await self._ears.memory.conversation(place.key)
        step = judge(message, settings=settings, conversation=known, limits=parts.settings)
        if parts.taking is not None and brings_files(message, step):
            language = settings.language or (known.language if known else Language.EN)
            self._ears.teller.work(await parts.taking.take(message, language=language or Language.EN))
            if not asks(message.text):
                return Receipt(outcome=Outcome.NOTED)
        match step:
            case Step.ASK if self._acts(message, known):
                return Receipt(outcome=Outcome.HANDLED)
            case Step.ASK:
                return await self._asked(message, known, late=late)
            case Step.LEAVE:
                await self._ears.conversations.engage(known, Engagement.NONE, place=place)
            case Step.STOP:
                await self._ears.conversations.stop(known, place=place)
            case Step.RESUME:
                await self._ears.conversations.resume(known, place=place, person=message.person)
            case _:
                pass
        language = settings.language or (known.language if known else None)
        return self._told(message, step, language)

    def _acts(self, message: Message, known: Conversation | None) -> bool:
        """Whether a whole message is a command, or wants something of the answer before it, which is there."""
        named = message.address is not Address.NONE
        if named and self._ears.parts.handling.recognises(message.text):
            return True
        said = named or known is not None or message.place.private
        busy = self._ears.line.of_thread(message.place.key)
        return said and not busy and not message.title and remark_of(message.text) is not None

    async def _is_experts(self, message: Message) -> bool:
        """Whether a message is part of an expert's answer, which is kept and asked about once."""
        parts = self._ears.parts
        if parts.overhearing is None or message.address is not Address.NONE or opens_thread(message):
            return False
        saying = await parts.overhearing.heard(message, claim=claim_of(message))
        if saying is None:
            return False
        # People talk to each other from here on.
        known = await self._ears.memory.conversation(message.place.key)
        if known and known.engagement is Engagement.ENGAGED:
            await self._ears.conversations.engage(known, Engagement.NONE, place=message.place)
        self._ears.teller.later(saying)
        return True

    def _told(self, message: Message, step: Step, language: Language | None) -> Receipt:
        text, outcome = _LINES.get(step, (None, Outcome.IGNORED))
        if step is Step.STOP and message.place.thread and not message.place.private:
            text = Say.QUIET
        if text:
            characters = self._ears.parts.settings.question_characters
            self._ears.teller.tell(
                message.place, message.person, text, like=message.text, language=language, characters=characters
            )
        return Receipt(outcome=outcome)

    def _is_late(self, message: Message) -> bool:
        """Whether a question can only be told that the line is full, which costs the store nothing."""
        line = self._ears.line
        addressed = message.address is not Address.NONE
        return line.full and addressed and not is_resume(message.text) and not line.of_thread(message.place.key)

    async def _asked(self, message: Message, known: Conversation | None, *, late: bool) -> Receipt:
        place, words = message.place, titled(message.title, message.text)
        asked = Asked(
            place=place,
            person=message.person,
            text=message.text,
            at=message.at,
            title=message.title.strip(),
            message_id=message.message_id,
            claim=claim_of(message),
            first=known is None and bool(place.thread),
            late=late,
            summoned=known is None and not opens_thread(message),
            conversation=self._ears.conversations.asked(known, place=place, person=message.person, text=words),
        )
        return await self._ears.door.admit(asked)

    async def _unanswered(self, place_key: str, message_id: str) -> Job | None:
        question = await self._ears.parts.store.questions.by_message(place_key, message_id)
        return self._ears.line.find(question.id) if question and not question.state.ended else None

    def _changes(self, job: Job, edit: Edited) -> bool:
        """Whether an edit leaves another question that can be answered."""
        most = self._ears.parts.settings.question_characters
        known = job.parts.get(edit.message_id, edit.text)
        return edit.text != known and has_words(edit.text) and len(edit.text) <= most

    async def _rewrite(self, job: Job, edit: Edited) -> Receipt:
        parts = {**job.parts, edit.message_id: edit.text}
        text, claim = job.worded(parts), (event_key(edit.place.platform, edit.event_id),)
        if await self._ears.parts.store.questions.join(job.id, text, message_id=edit.message_id, claim=claim):
            job.rewrite(parts)
            return Receipt(outcome=Outcome.REPLACED, question_id=job.id)
        if self._ears.line.waits(job) or job.closing:
            return Receipt(outcome=Outcome.DUPLICATE)
        return await self._ears.door.replace(job, parts, claim=claim)


def event_key(platform: str, event_id: str) -> str:
    """The claim of an event."""
    return f"event/{platform}/{event_id}"


def claim_of(message: Message) -> tuple[str, str]:
    """The claims of a message: its event's, and its own, since a platform may tell of one message twice."""
    event = event_key(message.place.platform, message.event_id)
    return event, f"message/{message.place.channel_key}/{message.message_id}"
