"""A stage for the engine: a store and a chat in memory, scripted answers, time that stands still until it is moved."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.board import Pacing
from bot.chat import Address, CommandCall, Deleted, Edited, Message, Person, Place, PlaceKind, Press, Submission
from bot.delivery import Delivery, Voice
from bot.engine.engine import Engine
from bot.engine.wiring import Overhearing, Parts, Times, Unwatched, Watching
from bot.limits import EngineSettings
from bot.memory_chat import MemoryChat
from bot.memory_store import MemoryStore
from bot.neighbours import Desk
from bot.ports import Store
from bot.wording import load_wording
from rag.errors import RagError
from rag.types import (
    Answer,
    AnswerEvent,
    AnswerStatus,
    Delta,
    Finished,
    Language,
    Question,
    Retrieval,
    Retrieved,
)

WORDING = load_wording(Path(__file__).parents[3] / "prompts")
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
PATIENT = EngineSettings(person_burst=1000, channel_burst=1000, workers=2, shutdown_seconds=0.05)


def place(channel: str = "c", thread: str = "t", kind: PlaceKind = PlaceKind.THREAD) -> Place:
    """A thread, or what is asked for."""
    return Place(platform="memory", workspace="w", channel=channel, thread=thread, kind=kind)


def person(name: str = "ada", **more: object) -> Person:
    """Somebody by name."""
    return Person(platform="memory", workspace="w", id=name, name=name, **more)  # type: ignore[arg-type]


class Time:
    """Time that moves only when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def clock(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        waking = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.seconds + seconds, waking))
        await waking

    async def advance(self, seconds: float) -> None:
        self.seconds += seconds
        due = [sleeper for sleeper in self._sleepers if sleeper[0] <= self.seconds]
        self._sleepers = [sleeper for sleeper in self._sleepers if sleeper[0] > self.seconds]
        for _, waking in due:
            if not waking.done():
                waking.set_result(None)
        await turns()


async def turns(number: int = 50) -> None:
    """Lets everything run that can run without time passing."""
    for _ in range(number):
        await asyncio.sleep(0)


class ScriptedAnswers:
    """Answers every question by repeating it. `gates` hold answers back after their first sentence."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.stopped: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.errors: dict[str, RagError | Exception] = {}
        self.refused: set[str] = set()

    def hold(self, text: str) -> asyncio.Event:
        return self.gates.setdefault(text, asyncio.Event())

    async def stream(self, question: Question) -> AsyncGenerator[AnswerEvent, None]:
        self.asked.append(question)
        try:
            yield Retrieved(retrieval=Retrieval(language=Language.EN, passages=(), confidence=0.9, answerable=True))
            yield Delta(text=f"On {question.text!r}:")
            if gate := self.gates.get(question.text):
                await gate.wait()
            if error := self.errors.get(question.text):
                raise error
            yield Delta(text=" all is well.")
        except BaseException:
            self.stopped.append(question.text)
            raise
        yield Finished(answer=self._answer(question))

    def _answer(self, question: Question) -> Answer:
        status = AnswerStatus.REFUSED if question.text in self.refused else AnswerStatus.ANSWERED
        return Answer(
            question_id=question.id,
            question=question.text,
            language=Language.EN,
            status=status,
            text=f"On {question.text!r}: all is well.",
            citations=(),
            confidence=0.9,
            writer="script",
            timings_ms={},
        )


class ScriptedHandling:
    """Runs whatever a test lays in by the command's name."""

    def __init__(self) -> None:
        self.seen: list[CommandCall | Press | Submission] = []
        self.desk: Desk | None = None
        self.acts: dict[str, object] = {}

    def recognises(self, text: str) -> bool:
        return text in self.acts

    async def handle(self, incoming: CommandCall | Press | Submission, desk: Desk) -> None:
        self.seen.append(incoming)
        self.desk = desk
        if isinstance(incoming, CommandCall) and incoming.name in self.acts:
            await self.acts[incoming.name](incoming, desk)  # type: ignore[operator]


class Stage:
    """All that an engine needs, kept over restarts of the engine."""

    def __init__(self, settings: EngineSettings = PATIENT, *, store: Store | None = None) -> None:
        self.settings = settings
        self.store: Store = store or MemoryStore()
        self.chat = MemoryChat()
        self.answers = ScriptedAnswers()
        self.handling = ScriptedHandling()
        self.time = Time()
        self.watching: Watching = Unwatched()
        self.overhearing: Overhearing | None = None
        self._ids: Iterator[int] = itertools.count(1)

    def new_id(self) -> str:
        return f"id{next(self._ids)}"

    def engine(self, *, adapters: Mapping[str, MemoryChat] | None = None) -> Engine:
        adapters = {"memory": self.chat} if adapters is None else adapters
        voice = Voice(
            wording=WORDING, failure=lambda error, _: error.user_message, notice=lambda notice, _: str(notice)
        )
        pacing = Pacing(clock=self.time.clock, sleep=self.time.sleep, grace_s=0)
        delivery = Delivery(
            adapters, self.store.posts, voice=voice, pacing=pacing, new_id=self.new_id, now=self.time.now
        )
        times = Times(now=self.time.now, clock=self.time.clock, sleep=self.time.sleep, new_id=self.new_id)
        return Engine(
            Parts(
                store=self.store,
                adapters=adapters,
                answers=self.answers,
                delivery=delivery,
                handling=self.handling,
                times=times,
                settings=self.settings,
                watching=self.watching,
                overhearing=self.overhearing,
            )
        )

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[Engine, None]:
        """An engine at work; it stops in order at the end."""
        engine = self.engine()
        async with asyncio.TaskGroup() as group:
            group.create_task(engine.run())
            await turns()
            yield engine
            engine.close()

    def message(self, text: str, **changes: object) -> Message:
        """A mention by Ada in a thread; `changes` are fields of the message."""
        number = next(self._ids)
        fields: dict[str, object] = {
            "event_id": f"e{number}",
            "message_id": f"q{number}",
            "place": place(),
            "person": person(),
            "at": self.time.now() + timedelta(microseconds=number),
            "text": text,
            "address": Address.MENTION,
        }
        return Message(**{**fields, **changes})  # type: ignore[arg-type]

    def edit(self, message: Message, text: str) -> Edited:
        """Somebody changes a message."""
        return Edited(
            event_id=self.new_id(),
            message_id=message.message_id,
            place=message.place,
            person=message.person,
            at=self.time.now(),
            text=text,
        )

    def deletion(self, message: Message) -> Deleted:
        """Somebody takes a message away."""
        return Deleted(event_id=self.new_id(), message_id=message.message_id, place=message.place, at=self.time.now())

    @property
    def shown(self) -> list[str]:
        """What stands in the chat now: texts, else the lines beneath, else signs of work."""
        return [said.reply.text or " ".join(said.reply.notes) or said.reply.status for said in self.chat.posted]

    @property
    def whispered(self) -> list[str]:
        """What was said to one person alone."""
        return [reply.text for _, _, reply in self.chat.whispers]

    @property
    def answered(self) -> list[str]:
        """The texts that were asked of the core, in order."""
        return [question.text for question in self.answers.asked]
