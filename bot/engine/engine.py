"""The engine as adapters and the running program see it: events go in by `receive`, answers come out while it runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from bot.chat import CommandCall, Deleted, Edited, Incoming, Message, Person, Place, Press, Submission
from bot.engine.admission import Door
from bot.engine.cleaning import cleaned
from bot.engine.desk import Conversations, FrontDesk
from bot.engine.keeping import Chores, Locks, Recent
from bot.engine.listening import Ears, Listener, event_key
from bot.engine.queueing import Ending, Line
from bot.engine.recovery import recover
from bot.engine.remembering import Memory
from bot.engine.serving import Server
from bot.engine.telling import Teller
from bot.engine.wiring import Parts
from bot.errors import StoreFailed
from bot.limits import EngineSettings
from bot.offers import Verb
from bot.payloads import Payload
from bot.records import Outcome, Receipt
from bot.remarks import remark_of
from bot.wording import spoken
from rag.types import Language

log = logging.getLogger(__name__)

_ANSWERING_SHARE = 0.8
"""Of the time to stop in, what answers get to finish; the rest is for marking those that did not."""

_HANDLER_S = 1.5
"""Platforms wait three seconds for an acknowledgement; a handler that takes longer goes on behind it."""

_GIVE_WAY_S = 0.5
"""Longest time for which an answer waits for events that arrive: a flood of them slows answers and stops none."""

_TELLING_WORDS = 3
_SIGNS_AT_ONCE = 20
"""Places in the queue that are told in one round: the first ones, who still wait when they read it."""


class Engine:
    """One conversation engine for all platforms. It runs once: after `run` has ended, make a new one."""

    def __init__(self, parts: Parts) -> None:
        settings = parts.settings
        self._parts = parts
        self._line = Line(size=settings.queue_size, workers=settings.workers)
        self._locks = Locks()
        self._recent = Recent()
        self._chores = Chores()
        memory = Memory(parts)
        self._server = Server(parts, locks=self._locks, memory=memory)
        teller = Teller(parts, self._chores)
        self._door = Door(parts, line=self._line, teller=teller, memory=memory)
        self._conversations = Conversations(
            parts, line=self._line, server=self._server, chores=self._chores, memory=memory
        )
        self._listener = Listener(
            Ears(
                parts=parts,
                line=self._line,
                door=self._door,
                teller=teller,
                locks=self._locks,
                recent=self._recent,
                conversations=self._conversations,
                memory=memory,
            )
        )
        if parts.steering is not None:
            parts.steering.listen(self._relimit)
        self._arriving = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._recovered = asyncio.Event()
        self._closing = asyncio.Event()

    @property
    def depth(self) -> int:
        """How many questions wait."""
        return self._line.depth

    @property
    def running(self) -> int:
        """How many questions are being answered."""
        return len(self._line.running)

    async def receive(self, incoming: Incoming) -> Receipt:
        """Take an event in. What the receipt tells has been committed, so the platform may be told that it arrived.

        It may be called before `run`, while the engine stops, and for several events at once.

        Raises:
            StoreFailed: the event was not taken in. Without an acknowledgement the platform hands it over again.
        """
        self._arriving += 1
        self._quiet.clear()
        try:
            receipt = await self._taken_in(cleaned(incoming))
        finally:
            self._arriving -= 1
            if not self._arriving:
                self._quiet.set()
        self._parts.watching.received(receipt.outcome)
        return receipt

    async def propose(self, call: CommandCall, argument: str, typed: str) -> Sequence[str]:
        """Values for an argument of a command that somebody is typing. Raises RagError."""
        return await self._parts.handling.propose(call, self._desk(claim=()), argument, typed)

    async def run(self) -> None:
        """Take up what an earlier run left, then answer until `close`. Call it when the adapters can post.

        Being cancelled breaks everything off where it stands; the next start takes it up.

        Raises:
            StoreFailed: what an earlier run left cannot be read.
        """
        if self._parts.steering is not None:
            await self._parts.steering.load()
        await recover(self._parts, self._line)
        self._recovered.set()
        try:
            async with asyncio.TaskGroup() as group:
                workers = {group.create_task(self._work()) for _ in range(self._parts.settings.workers)}
                signs = group.create_task(self._show_places())
                await self._closing.wait()
                await self._wind_up(workers)
                signs.cancel()
        finally:
            await self._chores.close(seconds=0)

    async def catch_up(self) -> None:
        """Take up what an earlier run left on a platform that has connected only now; before `run` there is no need.

        Nothing of that platform may be taken in meanwhile. A store that fails leaves it for the next start.
        """
        if not self._recovered.is_set():
            return
        try:
            await recover(self._parts, self._line)
        except StoreFailed as error:
            log.warning("nothing_caught_up", extra={"error": str(error)})

    def close(self) -> None:
        """Begin to stop: answers are finished or marked, what waits is left for the next start, then `run` returns."""
        self._line.close()
        self._closing.set()

    async def settled(self) -> None:
        """Returns when a running engine has nothing left to take up, answer or tell."""
        await self._recovered.wait()
        while self.depth or self.running or not self._chores.idle:
            await self._line.idle()
            await self._chores.done()

    def ahead_of(self, question_id: str) -> int:
        """How many questions wait before one; 0 for one that does not wait."""
        return next((ahead for job, ahead in self._line.ahead() if job.id == question_id), 0)

    async def show_places(self) -> None:
        """Tell those who have waited for a while how many are ahead of them, where that has changed."""
        settings, now = self._parts.settings, self._parts.times.clock()
        for job, ahead in [*self._line.ahead()][:_SIGNS_AT_ONCE]:
            if now - job.since < settings.place_after_seconds or job.ahead_shown == ahead or job.expired:
                continue
            async with job.lock:
                if self._line.waits(job):
                    await self._parts.delivery.waiting(job.record, ahead=ahead)
                    job.ahead_shown = ahead

    def _relimit(self, limits: EngineSettings) -> None:
        self._line.resize(limits.queue_size)
        self._door.relimit(limits)

    async def _taken_in(self, incoming: Incoming) -> Receipt:
        match incoming:
            case Message():
                receipt = await self._listener.message(incoming)
                if receipt.outcome is Outcome.HANDLED:
                    self._begin(_acted(incoming), claim=())
                return receipt
            case Edited():
                return await self._listener.edited(incoming)
            case Deleted():
                return await self._listener.deleted(incoming)
            case _:
                return await self._handled(incoming)

    async def _handled(self, incoming: CommandCall | Press | Submission) -> Receipt:
        """A handler's work goes on behind the acknowledgement, but not before the question that it asks is stored."""
        claim = (event_key(incoming.place.platform, incoming.event_id),)
        if not self._recent.add(claim):
            return Receipt(outcome=Outcome.DUPLICATE)
        desk = self._begin(incoming, claim=claim)
        with suppress(TimeoutError):
            async with asyncio.timeout(_HANDLER_S):
                await desk.taken.wait()
        return desk.receipt

    def _begin(self, incoming: CommandCall | Press | Submission, *, claim: Sequence[str]) -> FrontDesk:
        desk = self._desk(claim=claim)

        async def handle() -> None:
            try:
                await self._parts.handling.handle(incoming, desk)
            finally:
                desk.taken.set()
            if isinstance(incoming, CommandCall):
                spoken_here = Language.ZH if incoming.locale.lower().startswith("zh") else Language.EN
                self._greet(incoming.place, incoming.person, spoken(f"{incoming.name} {incoming.text}", spoken_here))

        self._chores.start(handle)
        return desk

    def _desk(self, *, claim: Sequence[str]) -> FrontDesk:
        return FrontDesk(
            door=self._door,
            locks=self._locks,
            line=self._line,
            conversations=self._conversations,
            claim=claim,
        )

    async def _work(self) -> None:
        while job := await self._line.take():
            begun = self._parts.times.clock()
            try:
                await self._give_way()
                await self._server.serve(job)
                self._greet(job.record.place, job.record.person, spoken(job.record.text))
            except Exception:
                # The outermost place: the question stays unfinished in the store, the other ones are answered.
                log.exception("question %s broke off", job.id)
            finally:
                self._line.leave(job, seconds=self._parts.times.clock() - begun)

    def _greet(self, place: Place, person: Person, language: Language) -> None:
        """Beside the work, when the answer is there: nobody waits for it."""
        self._chores.start(lambda: self._parts.greeting.greet(place, person, language), dispensable=True)

    async def _give_way(self) -> None:
        """Platforms wait for acknowledgements, so what arrives comes before what begins."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_GIVE_WAY_S):
                await self._quiet.wait()

    async def _show_places(self) -> None:
        while True:
            await self._parts.times.sleep(self._parts.settings.place_every_seconds)
            try:
                await self.show_places()
            except Exception:
                log.exception("places in the queue could not be shown")

    async def _wind_up(self, workers: set[asyncio.Task[None]]) -> None:
        seconds = self._parts.settings.shutdown_seconds
        _, late = await asyncio.wait(workers, timeout=seconds * _ANSWERING_SHARE)
        if late:
            for job in self._line.running:
                job.stop(Ending.SHUTDOWN)
            _, late = await asyncio.wait(late, timeout=seconds * (1 - _ANSWERING_SHARE) / 2)
        for worker in late:
            worker.cancel()
        await self._chores.close(seconds=seconds * (1 - _ANSWERING_SHARE) / 2)


def _acted(message: Message) -> CommandCall | Press:
    """What a whole message does: a remark on the answer before, or else a command."""
    remark = remark_of(message.text)
    if remark is None:
        return CommandCall(
            event_id=message.event_id, place=message.place, person=message.person, at=message.at, name=message.text
        )
    return Press(
        event_id=message.event_id,
        place=message.place,
        person=message.person,
        at=message.at,
        message=None,
        payload=Payload(verb=Verb.REMARK, subject=remark, argument=_heard(message.text)),
    )


def _heard(text: str) -> str:
    """The language of a remark; "" for a word in Latin letters, which is typed in any language."""
    language = spoken(text)
    return language if language is Language.ZH or len(text.split()) >= _TELLING_WORDS else ""
