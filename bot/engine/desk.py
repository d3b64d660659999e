"""What changes conversations from outside an answer: stopping, resuming, cancelling, asking by a command."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.chat import Person, Place
from bot.engine.admission import Asked, Door
from bot.engine.keeping import Chores, Locks
from bot.engine.queueing import Ending, Job, Line
from bot.engine.remembering import Memory
from bot.engine.serving import Server
from bot.engine.threads import after_question, differs, with_engagement
from bot.engine.wiring import Parts
from bot.records import Conversation, Engagement, Outcome, QuestionRecord, Receipt
from bot.wording import spoken
from rag.types import Language


class Conversations:
    """Changes conversations in the store and in the line. The caller holds the conversation's lock."""

    def __init__(self, parts: Parts, *, line: Line, server: Server, chores: Chores, memory: Memory) -> None:
        self._parts = parts
        self.memory = memory
        self._line = line
        self._server = server
        self._chores = chores

    def asked(self, known: Conversation | None, *, place: Place, person: Person, text: str) -> Conversation | None:
        """The conversation in which a person has asked, so that what follows in its thread is heard; None as before."""
        if not place.thread:
            return None
        language = spoken(text, (known and known.language) or Language.EN)
        new = after_question(known, place=place, person=person, language=language, at=self._parts.times.now())
        return new if differs(new, known) else None

    async def engage(self, known: Conversation | None, engagement: Engagement, *, place: Place) -> None:
        """Listen in a thread or not."""
        if place.thread:
            new = with_engagement(known, engagement, place=place, at=self._parts.times.now())
            await self.memory.save(new)

    async def stop(self, known: Conversation | None, *, place: Place) -> int:
        """End what is asked in a conversation, and be quiet in its thread; tells how many questions that were."""
        await self.engage(known, Engagement.STOPPED, place=place)
        return sum(self.give_up(job, Ending.STOPPED) for job in self._line.of_thread(place.key))

    async def resume(self, known: Conversation | None, *, place: Place, person: Person) -> None:
        """Listen to a person in a thread again."""
        if place.thread:
            now = self._parts.times.now()
            quiet = with_engagement(known, Engagement.NONE, place=place, at=now)
            new = after_question(quiet, place=place, person=person, language=quiet.language, at=now)
            await self.memory.save(new)

    def give_up(self, job: Job, ending: Ending) -> bool:
        """End one question; False when its end has been decided already."""
        if not self._line.remove(job):
            return job.stop(ending)
        job.ending = ending
        self._chores.start(lambda: self._server.give_up(job))
        return True


class FrontDesk:
    """`bot.neighbours.Desk` for one event: the first question that it asks carries the event's claim into the store."""

    def __init__(
        self, *, door: Door, locks: Locks, line: Line, conversations: Conversations, claim: Sequence[str]
    ) -> None:
        self._door = door
        self._locks = locks
        self._line = line
        self._conversations = conversations
        self._claim = claim
        self.receipt = Receipt(outcome=Outcome.HANDLED)
        self.taken = asyncio.Event()
        """Set when the event's question has been let in or turned away."""

    async def ask(self, question: QuestionRecord, *, fresh: bool = False) -> None:
        """Admit a question; see `bot.neighbours.Desk`."""
        claim, self._claim = self._claim, ()
        place = question.place
        async with self._locks.hold(place.key):
            known = await self._conversations.memory.conversation(place.key) if place.thread else None
            asked = Asked(
                id=question.id,
                place=place,
                person=question.person,
                text=question.text,
                at=question.asked_at,
                message_id=question.message_id,
                claim=claim,
                fresh=fresh,
                conversation=self._conversations.asked(known, place=place, person=question.person, text=question.text),
            )
            self.receipt = await self._door.admit(asked)
            self.taken.set()

    async def cancel(self, question_id: str, person: Person) -> bool:
        """End one question of the person's own; see `bot.neighbours.Desk`."""
        job = self._line.find(question_id)
        if job is None or job.record.person.key != person.key:
            return False
        return self._conversations.give_up(job, Ending.STOPPED)

    async def stop(self, place: Place, person: Person) -> int:
        """End and be quiet; see `bot.neighbours.Desk`."""
        async with self._locks.hold(place.key):
            known = await self._conversations.memory.conversation(place.key)
            return await self._conversations.stop(known, place=place)

    async def resume(self, place: Place, person: Person) -> None:
        """Listen again; see `bot.neighbours.Desk`."""
        async with self._locks.hold(place.key):
            known = await self._conversations.memory.conversation(place.key)
            await self._conversations.resume(known, place=place, person=person)
