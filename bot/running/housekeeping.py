"""What a running program tidies up now and then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.ports import EventBook
from bot.privacy_records import PrivacyBook
from rag.errors import RagError

log = logging.getLogger(__name__)

_CLAIMS_LAST = timedelta(days=30)
"""No platform hands an event over again after so long, and no history is caught up with that far back."""

_EVERY_S = 6 * 3600.0


async def forget_claims(events: EventBook, *, now: Callable[[], datetime]) -> None:
    """Drops the claims of events that will not come again; a store that fails is tried again the next time."""
    try:
        forgotten = await events.forget(before=now() - _CLAIMS_LAST)
    except RagError as error:
        log.warning("claims_not_forgotten", extra={"error": str(error)})
        return
    if forgotten:
        log.info("claims_forgotten", extra={"claims": forgotten})


async def forget_old(privacy: PrivacyBook, *, days: int, now: Callable[[], datetime]) -> None:
    """Drops what people said longer ago than is kept; 0 days keeps it. A store that fails is tried again later."""
    if not days:
        return
    try:
        swept = await privacy.sweep(before=now() - timedelta(days=days))
    except RagError as error:
        log.warning("old_words_not_forgotten", extra={"error": str(error)})
        return
    if swept:
        log.info("old_words_forgotten", extra={"rows": swept})


@asynccontextmanager
async def keep_house(
    events: EventBook,
    *,
    now: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]],
    chores: Sequence[Callable[[], Awaitable[None]]] = (),
) -> AsyncIterator[None]:
    """Tidies up at the beginning of the block and every few hours until its end."""

    async def tidy() -> None:
        while True:
            await forget_claims(events, now=now)
            for chore in chores:
                await chore()
            await sleep(_EVERY_S)

    task = asyncio.create_task(tidy())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
