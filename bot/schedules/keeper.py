"""Keeps to the schedules: plans what is due, has it made, and posts it once, whoever else does the same.

The truth is in the store. Any number of processes may look at any time and be killed at any moment: a time is planned
once by its key, worked on by whoever holds its lease, and what is posted was settled and claimed before.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.chat import ChatAdapter
from bot.errors import DeliveryFailed
from bot.ports import PostBook
from bot.schedule_settings import ScheduleSettings
from bot.schedules.books import ScheduleBook
from bot.schedules.contents import Kinds, Occasion, OwnPosts
from bot.schedules.planning import PAUSED, TOO_LATE, coming, plan
from bot.schedules.posting import Poster, divided
from bot.schedules.records import LONGEST_PAUSE, Fire, FireState, Schedule
from bot.schedules.untimely import Untimely
from rag.errors import RagError

log = logging.getLogger(__name__)

GONE, UNREACHABLE, UNMADE, UNTIMELY = "gone", "unreachable", "unmade", "untimely"
"""What is wrong with a schedule, as keys of the texts."""

_PAUSES_S = (60.0, 300.0, 1_800.0, 7_200.0)
_AWAY_S = 60.0
_LOOKED_BACK = 50


class Books(Protocol):
    """What is remembered."""

    @property
    def schedules(self) -> ScheduleBook:
        """Schedules and when they were due."""
        ...

    @property
    def posts(self) -> PostBook:
        """The bot's own messages."""
        ...


OnTrouble = Callable[[Schedule, str], Awaitable[bool]]
"""Tells an admin why a schedule's posts fail, under a name that is the same in every process; whether that is settled.

It is called again until it is, and raises nothing.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The time that schedules live by. `new_id` makes ids that nobody else has."""

    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    new_id: Callable[[], str]


