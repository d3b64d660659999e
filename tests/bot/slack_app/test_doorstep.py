"""Slack is answered in time: what the store has is acknowledged, and what takes too long is, too, and is not lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.errors import StoreFailed
from bot.slack_app.doorstep import Doorstep
from tests.doubles.slack.workspace import ADA, BOT_USER, CHANNEL

from .opened import Heard, listening, until

EVENT = {"type": "event_callback"}
COMMAND = {"command": "/advisor"}
LONG = 60.0


class Store:
    """What takes bodies in: one at a time where it is `shut`, and failing as often as it holds errors."""

    def __init__(self, *, shut: bool = False, fail: int = 0) -> None:
        self.begun: list[Any] = []
        self.done: list[Any] = []
        self.open = asyncio.Event()
        self.fail = fail
        if not shut:
            self.open.set()

    async def take(self, body: Any) -> None:
        self.begun.append(body)
        await self.open.wait()
        if self.fail:
            self.fail -= 1
            raise StoreFailed("the disk is full")
        self.done.append(body)


async def test_body_is_acknowledged_when_it_was_taken_in() -> None:
    store = Store()
    await Doorstep(store.take, patience_s=LONG).hand_over(EVENT)
    assert store.done == [EVENT]


async def test_body_that_the_store_does_not_take_is_not_acknowledged() -> None:
    store = Store(fail=1)
    with pytest.raises(StoreFailed, match="disk"):
        await Doorstep(store.take, patience_s=LONG).hand_over(EVENT)
    assert len(store.begun) == 1


async def test_body_that_takes_too_long_is_acknowledged_and_taken_in_later() -> None:
    store = Store(shut=True)
    doorstep = Doorstep(store.take, patience_s=0)
    await doorstep.hand_over(COMMAND)
    assert store.done == []
    store.open.set()
    await until(lambda: store.done == [COMMAND])


async def test_event_behind_others_keeps_its_turn_and_is_acknowledged_when_it_was_taken_in() -> None:
    store = Store(shut=True)
    doorstep = Doorstep(store.take, at_once=1, patience_s=LONG)
    tasks = [asyncio.create_task(doorstep.hand_over({**EVENT, "number": number})) for number in range(4)]
    await until(lambda: len(store.begun) == 1)
    assert not any(task.done() for task in tasks)
    store.open.set()
    await asyncio.gather(*tasks)
    assert [body.get("number") for body in store.done] == [0, 1, 2, 3]


async def test_event_behind_others_is_acknowledged_in_time_and_keeps_its_turn() -> None:
    store = Store(shut=True)
    doorstep = Doorstep(store.take, at_once=1, patience_s=0)
    for number in range(4):
        await doorstep.hand_over({**EVENT, "number": number})
    await until(lambda: len(store.begun) == 1)
    store.open.set()
    await until(lambda: len(store.done) == 4)
    assert [body.get("number") for body in store.done] == [0, 1, 2, 3]


async def test_command_does_not_wait_behind_events() -> None:
    store = Store(shut=True)
    doorstep = Doorstep(store.take, at_once=1, patience_s=LONG)
    tasks = [asyncio.create_task(doorstep.hand_over(body)) for body in (EVENT, COMMAND)]
    await until(lambda: store.begun == [EVENT, COMMAND])
    store.open.set()
    await asyncio.gather(*tasks)


async def test_store_is_tried_again_with_what_was_acknowledged() -> None:
    store = Store(shut=True, fail=2)
    doorstep = Doorstep(store.take, patience_s=0, pauses_s=(0, 0))
    await doorstep.hand_over(EVENT)
    store.open.set()
    await until(lambda: store.done == [EVENT])
    assert len(store.begun) == 3


async def test_what_was_acknowledged_and_never_taken_in_is_told_to_the_operator(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = Store(shut=True, fail=5)
    doorstep = Doorstep(store.take, patience_s=0, pauses_s=(0,))
    await doorstep.hand_over({**EVENT, "text": "secret words"})
    store.open.set()
    await until(lambda: "acknowledged_and_not_taken_in" in caplog.text)
    assert "secret words" not in caplog.text


async def test_body_whose_bringer_has_gone_is_taken_in_all_the_same() -> None:
    store = Store(shut=True, fail=1)
    doorstep = Doorstep(store.take, patience_s=LONG, pauses_s=(0,))
    bringing = asyncio.create_task(doorstep.hand_over(EVENT))
    await until(lambda: len(store.begun) == 1)
    bringing.cancel()
    await asyncio.wait({bringing})
    store.open.set()
    await until(lambda: store.done == [EVENT])


async def test_more_than_memory_is_meant_to_hold_is_left_to_slack() -> None:
    store = Store(shut=True)
    doorstep = Doorstep(store.take, patience_s=0, most=2)
    for _ in range(2):
        await doorstep.hand_over(EVENT)
    with pytest.raises(StoreFailed, match="no more are accepted"):
        await doorstep.hand_over(EVENT)
    store.open.set()
    await until(lambda: len(store.done) == 2)
    await doorstep.hand_over(EVENT)
    await until(lambda: len(store.done) == 3)


async def test_what_was_acknowledged_is_taken_in_before_the_end_and_the_rest_is_left_to_slack() -> None:
    store, slow = Store(shut=True), Store(shut=True)

    async def take(body: Any) -> None:
        await (slow if body.get("slow") else store).take(body)

    doorstep = Doorstep(take, patience_s=LONG)
    gone = asyncio.create_task(doorstep.hand_over(EVENT))
    await until(lambda: bool(store.begun))
    gone.cancel()
    await asyncio.wait({gone})
    waiting = asyncio.create_task(doorstep.hand_over({**EVENT, "slow": True}))
    await until(lambda: bool(slow.begun))
    closing = asyncio.create_task(doorstep.close())
    store.open.set()
    await closing
    assert (store.done, slow.done) == ([EVENT], [])
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_mention_is_acknowledged_in_time_while_the_store_hangs_and_is_heard_once_it_works() -> None:
    heard, works = Heard(), asyncio.Event()

    class Slow(Heard):
        async def receive(self, incoming: Any) -> Any:
            await works.wait()
            return await heard.receive(incoming)

    async with listening(heard=Slow()) as bot:
        bot.slack.people.say(ADA, CHANNEL, f"<@{BOT_USER}> what is a moat?")
        deliveries = list(bot.slack.deliveries.all)
        for each in deliveries:
            await asyncio.wait_for(each.done.wait(), 30)
        assert [(each.acknowledged, each.attempts) for each in deliveries] == [(True, 1)] * 2
        assert heard.incoming == []
        works.set()
        await until(lambda: bool(heard.incoming))
