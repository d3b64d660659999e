"""The conversation engine under load: questions at a steady rate, a model that answers at once, a real store."""

from __future__ import annotations

import asyncio
import gc
import itertools
import random
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench_parts.figures import percentiles, resident_mb
from bot.board import Pacing
from bot.chat import (
    Address,
    Attachment,
    Capabilities,
    ChatAdapter,
    CommandCall,
    Message,
    MessageRef,
    Person,
    Place,
    PlaceKind,
    Press,
    Said,
    Submission,
)
from bot.delivery import Delivery, Voice
from bot.engine.engine import Engine
from bot.engine.wiring import Parts, Times
from bot.errors import DeliveryFailed
from bot.limits import EngineSettings
from bot.neighbours import Answering, Desk
from bot.ports import Store
from bot.replies import Form, Reply
from bot.store.opening import open_store
from bot.wording import load_wording
from rag.types import Answer, AnswerEvent, AnswerStatus, Delta, Finished, Language, Question, Retrieval, Retrieved

RATE = 300
SECONDS = 20
WORKERS = 8
QUEUE = 100
_REDELIVERED = 0.05
_THREADS = 1500
_PEOPLE = 500
_PROMPTS = Path(__file__).parents[2] / "prompts"


class InstantAnswers:
    """Answers without looking anything up."""

    async def stream(self, question: Question) -> AsyncGenerator[AnswerEvent, None]:
        """Three events at once."""
        yield Retrieved(retrieval=Retrieval(language=Language.EN, passages=(), confidence=1, answerable=True))
        text = f"You asked: {question.text}"
        yield Delta(text=text)
        yield Finished(
            answer=Answer(
                question_id=question.id,
                question=question.text,
                language=Language.EN,
                status=AnswerStatus.ANSWERED,
                text=text,
                citations=(),
                confidence=1,
                writer="instant",
                timings_ms={},
            )
        )


