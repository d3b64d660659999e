"""A platform's connection comes, breaks and comes back, ever more slowly; one that refuses us is left alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.chat import ChatAdapter, Incoming, MessageRef, Place
from bot.errors import AdapterFailed, DeliveryFailed
from bot.hosting import ConnectionSettings
from bot.metrics import Metrics
from bot.records import Outcome, Receipt
from bot.replies import Reply
from bot.running.connecting import Connection, Rhythm, State, Surroundings
from bot.running.relay import ChatRelay
from bot.settings import Settings
from rag.errors import InvalidSettings

from .platform_in_memory import MemoryPlatform, said

PLACE = Place(platform="memory", workspace="w", channel="c")
LOST = AdapterFailed("the connection was lost", retryable=True)
BAD_TOKEN = AdapterFailed("the token 'x…' is refused; make a new one", retryable=False)


@dataclass
class Stage:
    """What surrounds a connection; pauses end at once and are noted, each advances the clock by itself."""

    pauses: list[float] = field(default_factory=list)
    caught_up: list[tuple[str, ...]] = field(default_factory=list)
    received: asyncio.Queue[Incoming] = field(default_factory=asyncio.Queue)
    adapters: dict[str, ChatAdapter] = field(default_factory=dict)
    metrics: Metrics = field(default_factory=lambda: Metrics(version="1"))
    time: float = 0.0
    jitter: float = 1.0
    most_pauses: int = 1000

    async def catch_up(self) -> None:
        assert self.received.empty()
        self.caught_up.append(tuple(self.adapters))

    async def receive(self, incoming: Incoming) -> Receipt:
        self.received.put_nowait(incoming)
        return Receipt(outcome=Outcome.ACCEPTED)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds
        if len(self.pauses) >= self.most_pauses:
            await asyncio.Event().wait()
        await asyncio.sleep(0)

    def failures(self) -> float:
        return self.metrics.registry.get_sample_value("advisor_adapter_failures_total", {"adapter": "memory"}) or 0


@asynccontextmanager
async def connecting(stage: Stage, platform: MemoryPlatform, *, close_s: float = 5) -> AsyncIterator[Connection]:
    around = Surroundings(
        adapters=stage.adapters,
        catch_up=stage.catch_up,
        receive=stage.receive,
        settings=Settings(home=Path("nowhere")),
        pauses=ConnectionSettings(patience_s=0.01, close_s=close_s),
        rhythm=Rhythm(clock=lambda: stage.time, sleep=stage.sleep, jitter=lambda: stage.jitter),
        metrics=stage.metrics,
    )
    connection = Connection(platform, around)
    connection.start()
    try:
        yield connection
    finally:
        await connection.close()


async def until(claim: Callable[[], bool]) -> None:
    """Returns when a claim holds; it has five seconds."""
    async with asyncio.timeout(5):
        while not claim():
            await asyncio.sleep(0)


async def test_what_people_say_is_handed_over() -> None:
    stage, platform, message = Stage(), MemoryPlatform(), said("Why?")
    async with connecting(stage, platform) as connection:
        platform.inbox.put_nowait(message)
        assert await stage.received.get() == message
        assert connection.state is State.UP
    assert (connection.state, platform.closed) == (State.CLOSED, 1)


async def test_outage_is_tried_again_ever_more_slowly() -> None:
    stage, platform = Stage(), MemoryPlatform(openings=[LOST] * 12)
    async with connecting(stage, platform) as connection:
        await connection.settled.wait()
        assert connection.state is State.WAITING
        await until(lambda: connection.state is State.UP)
    assert stage.pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert stage.failures() == 12


async def test_old_questions_are_taken_up_at_the_first_connection_alone() -> None:
    stage, platform = Stage(), MemoryPlatform(openings=[LOST])
    async with connecting(stage, platform):
        await until(lambda: bool(stage.caught_up))
        platform.breaks.put_nowait(LOST)
        await until(lambda: platform.opened == 3)
        platform.inbox.put_nowait(said("Why?"))
        await stage.received.get()
    assert stage.caught_up == [("memory",)]


async def test_pauses_of_many_programs_are_spread() -> None:
    stage, platform = Stage(jitter=0.0), MemoryPlatform(openings=[LOST])
    async with connecting(stage, platform) as connection:
        await until(lambda: connection.state is State.UP)
    assert stage.pauses == [0.5]


@pytest.mark.parametrize("error", [BAD_TOKEN, InvalidSettings("the token is empty")], ids=["token", "setting"])
async def test_bad_token_is_told_once_and_not_tried_again(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    stage, platform = Stage(), MemoryPlatform(openings=[error])
    async with connecting(stage, platform) as connection:
        await connection.settled.wait()
        await connection.finished()
        assert connection.state is State.REFUSED
    assert (platform.opened, stage.pauses, stage.adapters) == (1, [], {})
    assert [(record.levelno, record.message) for record in caplog.records] == [(logging.ERROR, "adapter_refused")]


async def test_token_refused_later_takes_the_platform_out() -> None:
    stage, platform = Stage(), MemoryPlatform()
    async with connecting(stage, platform) as connection:
        await until(lambda: "memory" in stage.adapters)
        platform.breaks.put_nowait(BAD_TOKEN)
        await connection.finished()
        assert stage.adapters == {}


@pytest.mark.parametrize(
    "breaking",
    [
        pytest.param(LOST, id="connection lost"),
        pytest.param(None, id="intake ends by itself"),
        pytest.param(ZeroDivisionError("a bug"), id="a fault of the adapter"),
    ],
)
async def test_broken_connection_is_made_again(breaking: Exception | None) -> None:
    stage, platform, message = Stage(), MemoryPlatform(), said("Why?")
    async with connecting(stage, platform) as connection:
        await until(lambda: connection.state is State.UP)
        platform.breaks.put_nowait(breaking)
        await until(lambda: platform.opened == 2 and connection.state is State.UP)
        platform.inbox.put_nowait(message)
        assert await stage.received.get() == message
        assert platform.opened == 2
    assert stage.failures() == 1


async def test_connection_that_lasted_starts_with_the_first_pause_again() -> None:
    stage, platform = Stage(), MemoryPlatform(openings=[LOST, LOST, None, LOST])
    async with connecting(stage, platform) as connection:
        await until(lambda: connection.state is State.UP)
        stage.time += 3600
        platform.breaks.put_nowait(LOST)
        await until(lambda: platform.opened == 5 and connection.state is State.UP)
    assert stage.pauses == [1, 2, 1, 2]


async def test_stopped_intake_hears_nothing_but_can_still_be_posted_to() -> None:
    stage, platform = Stage(), MemoryPlatform()
    async with connecting(stage, platform) as connection:
        await until(lambda: connection.state is State.UP)
        connection.stop_intake()
        platform.inbox.put_nowait(said("Why?"))
        await stage.adapters["memory"].post(PLACE, Reply(text="the end of an answer"), nonce="n")
        assert stage.received.empty()
        assert platform.closed == 0
    assert [posted.reply.text for posted in platform.chat.posted] == ["the end of an answer"]
    assert platform.closed == 1


async def test_stopping_gives_up_a_platform_that_is_out_of_reach() -> None:
    stage, platform = Stage(most_pauses=1), MemoryPlatform(openings=[LOST] * 9)
    async with connecting(stage, platform) as connection:
        await until(lambda: connection.state is State.WAITING)
        connection.stop_intake()
        await connection.finished()
    assert platform.opened == 1


async def test_platform_that_does_not_let_go_is_left() -> None:
    stage, platform = Stage(), MemoryPlatform()
    async with connecting(stage, platform, close_s=0.01) as connection:
        await until(lambda: connection.state is State.UP)
        platform.closing.clear()
    assert (connection.state, platform.closed) == (State.CLOSED, 0)


async def test_post_waits_for_the_connection_to_come_back() -> None:
    platform = MemoryPlatform()
    relay = ChatRelay("memory", patience_s=5)
    posting = asyncio.create_task(relay.post(PLACE, Reply(text="late"), nonce="n"))
    await asyncio.sleep(0)
    assert not posting.done()
    relay.connect(platform.chat)
    assert await posting == MessageRef(place=PLACE, id="m1")
    assert relay.capabilities == platform.chat.capabilities


async def test_post_fails_when_the_connection_stays_away() -> None:
    relay = ChatRelay("memory", patience_s=0.001)
    with pytest.raises(DeliveryFailed, match="memory is not connected") as raised:
        await relay.post(PLACE, Reply(text="never"), nonce="n")
    assert raised.value.retryable
