"""Looks now and then whether anybody is to be reminded: of a risk, of a step of an incident, of a question."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from rag.errors import RagError

log = logging.getLogger(__name__)

_EVERY_S = 20.0

Remind = Callable[[datetime], Awaitable[object]]
"""Reminds whoever is due at a time; claims each reminder in the store, so that it may be called twice."""


@asynccontextmanager
async def keep_reminding(
    *reminders: Remind, now: Callable[[], datetime], sleep: Callable[[float], Awaitable[None]]
) -> AsyncIterator[None]:
    """Reminds whoever is due, from the beginning of the block to its end; a store that fails is asked again later."""

    async def watch() -> None:
        while True:
            for remind in reminders:
                await _once(remind, now())
            await sleep(_EVERY_S)

    task = asyncio.create_task(watch())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _once(remind: Remind, at: datetime) -> None:
    try:
        await remind(at)
    except RagError as error:
        log.warning("reminders_not_read", extra={"error": str(error)})
    except Exception:
        # The outermost place: one fault must not end all reminders to come.
        log.exception("reminding broke")