class CountingChat:
    """A platform that takes everything at once and remembers only how many messages answer which."""

    platform = "bench"
    capabilities = Capabilities(message_characters=4000, edit_interval_s=1)

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.edits = 0
        self.whispers = 0
        self._ids = itertools.count()

    async def post(self, place: Place, reply: Reply, *, nonce: str, reply_to: str = "") -> MessageRef:
        """Counts a message."""
        self.answers[reply_to] += 1
        return MessageRef(place=place, id=f"{next(self._ids)}")

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        """Counts an edit."""
        self.edits += 1

    async def delete(self, message: MessageRef) -> None:
        """Nothing is deleted here."""

    async def whisper(self, place: Place, person: Person, reply: Reply) -> None:
        """Counts a private line."""
        self.whispers += 1

    async def open_form(self, trigger: str, form: Form) -> None:
        """There are no forms here."""

    async def find_posted(self, place: Place, nonce: str) -> MessageRef | None:
        """Nothing is looked for: no run is cut short."""
        return None

    async def history(self, place: Place, *, limit: int) -> Sequence[Said]:
        """Threads begin with their first question."""
        return ()

    async def fetch(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """There are no files here."""
        raise DeliveryFailed(f"there is no file {attachment.reference!r}")


class _NoHandling:
    def recognises(self, text: str) -> bool:
        return False

    async def handle(self, incoming: CommandCall | Press | Submission, desk: Desk) -> None:
        """Nobody calls a command here."""


class _Load:
    def __init__(self, engine: Engine, rate: int, seconds: int) -> None:
        self.engine = engine
        self.interval, self.number = 1 / rate, rate * seconds
        self.latencies: list[float] = []
        self.outcomes: Counter[str] = Counter()
        self.deepest = 0
        self._random = random.Random(1)

    async def offer(self) -> None:
        """Hands messages over when they are due, whether the earlier ones are through or not."""
        begun = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for number in range(self.number):
                due = begun + number * self.interval
                if (wait := due - time.perf_counter()) > 0:
                    await asyncio.sleep(wait)
                message = self._message(number)
                group.create_task(self._receive(message, due))
                if self._random.random() < _REDELIVERED:
                    group.create_task(self._receive(message, due))

    async def _receive(self, message: Message, due: float) -> None:
        receipt = await self.engine.receive(message)
        self.latencies.append(time.perf_counter() - due)
        self.outcomes[receipt.outcome.value] += 1
        self.deepest = max(self.deepest, self.engine.depth)

    def _message(self, number: int) -> Message:
        thread = self._random.randrange(_THREADS)
        return Message(
            event_id=f"e{number}",
            message_id=f"m{number}",
            place=Place(
                platform="bench", workspace="w", channel=f"c{thread % 100}", thread=f"t{thread}", kind=PlaceKind.THREAD
            ),
            person=Person(platform="bench", workspace="w", id=f"p{self._random.randrange(_PEOPLE)}"),
            at=datetime.now(UTC),
            text=f"Question number {number}: how does a data flywheel work?",
            address=Address.MENTION,
        )


def engine_over(
    store: Store, adapters: Mapping[str, ChatAdapter], answers: Answering, settings: EngineSettings
) -> Engine:
    """An engine with the product's own delivery, in which nobody calls a command."""
    ids = itertools.count()
    times = Times(
        now=lambda: datetime.now(UTC),
        clock=time.perf_counter,
        sleep=asyncio.sleep,
        new_id=lambda: f"id{next(ids)}",
    )
    voice = Voice(
        wording=load_wording(_PROMPTS),
        failure=lambda error, _: error.user_message,
        notice=lambda notice, _: str(notice),
    )
    pacing = Pacing(clock=times.clock, sleep=times.sleep)
    delivery = Delivery(adapters, store.posts, voice=voice, pacing=pacing, new_id=times.new_id, now=times.now)
    return Engine(
        Parts(
            store=store,
            adapters=adapters,
            answers=answers,
            delivery=delivery,
            handling=_NoHandling(),
            times=times,
            settings=settings,
        )
    )


def _settings() -> EngineSettings:
    return EngineSettings(
        workers=WORKERS,
        queue_size=QUEUE,
        person_per_minute=600,
        person_burst=100,
        channel_per_minute=6000,
        channel_burst=1000,
    )


async def measure(home: Path, *, rate: int = RATE, seconds: int = SECONDS) -> dict[str, object]:
    """The figures of one load on a store in `home`. Fails when a question was lost or answered twice."""
    chat = CountingChat()
    async with open_store(None, home=home) as store:
        engine = engine_over(store, {"bench": chat}, InstantAnswers(), _settings())
        running = asyncio.create_task(engine.run())
        await engine.settled()
        load = _Load(engine, rate, seconds)
        gc.collect()
        before, begun = resident_mb(), time.perf_counter()
        await load.offer()
        offered = time.perf_counter() - begun
        await engine.settled()
        drained = time.perf_counter() - begun
        engine.close()
        await running
        after = resident_mb()
    lost, twice = _lost(home, load.outcomes["accepted"]), sum(count > 1 for count in chat.answers.values())
    if lost or twice:
        raise AssertionError(f"{lost} questions were lost, {twice} answered twice")
    return {
        "rate": rate,
        "offered a second": round(load.number / offered),
        **{f"{outcome}": count for outcome, count in sorted(load.outcomes.items())},
        "answers": sum(chat.answers.values()),
        "lost": lost,
        "answered twice": twice,
        **{f"gate + admission {name}": value for name, value in percentiles(load.latencies).items()},
        "longest line": load.deepest,
        "answered a second": round(len(chat.answers) / drained),
        "resident MB before": before,
        "resident MB after": after,
    }


def _lost(home: Path, accepted: int) -> int:
    """Questions that were let in and have no answer in the store."""
    with sqlite3.connect(home / "store.sqlite3") as connection:
        (answered,) = connection.execute("SELECT count(*) FROM questions WHERE state = 'answered'").fetchone()
    connection.close()
    return accepted - int(answered)
