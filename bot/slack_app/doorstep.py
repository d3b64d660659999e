"""Slack's patience: what it hands over is taken in a few at a time, and acknowledged in time however long that takes.

What comes is acknowledged when the store has it, so that none gets lost. Where that takes too long, be it that others
wait before it, it is acknowledged before: Slack would hand over the same once more, and make a flood greater.
What was acknowledged so waits in memory, in a line of bounded length, and is tried again where the store fails.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass

from bot.errors import StoreFailed
from bot.slack_app.parse import Body

log = logging.getLogger(__name__)

_AT_ONCE = 64
_PATIENCE_S = 2.0
"""Slack waits three seconds, in which the acknowledgement has to arrive as well; a process that is killed loses what
was acknowledged after this time and not taken in yet, and nothing else."""

_MOST = 10_000
_PAUSES_S = (0.5, 2.0, 10.0, 30.0)
_CLOSE_S = 5.0

Take = Callable[[Body], Awaitable[None]]
"""Takes a body in. Raises StoreFailed."""


@dataclass(slots=True)
class _Guest:
    """A body on its way in; `promised` is whether Slack has been told that it is in."""

    body: Body
    promised: bool


class Doorstep:
    """Takes in what Slack hands over.

    Args:
        take: takes one body in.
        at_once: how many events are being taken in at the same time; commands and buttons never wait for each other.
        patience_s: how long an acknowledgement waits for its body to be in.
        most: how many bodies may be on their way in.
        pauses_s: after which pauses the store is tried again with what was acknowledged.
    """

    def __init__(
        self,
        take: Take,
        *,
        at_once: int = _AT_ONCE,
        patience_s: float = _PATIENCE_S,
        most: int = _MOST,
        pauses_s: tuple[float, ...] = _PAUSES_S,
    ) -> None:
        self._take = take
        self._places = asyncio.Semaphore(at_once)
        self._patience_s = patience_s
        self._most = most
        self._pauses_s = pauses_s
        self._guests: dict[asyncio.Task[None], _Guest] = {}

    async def hand_over(self, body: Body) -> None:
        """Returns when a body may be acknowledged.

        Raises:
            StoreFailed: it was not taken in; without an acknowledgement Slack hands it over again.
        """
        if len(self._guests) >= self._most:
            raise StoreFailed(f"{self._most} bodies wait to be taken in; no more are accepted")
        guest = _Guest(body, promised=False)
        task = asyncio.create_task(self._see_in(guest))
        self._guests[task] = guest
        task.add_done_callback(lambda done: self._guests.pop(done, None))
        try:
            await asyncio.wait({task}, timeout=self._patience_s)
        finally:
            # Whoever brought it may have gone: what is not in by now is seen in all the same.
            guest.promised = not task.done()
        if not guest.promised:
            task.result()

    async def close(self) -> None:
        """Takes in what was acknowledged, as far as that is quick, and lets go of the rest."""
        promised = [task for task, guest in self._guests.items() if guest.promised]
        if promised:
            _, late = await asyncio.wait(promised, timeout=_CLOSE_S)
            if late:
                log.warning("acknowledged_and_not_taken_in", extra={"count": len(late)})
        tasks = list(self._guests)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _see_in(self, guest: _Guest) -> None:
        try:
            async with self._places if _is_event(guest.body) else nullcontext():
                await self._tried(guest)
        except Exception:
            if not guest.promised:
                raise
            # Slack believes that it was taken in, and nobody else hears of it.
            log.exception("acknowledged_and_not_taken_in")

    async def _tried(self, guest: _Guest) -> None:
        for pause_s in self._pauses_s:
            try:
                return await self._take(guest.body)
            except StoreFailed as error:
                if not guest.promised:
                    raise
                log.warning("not_taken_in_yet", extra={"error": error.logged})
                await asyncio.sleep(pause_s)
        return await self._take(guest.body)


def _is_event(body: Body) -> bool:
    """Whether a body comes in floods and can wait; what somebody does in a form or by a button dies in seconds."""
    return body.get("type") == "event_callback"
