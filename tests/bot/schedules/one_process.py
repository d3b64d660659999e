"""One process that keeps to schedules until it is killed: the real scheduler over the real store, by a clock in a file.

`clock` in its folder holds how far the clock is ahead of the machine's, in seconds; a skew is added, as clocks differ.
Sleeping takes a quarter of the time: a process may starve for seconds on a busy machine. `channel` is the socket of
the platform.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.replies import Reply
from bot.schedule_settings import ScheduleSettings
from bot.scheduler import keep_schedules
from bot.schedules.contents import Kinds, Made, Occasion
from bot.schedules.keeper import Keeper, Watch
from bot.schedules.records import Schedule, ScheduleKind
from bot.store.opening import open_store

from .channel import ChannelChat

FASTER = 4
SETTINGS = ScheduleSettings(workers=3, posts_per_second=100, lease_s=60)


class SetClock:
    """A clock that whoever writes the file sets."""

    def __init__(self, folder: Path, skew_s: float = 0.0) -> None:
        self._file = folder / "clock"
        self._skew_s = skew_s

    def now(self) -> datetime:
        """The time that it shows."""
        return datetime.now(UTC) + timedelta(seconds=float(self._file.read_text()) + self._skew_s)

    def set_ahead(self, seconds: float) -> None:
        """Set it, for all at once."""
        fresh = self._file.with_suffix(".fresh")
        fresh.write_text(str(seconds))
        fresh.replace(self._file)


class Issues:
    """Contents in two messages that say which process has made them and how often it had."""

    def __init__(self) -> None:
        self._made = count(1)

    def unknown(self, topics: frozenset[str]) -> frozenset[str]:
        """It knows everything."""
        return frozenset()

    async def make(self, occasion: Occasion) -> Made:
        """Two messages of one issue."""
        issue = f"{occasion.schedule.id} issue {os.getpid()}.{next(self._made)}"
        return Made(replies=(Reply(text=f"{issue} first"), Reply(text=f"{issue} second")))


async def _sleep(seconds: float) -> None:
    await asyncio.sleep(seconds / FASTER)


async def _told(schedule: Schedule, report: str) -> bool:
    raise AssertionError(f"{schedule.id} is in trouble: {schedule.trouble}")


async def live(url: str, folder: Path, skew_s: float) -> None:
    """Keep to the schedules without end."""
    chat: Any = ChannelChat(folder / "channel")
    watch = Watch(now=SetClock(folder, skew_s).now, sleep=_sleep, new_id=lambda: uuid.uuid4().hex)
    async with open_store(SecretStr(url), home=folder) as store:
        keeper = Keeper(
            store,
            Kinds(contents={ScheduleKind.TRENDS: Issues()}),
            {chat.platform: chat},
            watch=watch,
            settings=SETTINGS,
            on_trouble=_told,
        )
        async with keep_schedules(keeper, asyncio.Event(), every_s=0.2) as begin:
            begin()
            await asyncio.Event().wait()


def run(url: str, folder: Path, skew_s: float) -> None:
    """Live a life."""
    asyncio.run(live(url, folder, skew_s))
