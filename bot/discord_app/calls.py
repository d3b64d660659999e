"""Calls to Discord, none of which is waited for without end.

discord.py waits inside a call for as long as Discord's rate limits ask for, and a call that is cancelled while it waits
for the global one would stop all others for good. A call that takes too long therefore goes on by itself, and whoever
made it is told to come back. So is whoever makes one after Discord has refused very many.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

from bot.discord_app.failures import delivering, patience_of
from bot.discord_app.refusals import Refusals
from bot.errors import DeliveryFailed

Result = TypeVar("Result")

_AGAIN_S = 2.0
_PAUSES_S = (0.0, 1.0, 3.0)
"""A failure is often over at once."""

_LONGEST_PATIENCE_S = 10.0


class Calls:
    """Makes calls, counted by lane: a channel, or whatever else shares a rate limit.

    Args:
        longest_s: how long a call is waited for.
        sleep: waits between tries.
        refusals: what Discord has refused; none by default.
    """

    def __init__(
        self,
        *,
        longest_s: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        refusals: Refusals | None = None,
    ) -> None:
        self.refusals = refusals or Refusals()
        self._sleep = sleep
        self._longest_s = longest_s
        self._lanes: Counter[str] = Counter()
        self._running: dict[str, asyncio.Task[Any]] = {}
        self._late: set[asyncio.Task[Any]] = set()

    def waiting(self, lane: str) -> int:
        """How many calls are under way in a lane."""
        return self._lanes[lane]

    async def make(
        self, what: str, call: Coroutine[Any, Any, Result], *, lane: str = "", key: str = "", wait_s: float = 0.0
    ) -> Result:
        """Makes a call. One that is under way with the same `key` is waited for instead.

        Raises:
            DeliveryFailed: Discord refused it, is out of reach, or takes too long; then the call goes on. It is not
                made where Discord has refused too many: those without a lane, which people wait for, a while longer.
        """
        if hold_s := self.refusals.hold_s(awaited=not lane):
            call.close()
            raise DeliveryFailed(f"Discord has refused too much of late to {what}", retry_after_s=hold_s)
        task = self._running.get(key) if key else None
        if task is None:
            task = self._begun(call, lane=lane, key=key)
        else:
            call.close()
        with delivering(what):
            done, _ = await asyncio.wait({task}, timeout=wait_s or self._longest_s)
            if done:
                return task.result()  # type: ignore[no-any-return]
        raise DeliveryFailed(f"Discord keeps the bot waiting to {what}", retry_after_s=_AGAIN_S)

    async def spare(self, what: str, call: Coroutine[Any, Any, Result]) -> Result:
        """Makes a call that may be left out, unless Discord refuses much. Raises DeliveryFailed."""
        if self.refusals.strained:
            call.close()
            raise DeliveryFailed(f"Discord refuses much at the moment, so that it is not asked to {what}")
        return await self.make(what, call)

    async def surely(
        self, what: str, call: Callable[[], Coroutine[Any, Any, Result]], *, pauses_s: Sequence[float] = _PAUSES_S
    ) -> Result:
        """Makes a call, and makes it anew after each pause where Discord failed or asks for patience.

        Raises:
            DeliveryFailed: as `make`; what still goes on is not begun a second time.
        """
        for pause_s in pauses_s:
            try:
                return await self.make(what, call())
            except DeliveryFailed as error:
                if not error.retryable or error.__cause__ is None:
                    raise
                wait_s = max(pause_s, min(patience_of(error), _LONGEST_PATIENCE_S))
                if wait_s:
                    await self._sleep(wait_s)
        return await self.make(what, call())

    async def close(self) -> None:
        """Breaks off what is still under way."""
        late = list(self._late)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _begun(self, call: Coroutine[Any, Any, Result], *, lane: str, key: str) -> asyncio.Task[Result]:
        task = asyncio.create_task(call)
        self._lanes[lane] += 1
        self._late.add(task)
        if key:
            self._running[key] = task

        def ended(_: object) -> None:
            self._lanes[lane] -= 1
            if not self._lanes[lane]:
                del self._lanes[lane]
            self._late.discard(task)
            self._running.pop(key, None)
            if not task.cancelled():
                # Whoever waited has heard of it; nobody else has to.
                task.exception()

        task.add_done_callback(ended)
        return task
