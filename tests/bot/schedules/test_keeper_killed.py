"""Processes that die at any moment, look at once, and live by clocks that jump: nothing twice, nothing lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.schedules.records import FireState
from bot.store.opening import open_store

from .life import START, World

_NUMBERS = count()

STEP = st.tuples(
    st.sampled_from([0, 0, 1, 7, 30, 24 * 60, 3 * 24 * 60, -5, -90]),
    st.lists(st.integers(0, 60), min_size=1, max_size=3),
)


async def lived(world: World, steps: Sequence[tuple[int, Sequence[int]]], often: str = "s1", rare: str = "s2") -> None:
    """Several processes look at once after each step of the clock, and each dies after so many calls."""
    await world.schedule(often, when="every day 9:00, 9:20 and 12:00")
    await world.schedule(rare, when="0 9 * * *", silent=True)
    latest = world.clock.at
    for minutes, fates in steps:
        world.clock.pass_(minutes=minutes)
        latest = max(latest, world.clock.at)
        await asyncio.gather(*(world.look(allowed) for allowed in fates))
    # In the end, what was begun by a clock that ran ahead has come, the leases of the dead are over and somebody lives.
    world.clock.at = latest
    for _ in range(3):
        world.clock.pass_(minutes=10)
        await world.look()


async def check(world: World, often: str = "s1", rare: str = "s2") -> None:
    counted = Counter(world.texts)
    assert max(counted.values(), default=1) == 1
    for schedule in (often, rare):
        fires = await world.store.schedules.fires(schedule, limit=999)
        posted = [fire for fire in fires if fire.state is FireState.POSTED]
        # Only by a clock that ran ahead something is planned for a time that has not come.
        assert all(fire.state is not FireState.WAITING or fire.due > world.clock.at for fire in fires)
        assert all(fire.note for fire in fires if fire.state is FireState.SKIPPED)
        issues = [text for text in world.texts if text.startswith(f"{schedule} ")]
        # Two messages each, both of the same issue: what was settled first is what was posted.
        assert len(issues) == 2 * len(posted)
        assert Counter(text.rsplit(" ", 1)[0] for text in issues) == Counter(
            {text.rsplit(" ", 1)[0]: 2 for text in issues}
        )
        assert len({fire.due for fire in fires}) == len(fires)
    # Each time that has come has been decided: posted, or skipped with a note.
    dues = {fire.due for fire in await world.store.schedules.fires(rare, limit=999)}
    day = START.replace(hour=9)
    while day <= world.clock.at:
        assert day in dues
        day += timedelta(days=1)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEP, max_size=12))
def test_nothing_is_posted_twice_and_nothing_is_lost(steps: Any) -> None:
    async def run() -> None:
        world = World()
        await lived(world, steps)
        await check(world)

    asyncio.run(run())


@pytest.mark.full
def test_so_it_is_on_postgresql_with_processes_of_their_own_connections(postgresql_url: Any, tmp_path: Any) -> None:
    @settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
    @given(steps=st.lists(STEP, max_size=8))
    def run(steps: Any) -> None:
        asyncio.run(_on_postgresql(postgresql_url, tmp_path, steps))

    run()


async def _on_postgresql(url: Any, home: Any, steps: Any) -> None:
    async with open_store(url, home=home) as store:
        for schedule in await store.schedules.all():
            await store.schedules.remove(schedule.id)
        number = next(_NUMBERS)
        world = World(store=store, ids=count(100_000 * number))
        names = f"often{number}", f"rare{number}"
        await lived(world, steps, *names)
        await check(world, *names)
