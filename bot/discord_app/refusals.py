"""Requests that Discord has refused of late, of which it takes only so many.

Whoever has 10,000 of them answered by 401, 403 or 429 within ten minutes is turned away for a while with the whole
machine; see “Invalid Request Limit” in Discord's documentation of rate limits. The bot leaves out what is not needed
long before, then falls silent in channels, and keeps what is left for people who wait for an answer to a command.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from types import SimpleNamespace
from typing import Final

import aiohttp

from rag.ports import Clock

log = logging.getLogger(__name__)

MOST: Final = 10_000
STRAINED, EXHAUSTED, LAST = MOST // 5, MOST // 2, MOST * 9 // 10
"""From where on signs are left out, channels are left alone, and nothing is asked for any more."""

_WINDOW_S, _SLOT_S = 600.0, 5.0
_REFUSED = {401, 403, 429}
_SHARED = "shared"
"""The scope of a rate limit that others have used up, which is not held against the bot."""


class Refusals:
    """Counts them, and tells what is wise. `clock` tells seconds that only grow."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._slots: deque[list[float]] = deque()
        self._told = 0

    def note(self, status: int, *, scope: str = "") -> None:
        """An answer came; `scope` is that of its rate limit."""
        if status not in _REFUSED or (status == 429 and scope == _SHARED):
            return
        now = self._clock()
        if not self._slots or now - self._slots[-1][0] >= _SLOT_S:
            self._slots.append([now, 0])
        self._slots[-1][1] += 1
        self._tell()

    @property
    def lately(self) -> int:
        """How many there were in the last ten minutes."""
        since = self._clock() - _WINDOW_S - _SLOT_S
        while self._slots and self._slots[0][0] < since:
            self._slots.popleft()
        return int(sum(count for _, count in self._slots))

    @property
    def strained(self) -> bool:
        """Whether what is not needed is better left out."""
        return self.lately >= STRAINED

    def hold_s(self, *, awaited: bool) -> float:
        """For how many seconds Discord is better left alone; longer where nobody waits for an answer to a command."""
        most, left = (LAST if awaited else EXHAUSTED), self.lately
        if left < most:
            return 0.0
        now = self._clock()
        for begun, count in self._slots:
            left -= int(count)
            if left < most:
                return max(1.0, begun + _WINDOW_S + _SLOT_S - now)
        return _WINDOW_S

    def trace(self) -> aiohttp.TraceConfig:
        """Has a session's answers counted."""
        config = aiohttp.TraceConfig()
        config.on_request_end.append(self._ended)
        return config

    async def _ended(self, _: aiohttp.ClientSession, __: SimpleNamespace, ended: aiohttp.TraceRequestEndParams) -> None:
        self.note(ended.response.status, scope=ended.response.headers.get("X-RateLimit-Scope", ""))

    def _tell(self) -> None:
        """Logs each step once on the way up."""
        lately = self.lately
        step = next((step for step in (LAST, EXHAUSTED, STRAINED) if lately >= step), 0)
        if step > self._told:
            log.warning("discord_refuses_much", extra={"refused": lately, "most": MOST, "minutes": 10})
        self._told = step
