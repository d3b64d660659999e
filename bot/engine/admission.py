"""The door: who may ask how often, and how a question comes into the store and the line, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.chat import Person, Place
from bot.engine.buckets import TokenBuckets
from bot.engine.gates import is_stale
from bot.engine.queueing import Job, Line, titled
from bot.engine.remembering import Memory
from bot.engine.speech import has_words
from bot.engine.telling import Teller
from bot.engine.wiring import Parts
from bot.limits import EngineSettings
from bot.records import Conversation, Outcome, QuestionRecord, Receipt
from bot.rights import Role
from bot.saying import Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question at the door. `title` is that of a forum's post.

    `message_id` is "" for one that came as a command; `claim` are its event's keys; `conversation` is what becomes of
    its conversation when it is let in, None where that needs no storing. One that found the line full is `late`: it was
    judged without a look into the store and must not be let in.
    """

    place: Place
    person: Person
    text: str
    at: datetime
    title: str = ""
    message_id: str = ""
    claim: Sequence[str] = ()
    first: bool = False
    summoned: bool = False
    fresh: bool = False
    late: bool = False
    id: str = ""
    conversation: Conversation | None = None

    @property
    def words(self) -> str:
        """All that is asked."""
        return titled(self.title, self.text)


class Door:
    """Lets questions in. The caller holds the lock of the conversation."""

    def __init__(self, parts: Parts, *, line: Line, teller: Teller, memory: Memory) -> None:
        self._parts = parts
        self._memory = memory
        self._line = line
        self._teller = teller
        settings, clock = parts.settings, parts.times.clock
        self._people = TokenBuckets(per_minute=settings.person_per_minute, burst=settings.person_burst, clock=clock)
        self._channels = TokenBuckets(per_minute=settings.channel_per_minute, burst=settings.channel_burst, clock=clock)

    async def admit(self, asked: Asked) -> Receipt:
        """Let a question in, or tell the person why not.

        Raises:
            StoreFailed: nothing was stored; the platform may hand the event over again.
        """
        if refused := await self._paused(asked) or self._unusable(asked):
            return refused
        stale = is_stale(asked.at, now=self._parts.times.now(), limits=self._parts.settings)
        wait = 0.0 if stale else self._take_tokens(asked)
        if wait:
            return self._turn_away(asked, Outcome.LIMITED, wait)
        if not stale and (joined := await self._join(asked)):
            return joined
        if asked.late or not self._line.reserve():
            self._give_tokens_back(asked)
            return self._turn_away(asked, Outcome.BUSY, self._line.retry_after_s)
        try:
            job = await self._stored(asked, expired=stale)
        finally:
            self._line.release()
        if job is None:
            self._give_tokens_back(asked)
            return Receipt(outcome=Outcome.DUPLICATE)
        self._line.enter(job)
        return Receipt(outcome=Outcome.ACCEPTED, question_id=job.id)

    def relimit(self, limits: EngineSettings) -> None:
        """Let people and channels ask more or less often from now on."""
        self._people.adjust(per_minute=limits.person_per_minute, burst=limits.person_burst)
        self._channels.adjust(per_minute=limits.channel_per_minute, burst=limits.channel_burst)

    async def replace(self, job: Job, parts: dict[str, str], *, claim: Sequence[str]) -> Receipt:
        """Let a question in again with other texts, in place of one that is being answered; it counts once."""
        old = job.record
        asked = Asked(
            place=old.place,
            person=old.person,
            text="\n".join(parts.values()),
            at=old.asked_at,
            title=job.title,
            message_id=old.message_id,
            claim=claim,
        )
        new = await self._stored(asked, expired=False)
        if new is None:
            return Receipt(outcome=Outcome.DUPLICATE)
        for message_id in parts.keys() - {old.message_id}:
            await self._parts.store.questions.join(new.id, asked.words, message_id=message_id)
        new.parts = parts
        self._line.enter(new)
        return Receipt(outcome=Outcome.REPLACED, question_id=new.id)

    async def _stored(self, asked: Asked, *, expired: bool) -> Job | None:
        record = QuestionRecord(
            id=asked.id or self._parts.times.new_id(),
            place=asked.place,
            person=asked.person,
            text=asked.words,
            asked_at=asked.at,
            message_id=asked.message_id,
        )
        conversation = None if expired else asked.conversation
        if not await self._parts.store.questions.admit(record, claim=asked.claim, conversation=conversation):
            return None
        if conversation:
            self._memory.saved(conversation)
        return Job(
            record=record,
            since=self._parts.times.clock(),
            parts={asked.message_id: asked.text} if asked.message_id else {},
            title=asked.title,
            expired=expired,
            fresh=asked.fresh,
            first=asked.first,
            summoned=asked.summoned,
        )

    async def _join(self, asked: Asked) -> Receipt | None:
        """Adds a message to its author's question in the same conversation that still waits, where there is one."""
        job = next((job for job in self._line.of_thread(asked.place.key) if self._takes(job, asked)), None)
        if job is None:
            return None
        parts = {**job.parts, asked.message_id: asked.words}
        joining = self._parts.store.questions.join(
            job.id, job.worded(parts), message_id=asked.message_id, claim=asked.claim
        )
        if not await joining:
            return None
        job.rewrite(parts)
        return Receipt(outcome=Outcome.JOINED, question_id=job.id)

    def _takes(self, job: Job, asked: Asked) -> bool:
        return (
            self._line.waits(job)
            and not job.expired
            and bool(asked.message_id and job.record.message_id)
            and job.record.person.key == asked.person.key
            and len(job.record.text) + len(asked.words) < self._parts.settings.question_characters
        )

    async def _paused(self, asked: Asked) -> Receipt | None:
        """Turns away all but admins while the bot is looked after; each is told once for each place."""
        steering = self._parts.steering
        maintenance = steering.maintenance if steering else None
        if steering is None or maintenance is None or self._parts.rights.role(asked.person) >= Role.ADMIN:
            return None
        notice = steering.notice(asked.person.key, asked.place.key)
        if await self._parts.store.events.claim([notice], at=self._parts.times.now()):
            message = maintenance.message
            text = Say.MAINTENANCE_MESSAGE if message else Say.MAINTENANCE
            values: dict[str, Any] = {"message": message} if message else {}
            self._teller.tell(asked.place, asked.person, text, like=asked.words, **values)
        return Receipt(outcome=Outcome.PAUSED)

    def _unusable(self, asked: Asked) -> Receipt | None:
        """Tells of a question without words or with too many: one that came by a command has met no gate."""
        most = self._parts.settings.question_characters
        if has_words(asked.words) and len(asked.words) <= most:
            return None
        text = Say.TOO_LONG if has_words(asked.words) else Say.NOTHING_ASKED
        self._teller.tell(asked.place, asked.person, text, like=asked.words, characters=most)
        return Receipt(outcome=Outcome.UNUSABLE)

    def _take_tokens(self, asked: Asked) -> float:
        wait = self._people.take(asked.person.key)
        if wait:
            return wait
        wait = self._channels.take(asked.place.channel_key)
        if wait:
            self._people.give_back(asked.person.key)
        return wait

    def _give_tokens_back(self, asked: Asked) -> None:
        self._people.give_back(asked.person.key)
        self._channels.give_back(asked.place.channel_key)

    def _turn_away(self, asked: Asked, outcome: Outcome, seconds: float) -> Receipt:
        text = Say.BUSY if outcome is Outcome.BUSY else Say.LIMITED
        self._teller.tell(asked.place, asked.person, text, like=asked.words, seconds=max(1, round(seconds + 0.5)))
        return Receipt(outcome=outcome, retry_after_s=seconds)
