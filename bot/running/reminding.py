"""Looks now and then whether anybody is to be reminded of a risk or of a step of an incident."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.commands.call import Means
from bot.commands.risk_reminders import remind
from rag.errors import RagError

log = logging.getLogger(__name__)

_EVERY_S = 20.0


@asynccontextmanager
async def keep_reminding(means: Means, *, sleep: Callable[[float], Awaitable[None]]) -> AsyncIterator[None]:
    """Reminds whoever is due, from the beginning of the block to its end; a store that fails is asked again later."""

    async def watch() -> None:
        while True:
            try:
                await remind(means, means.now())
            except RagError as error:
                log.warning("reminders_not_read", extra={"error": str(error)})
            except Exception:
                # The outermost place: one fault must not end all reminders to come.
                log.exception("reminding broke")
            await sleep(_EVERY_S)

    task = asyncio.create_task(watch())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