class Keeper:
    """One process's part in keeping to the schedules; `adapters` are by platform and may come and go."""

    def __init__(
        self,
        books: Books,
        kinds: Kinds,
        adapters: Mapping[str, ChatAdapter],
        *,
        watch: Watch,
        settings: ScheduleSettings,
        on_trouble: OnTrouble,
    ) -> None:
        self._book = books.schedules
        self._kinds = kinds
        self._adapters = adapters
        self._watch = watch
        self._settings = settings
        self._on_trouble = on_trouble
        self._poster = Poster(books.posts, watch.new_id, watch.sleep)
        self._holder = watch.new_id()
        self._pace = asyncio.Lock()
        self._stopping = False
        self._idle = asyncio.Event()
        self._idle.set()

    async def look(self) -> None:
        """Plan what is due and post it. Raises StoreFailed; whatever was begun goes on at the next look."""
        self._idle.clear()
        try:
            for schedule in await self._book.all():
                if schedule.active and schedule.place.platform in self._adapters and not self._stopping:
                    await self._plan(schedule)
            async with asyncio.TaskGroup() as group:
                for number in range(self._settings.workers):
                    group.create_task(self._work(f"{self._holder}-{number}"))
            await self._tell()
        finally:
            self._idle.set()

    async def stop(self, *, within_s: float) -> None:
        """Begin nothing more; returns when what was begun is done, or when that takes too long."""
        self._stopping = True
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._idle.wait()

    async def next_look(self) -> datetime | None:
        """When something is due next, as far as is known now. Raises StoreFailed."""
        moments = [await self._book.next_retry()]
        for schedule in await self._book.all():
            if schedule.active and schedule.trouble != UNTIMELY:
                try:
                    moments.append(coming(schedule, self._watch.now()))
                except Untimely:
                    continue
        return min(filter(None, moments), default=None)

    async def _plan(self, schedule: Schedule) -> None:
        try:
            planned = plan(schedule, self._watch.now(), window=self._window)
        except Untimely as error:
            log.warning("schedule_untimely", extra={"schedule": schedule.id, "error": str(error)})
            await self._report(schedule, UNTIMELY)
            return
        if planned is not None:
            await self._book.plan(schedule.id, planned.fires, cursor=planned.cursor)
            for fire in planned.fires:
                if fire.state is FireState.SKIPPED:
                    log.info("digest_skipped", extra={"schedule": schedule.id, "due": fire.due, "why": fire.note})

    async def _work(self, holder: str) -> None:
        while not self._stopping:
            now = self._watch.now()
            fire = await self._book.lease(holder, now=now, until=now + self._lease)
            if fire is None:
                return
            await self._handle(fire)

    async def _handle(self, fire: Fire) -> None:
        schedule = await self._book.get(fire.schedule_id)
        if schedule is None:
            return
        if not (schedule.active or fire.asked):
            await self._book.finish(fire, FireState.SKIPPED, at=self._watch.now(), note=PAUSED)
            return
        adapter = self._adapters.get(schedule.place.platform)
        if adapter is None:
            await self._wait(fire, schedule, note=UNREACHABLE, pause=_AWAY_S)
            return
        try:
            await self._post(schedule, fire, adapter)
        except DeliveryFailed as error:
            await self._failed(schedule, fire, error, GONE if error.retry_after_s is None else UNREACHABLE)
        except RagError as error:
            await self._failed(schedule, fire, error, UNMADE)

    async def _post(self, schedule: Schedule, fire: Fire, adapter: ChatAdapter) -> None:
        settled = fire if fire.content is not None else await self._settle(schedule, fire, adapter)
        if settled is None or settled.content is None:
            return
        if not settled.content:
            await self._book.finish(settled, FireState.SILENT, at=self._watch.now())
            return
        own = self._kinds.own_posts.get(schedule.kind)
        if not await (self._hand_over(own, schedule, settled) if own else self._parts(schedule, settled, adapter)):
            return
        if await self._book.finish(settled, FireState.POSTED, at=self._watch.now()):
            log.info("digest_posted", extra={"schedule": schedule.id, "kind": schedule.kind.value})
        await self._book.trouble(schedule.id, "")

    async def _parts(self, schedule: Schedule, fire: Fire, adapter: ChatAdapter) -> bool:
        """Posts what is settled part by part; False when the lease was lost."""
        for part, reply in enumerate(fire.content or ()):
            if not await self._book.renew(fire, until=self._watch.now() + self._lease):
                return False
            await self._breathe()
            await self._poster.post(adapter, schedule.place, reply, name=fire.id, part=part)
        return True

    async def _hand_over(self, own: OwnPosts, schedule: Schedule, fire: Fire) -> bool:
        """Has it posted by those whose it is; False when the lease was lost."""
        await self._breathe()
        if not await self._book.renew(fire, until=self._watch.now() + self._lease):
            return False
        try:
            # Well before the lease ends and another process takes it up, this one must have let go.
            async with asyncio.timeout(self._lease.total_seconds() / 2):
                await own.post(schedule, at=self._watch.now(), claim=fire.id)
        except TimeoutError as error:
            raise DeliveryFailed(f"posting {fire.id!r} took longer than half a lease", retry_after_s=0.0) from error
        return True

    async def _settle(self, schedule: Schedule, fire: Fire, adapter: ChatAdapter) -> Fire | None:
        contents = self._kinds.contents.get(schedule.kind)
        if contents is None:
            log.error("nobody_makes_this_kind", extra={"schedule": schedule.id, "kind": schedule.kind.value})
            await self._end(schedule, fire, UNMADE)
            return None
        made = await contents.make(await occasion(self._book, schedule, now=self._watch.now()))
        quiet = made.empty and schedule.silent and not fire.asked
        parts = () if quiet else divided(made.replies, adapter.capabilities.message_characters)
        return await self._book.freeze(fire, parts, told=made.told, seen=made.seen)

    async def _failed(self, schedule: Schedule, fire: Fire, error: RagError, trouble: str) -> None:
        log.warning("digest_failed", extra={"schedule": schedule.id, "attempt": fire.attempts + 1, "error": str(error)})
        if not error.retryable or fire.attempts >= len(_PAUSES_S):
            await self._end(schedule, fire, trouble)
            return
        asked_for = error.retry_after_s if isinstance(error, DeliveryFailed) else None
        pause = min(max(_PAUSES_S[fire.attempts], asked_for or 0.0), LONGEST_PAUSE.total_seconds())
        await self._book.postpone(fire, retry_at=self._watch.now() + timedelta(seconds=pause), note=trouble)

    async def _wait(self, fire: Fire, schedule: Schedule, *, note: str, pause: float) -> None:
        """Lets a post wait for its platform as long as it may be made up for."""
        now = self._watch.now()
        if now - fire.due > self._window:
            await self._book.finish(fire, FireState.SKIPPED, at=now, note=TOO_LATE)
            log.info("digest_skipped", extra={"schedule": schedule.id, "due": fire.due, "why": TOO_LATE})
            return
        await self._book.postpone(fire, retry_at=now + timedelta(seconds=pause), note=note)

    async def _end(self, schedule: Schedule, fire: Fire, trouble: str) -> None:
        # First the trouble: whoever dies in between leaves a post that fails once more, and nothing that nobody hears.
        await self._report(schedule, trouble)
        await self._book.finish(fire, FireState.FAILED, at=self._watch.now(), note=trouble)

    async def _report(self, schedule: Schedule, trouble: str) -> None:
        """Once for each trouble, until a post arrives again."""
        if await self._book.trouble(schedule.id, trouble, report=self._watch.new_id()):
            log.error("schedule_in_trouble", extra={"schedule": schedule.id, "why": trouble})

    async def _tell(self) -> None:
        """Tells of what is in trouble, whichever process has noted it and whether that one still lives."""
        for schedule, report in await self._book.unreported():
            if not self._stopping and await self._on_trouble(schedule, report):
                await self._book.reported(schedule.id, report)

    async def _breathe(self) -> None:
        """Spreads posts that are due together over time."""
        async with self._pace:
            await self._watch.sleep(1 / self._settings.posts_per_second)

    @property
    def _lease(self) -> timedelta:
        return timedelta(seconds=self._settings.lease_s)

    @property
    def _window(self) -> timedelta:
        return timedelta(hours=self._settings.catch_up_hours)


async def occasion(book: ScheduleBook, schedule: Schedule, *, now: datetime) -> Occasion:
    """What a schedule's contents need to know of its past. Raises StoreFailed."""
    progress = await book.progress(schedule.id)
    skipped = 0
    for fire in await book.fires(schedule.id, limit=_LOOKED_BACK):
        if fire.state in {FireState.POSTED, FireState.SILENT}:
            break
        skipped += fire.state is FireState.SKIPPED and fire.note != PAUSED
    seen, last = progress if progress is not None else (None, None)
    return Occasion(schedule=schedule, now=now, seen=seen, last=last, skipped=skipped)
