"""Several processes on one PostgreSQL that are killed at any moment and started again, while their clock jumps."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import signal
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.chat import Place
from bot.schedules.records import Fire, FireState, Schedule, ScheduleKind
from bot.store.opening import SqlStore, open_store

from . import one_process
from .channel import Channel, serving
from .one_process import SetClock

pytestmark = [pytest.mark.slow, pytest.mark.full]

_SKEWS_S = (0.0, 0.2, -2.0)
"""Clocks of three machines, as a time service leaves them at worst."""

_JUMPS_MINUTES = (0, 0, 1, 7, 30, 30, 4 * 60, 24 * 60, -5, -90)
_SEED, _DEATHS = 1, 15
_SCHEDULES = {f"s{number}": ("every day 9:00, 9:20 and 12:00", "40 6,18 * * *")[number % 2] for number in range(12)}
_LONGEST_S = 60
DAY = timedelta(days=1)
_LONGEST_UNLOOKED = 10 * DAY


class Crowd:
    """The processes, one for each skew; whichever has died is started again."""

    def __init__(self, url: str, folder: Path) -> None:
        self._arguments = url, folder
        # Of a server that has imported all: a life begins within a moment, and is a process of its own nevertheless.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["__main__", one_process.__name__])
        self.alive = [self._started(skew_s) for skew_s in _SKEWS_S]
        self.deaths = 0

    def tend(self) -> None:
        """Start those that are not there."""
        for number, process in enumerate(self.alive):
            if process.exitcode is not None:
                assert process.exitcode == -signal.SIGKILL, "it died of something else"
                self.deaths += 1
                self.alive[number] = self._started(_SKEWS_S[number])

    def end(self) -> None:
        """Kill all of them."""
        for process in self.alive:
            process.kill()
            process.join()

    def _started(self, skew_s: float) -> Any:
        process = self._context.Process(target=one_process.run, args=(*self._arguments, skew_s))
        process.start()
        return process


async def test_killed_processes_post_nothing_twice_and_lose_nothing(postgresql_url: SecretStr, tmp_path: Path) -> None:
    chance = random.Random(_SEED)
    channel = Channel(chance)
    clock = SetClock(tmp_path)
    clock.set_ahead(0)
    crowd = Crowd(postgresql_url.get_secret_value(), tmp_path)
    async with open_store(postgresql_url, home=tmp_path) as store, serving(channel, tmp_path / "channel"):
        begun = clock.now() - timedelta(minutes=1)
        for schedule in _SCHEDULES:
            await store.schedules.save(_schedule(schedule, begun))
        try:
            latest = await _troubled_times(crowd, channel, clock, store)
            await _settled(crowd, channel, clock, store, latest)
        finally:
            crowd.end()
        await _check(channel, store, clock.now(), begun)


def _schedule(schedule_id: str, begun: datetime) -> Schedule:
    return Schedule(
        id=schedule_id,
        place=Place(platform="channel", workspace="w", channel=f"c-{schedule_id}"),
        kind=ScheduleKind.TRENDS,
        when=_SCHEDULES[schedule_id],
        zone="UTC",
        cursor=begun,
    )


async def _troubled_times(crowd: Crowd, channel: Channel, clock: SetClock, store: SqlStore) -> float:
    """Kill and jump until enough have died; how far ahead the clock has been at most."""
    ahead = latest = 0.0
    chance = channel.chance
    while crowd.deaths < _DEATHS or not {"before", "after", "told"} <= set(channel.killed):
        crowd.tend()
        await asyncio.sleep(chance.uniform(0.05, 0.4))
        # Never behind the machine's clock, by which the scheduler wakes.
        jump = 60 * chance.choice(_JUMPS_MINUTES)
        if jump > 0 and await _unlooked(store, clock.now()) > _LONGEST_UNLOOKED:
            jump = 0
        ahead = max(ahead + jump, 0.0)
        latest = max(latest, ahead)
        clock.set_ahead(ahead)
        if chance.random() < 0.15:
            chance.choice(crowd.alive).kill()
    return latest


async def _unlooked(store: SqlStore, now: datetime) -> timedelta:
    """For how long nobody has looked at some schedule: of more than fifty missed times the latest are noted alone."""
    return now - min(schedule.cursor for schedule in await store.schedules.all())


async def _settled(crowd: Crowd, channel: Channel, clock: SetClock, store: SqlStore, latest: float) -> None:
    """In the end nobody dies any more, and the clock is past all that was begun."""
    channel.deadly = False
    async with asyncio.timeout(_LONGEST_S):
        while True:
            latest += 20 * 60
            clock.set_ahead(latest)
            crowd.tend()
            await asyncio.sleep(1)
            if not await _waiting(store, clock.now()):
                return


async def _waiting(store: SqlStore, now: datetime) -> list[Fire]:
    fires = [fire for each in _SCHEDULES for fire in await store.schedules.fires(each, limit=9999)]
    ended = {schedule.id for schedule in await store.schedules.all() if now - schedule.cursor < DAY}
    late = [fire for fire in fires if fire.state is FireState.WAITING and fire.due <= now]
    return late if ended == set(_SCHEDULES) else [*late, *fires]


async def _check(channel: Channel, store: SqlStore, now: datetime, begun: datetime) -> None:
    texts = [each.text for each in channel.messages]
    assert [text for text, times in Counter(texts).items() if times > 1] == []
    for schedule in _SCHEDULES:
        fires = await store.schedules.fires(schedule, limit=9999)
        by_state = Counter(fire.state for fire in fires)
        issues = Counter(text.rsplit(" ", 1)[0] for text in texts if text.startswith(f"{schedule} "))
        assert set(issues.values()) <= {2}, "both messages are of the same issue"
        assert len(issues) == by_state[FireState.POSTED] > 0
        assert by_state[FireState.FAILED] == 0
        assert all(fire.note for fire in fires if fire.state is FireState.SKIPPED)
        assert _dues(schedule, begun, now) <= {fire.due for fire in fires}


def _dues(schedule: str, begun: datetime, now: datetime) -> set[datetime]:
    """The times of a schedule that have come, reckoned without the code that is tested."""
    daily: dict[str, Any] = {
        "every day 9:00, 9:20 and 12:00": [(9, 0), (9, 20), (12, 0)],
        "40 6,18 * * *": [(6, 40), (18, 40)],
    }
    midnight = datetime.combine(begun.date(), datetime.min.time(), tzinfo=UTC)
    days = range((now - midnight).days + 1)
    moments = (
        midnight + day * DAY + timedelta(hours=hour, minutes=minute)
        for day in map(int, days)
        for hour, minute in daily[_SCHEDULES[schedule]]
    )
    return {moment for moment in moments if begun < moment <= now - timedelta(minutes=20)}
