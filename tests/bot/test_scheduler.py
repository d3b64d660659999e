"""What wakes the schedules: at the start, when something is changed, when something is due; and how it ends."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat import ChatAdapter
from bot.memory_chat import Moment
from bot.scheduler import keep_schedules
from bot.schedules.contents import Kinds
from bot.schedules.keeper import Keeper, Watch
from bot.schedules.records import Fire, ScheduleKind
from rag.errors import StorageFailed

from .schedules.life import World

_PATIENCE_S = 20


@pytest.fixture
def world() -> World:
    made = World()
    made.clock.at = datetime.now(UTC)
    return made


def keeper(world: World) -> Keeper:
    """One that lives by the real clock."""
    adapters: dict[str, ChatAdapter] = {"memory": world.chat}
    return Keeper(
        world.store,
        Kinds(contents={ScheduleKind.TRENDS: world.words}),
        adapters,
        watch=Watch(now=lambda: datetime.now(UTC), sleep=world.clock.sleep, new_id=lambda: f"id{next(world.ids)}"),
        settings=world.settings,
        on_trouble=world._troubled,
    )


def posting(world: World, count: int) -> asyncio.Event:
    """Set when so many messages were posted."""
    done = asyncio.Event()

    async def watch(method: str, moment: Moment) -> None:
        if method == "post" and moment is Moment.AFTER and len(world.chat.posted) >= count:
            done.set()

    world.chat.watch = watch
    return done


async def ask(world: World, *, after: timedelta = timedelta(0)) -> None:
    schedule = await world.schedule("s1", when="0 9 29 2 *")
    due = datetime.now(UTC) + after
    await world.store.schedules.plan("s1", [Fire(schedule_id="s1", due=due, retry_at=due)], cursor=schedule.cursor)


async def test_what_waits_at_the_start_is_posted_once_it_begins(world: World) -> None:
    await ask(world)
    done = posting(world, 2)
    async with keep_schedules(keeper(world), asyncio.Event(), every_s=600) as begin:
        await asyncio.sleep(0)
        assert world.texts == []
        begin()
        begin()
        await asyncio.wait_for(done.wait(), _PATIENCE_S)
    assert len(world.texts) == 2


async def test_change_wakes_it(world: World) -> None:
    changed, done = asyncio.Event(), posting(world, 2)
    async with keep_schedules(keeper(world), changed, every_s=600) as begin:
        begin()
        await ask(world)
        changed.set()
        await asyncio.wait_for(done.wait(), _PATIENCE_S)


async def test_time_that_comes_wakes_it(world: World) -> None:
    await ask(world, after=timedelta(milliseconds=200))
    done = posting(world, 2)
    async with keep_schedules(keeper(world), asyncio.Event(), every_s=600) as begin:
        begin()
        await asyncio.wait_for(done.wait(), _PATIENCE_S)


async def test_look_that_fails_is_followed_by_another(world: World) -> None:
    changed, done = asyncio.Event(), posting(world, 2)
    healthy, broken = world.store.schedules.all, asyncio.Event()

    async def failing():  # type: ignore[no-untyped-def]
        broken.set()
        raise StorageFailed("the disk is full")

    world.store.schedules.all = failing
    async with keep_schedules(keeper(world), changed, every_s=600) as begin:
        begin()
        await asyncio.wait_for(broken.wait(), _PATIENCE_S)
        world.store.schedules.all = healthy
        await ask(world)
        changed.set()
        await asyncio.wait_for(done.wait(), _PATIENCE_S)


async def test_end_waits_for_the_post_that_is_under_way(world: World) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def watch(method: str, moment: Moment) -> None:
        if method == "post" and moment is Moment.BEFORE:
            begun.set()
            await go_on.wait()

    await ask(world)
    world.chat.watch = watch

    async def run() -> None:
        async with keep_schedules(keeper(world), asyncio.Event(), every_s=600, patience_s=_PATIENCE_S) as begin:
            begin()
            await begun.wait()

    running = asyncio.create_task(run())
    await asyncio.wait_for(begun.wait(), _PATIENCE_S)
    go_on.set()
    await asyncio.wait_for(running, _PATIENCE_S)
    assert len(world.texts) == 2
