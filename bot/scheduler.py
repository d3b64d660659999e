"""Wakes whoever keeps the schedules: now and then, when something is due, and when something was changed.

The only importer of APScheduler, which only wakes; what is due stands in the store.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.schedules.keeper import Keeper
from rag.errors import RagError

log = logging.getLogger(__name__)

_LOOK, _DUE = "look", "due"


class Waker:
    """Has one keeper look, one look at a time; calls that come meanwhile are one more look afterwards."""

    def __init__(self, keeper: Keeper, changed: asyncio.Event, *, every_s: float) -> None:
        self._keeper = keeper
        self._changed = changed
        self._every_s = every_s
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def start(self) -> None:
        """Begin to wake; the first time at once."""
        usual = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler.add_job(self._changed.set, "interval", seconds=self._every_s, id=_LOOK, **usual)
        self._scheduler.start()
        self._changed.set()

    def stop(self) -> None:
        """Wake no more."""
        self._scheduler.shutdown(wait=False)

    async def serve(self) -> None:
        """Look whenever woken, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._keeper.look()
                self._wake_at(await self._keeper.next_look())
            except* RagError as failed:
                log.warning("schedules_not_kept", extra={"error": str(failed.exceptions[0])})
            except* Exception:  # the outermost place: the next look must come
                log.exception("schedules_broke")

    def _wake_at(self, due: datetime | None) -> None:
        if due is not None:
            self._scheduler.add_job(
                self._changed.set, "date", run_date=due, id=_DUE, replace_existing=True, misfire_grace_time=None
            )


@asynccontextmanager
async def keep_schedules(
    keeper: Keeper, changed: asyncio.Event, *, every_s: float, patience_s: float = 10.0
) -> AsyncIterator[Callable[[], None]]:
    """Keeps to the schedules from the first call of what this yields to the end of the block.

    At the end, a look that is under way gets some seconds; what it leaves undone is in the store and is done later.
    """
    waker = Waker(keeper, changed, every_s=every_s)
    tasks: list[asyncio.Task[None]] = []

    def begin() -> None:
        if not tasks:
            waker.start()
            tasks.append(asyncio.create_task(waker.serve()))

    try:
        yield begin
    finally:
        if tasks:
            waker.stop()
            await keeper.stop(within_s=patience_s)
            tasks[0].cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
