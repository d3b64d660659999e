"""What admins oversee and steer, put together: counts, limits, maintenance, labelled questions, what people lack."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.gap_report import GapReport
from bot.ledgers import UsageBook
from bot.measuring import Measuring
from bot.oversight_records import OversightBook
from bot.steering import Steering
from bot.usage import UsageMeter
from rag.errors import RagError

log = logging.getLogger(__name__)

_EVERY_S = 5.0
_SLIPS_LAST = timedelta(days=30)


@dataclass(slots=True, kw_only=True)
class Gauges:
    """What is read off the engine, once there is one: how many wait, and how many are being answered."""

    queue: Callable[[], tuple[int, int]] = lambda: (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversight:
    """All of it. `usage_days` are the days for which counts are kept, 0 for ever."""

    meter: UsageMeter
    steering: Steering
    gaps: GapReport
    gauges: Gauges
    measuring: Measuring | None = None
    usage_days: int = 0


@asynccontextmanager
async def keep_overseeing(
    oversight: Oversight, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> AsyncIterator[None]:
    """Hands counts over and takes up what other processes have set, to the end of the block and once more there."""

    async def watch() -> None:
        while True:
            await sleep(_EVERY_S)
            await oversight.meter.flush()
            try:
                await oversight.steering.load()
            except RagError as error:
                log.warning("controls_not_read", extra={"error": error.logged})

    task = asyncio.create_task(watch())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await oversight.meter.flush()


async def tidy_oversight(usage: UsageBook, book: OversightBook, *, days: int, now: Callable[[], datetime]) -> None:
    """Drops counts and slips that are too old; a store that fails is tried again later."""
    try:
        await book.forget_slips(before=now() - _SLIPS_LAST)
        if days:
            await usage.forget(before=(now() - timedelta(days=days)).date())
    except RagError as error:
        log.warning("oversight_not_tidied", extra={"error": error.logged})
