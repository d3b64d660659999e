"""Between Slack and its acknowledgement: messages one event at a time, and all of them before courtesies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from bot.slack_app.parse import Body

Said = tuple[str, str]
"""A message: its channel and its `ts`."""

_GIVE_WAY_S = 0.5
"""Longest time for which something gives way: a flood slows what can wait and stops none of it."""


def said_in(body: Body) -> Said | None:
    """The message that a body tells of as new; None for a body that tells of something else."""
    event = body.get("event") or {}
    fresh = event.get("type") in {"app_mention", "message"} and not event.get("subtype")
    return (str(event.get("channel")), str(event.get("ts"))) if fresh else None


class Arrivals:
    """The messages that are being taken in.

    A mention comes as two events, often at once. The second one waits for what becomes of the first, and costs nothing
    more where that was let in.
    """

    def __init__(self) -> None:
        self._turns: dict[Said, asyncio.Event] = {}
        self._quiet = asyncio.Event()
        self._quiet.set()

    @asynccontextmanager
    async def turn(self, said: Said) -> AsyncGenerator[None, None]:
        """Holds a message while one of its events is taken in."""
        while said in self._turns:
            await self._turns[said].wait()
        done = self._turns[said] = asyncio.Event()
        self._quiet.clear()
        try:
            yield
        finally:
            del self._turns[said]
            done.set()
            if not self._turns:
                self._quiet.set()

    async def pass_by(self) -> None:
        """Returns when none is being taken in, or after a while: acknowledgements are what Slack waits for."""
        if self._quiet.is_set():
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(_GIVE_WAY_S):
                await self._quiet.wait()
