"""Schedules over several lives of several processes: a clock that is set by hand, and a death at any call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bot.chat import Capabilities, Place
from bot.memory_chat import MemoryChat, Moment
from bot.memory_store import MemoryStore
from bot.replies import Reply
from bot.schedule_settings import ScheduleSettings
from bot.schedules.contents import Kinds, Made, Occasion
from bot.schedules.keeper import Keeper, Watch
from bot.schedules.records import Schedule, ScheduleKind

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
PLACE = Place(platform="memory", workspace="w", channel="c")


class Dead(asyncio.CancelledError):
    """A process that was killed does nothing any more, not even in `except`."""


@dataclass
class Clock:
    """A clock that only moves when told; sleeping takes no time."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)

    def pass_(self, **amount: float) -> None:
        self.at += timedelta(**amount)


@dataclass
class Words:
    """Contents in two messages that say for which time they are, and what they have told."""

    made: int = 0
    empty: bool = False
    fails: Exception | None = None

    async def make(self, occasion: Occasion) -> Made:
        if self.fails:
            raise self.fails
        self.made += 1
        name = f"{occasion.schedule.id} issue {self.made} skipped {occasion.skipped}"
        return Made(
            replies=(Reply(text=f"{name} first"), Reply(text=f"{name} second")),
            told=(f"item{self.made}",),
            seen=self.made,
            empty=self.empty,
        )


@dataclass
class Doom:
    """Lets so many calls of a process's books and platform pass, then the process is dead."""

    allowed: int
    dead: bool = False

    async def point(self) -> None:
        await asyncio.sleep(0)
        if self.dead or self.allowed <= 0:
            self.dead = True
            raise Dead
        self.allowed -= 1

    def around(self, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def watched(*args: Any, **named: Any) -> Any:
            await self.point()
            result = await method(*args, **named)
            await self.point()
            return result

        return watched


class Mortal:
    """An object whose asynchronous methods a doom looks at, before and after."""

    def __init__(self, inner: Any, doom: Doom) -> None:
        self._inner = inner
        self._doom = doom

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return self._doom.around(found) if asyncio.iscoroutinefunction(found) else found


@dataclass
class World:
    """One store and one chat, kept by any number of processes."""

    store: Any = field(default_factory=MemoryStore)
    chat: MemoryChat = field(
        default_factory=lambda: MemoryChat(capabilities=Capabilities(message_characters=4000, edit_interval_s=0))
    )
    clock: Clock = field(default_factory=Clock)
    words: Words = field(default_factory=Words)
    settings: ScheduleSettings = field(default_factory=lambda: ScheduleSettings(workers=2))
    troubles: list[tuple[str, str]] = field(default_factory=list)
    reports: set[str] = field(default_factory=set)
    ids: Any = field(default_factory=lambda: count(1))
    slept: list[float] = field(default_factory=list)

    async def schedule(self, schedule_id: str = "s1", when: str = "every day 9:00", **changes: Any) -> Schedule:
        plain = Schedule(
            id=schedule_id, place=PLACE, kind=ScheduleKind.TRENDS, when=when, zone="UTC", cursor=self.clock.at
        )
        schedule = replace(plain, **changes)
        await self.store.schedules.save(schedule)
        return schedule

    def keeper(self, doom: Doom | None = None) -> Keeper:
        books = self.store
        adapters: Any = {"memory": self.chat}
        if doom:
            books = Books(Mortal(self.store.schedules, doom), Mortal(self.store.posts, doom))
            adapters = {"memory": Mortal(self.chat, doom)}
        return Keeper(
            books,
            Kinds(contents={ScheduleKind.TRENDS: self.words}),
            adapters,
            watch=Watch(now=self.clock.now, sleep=self._sleep, new_id=lambda: f"id{next(self.ids)}"),
            settings=self.settings,
            on_trouble=self._troubled,
        )

    async def look(self, allowed: int | None = None) -> bool:
        """One look of a new process; False when it died on the way."""
        doom = Doom(allowed) if allowed is not None else None
        try:
            await self.keeper(doom).look()
        except BaseExceptionGroup as group:
            if not group.split(Dead)[0] or group.split(Dead)[1]:
                raise
            return False
        except Dead:
            return False
        return doom is None or not doom.dead

    @property
    def texts(self) -> list[str]:
        """What was posted, in order."""
        return [posted.reply.text for posted in self.chat.posted]

    async def _troubled(self, schedule: Schedule, report: str) -> bool:
        if report not in self.reports:
            self.reports.add(report)
            self.troubles.append((schedule.id, schedule.trouble))
        return True

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


@dataclass
class Books:
    """Two books that may die."""

    schedules: Any
    posts: Any


def refusing(error: Exception, times: int = 10**9) -> Callable[[str, Moment], Awaitable[None]]:
    """A platform that fails so many posts."""
    left = [times]

    async def watch(method: str, moment: Moment) -> None:
        if method == "post" and moment is Moment.BEFORE and left[0]:
            left[0] -= 1
            raise error

    return watch
