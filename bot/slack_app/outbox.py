"""How fast the bot may speak on Slack: about one message a second in a channel, and so many edits a minute in all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rag.ports import Clock

_FORGET_FROM = 1_000
EDITS_PER_MINUTE, EDITS_AT_ONCE = 50, 10
"""`chat.update` is of the third tier: 50 calls a minute and a bit more at times."""


class Outbox:
    """Gives each message to a channel its turn, in the order in which they are asked for."""

    def __init__(self, *, interval_s: float, clock: Clock, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._interval_s = interval_s
        self._clock = clock
        self._sleep = sleep
        self._next: dict[str, float] = {}

    async def turn(self, channel: str) -> None:
        """Returns when a message may go to the channel."""
        now = self._clock()
        due = max(now, self._next.get(channel, now))
        if len(self._next) >= _FORGET_FROM:
            self._next = {key: after for key, after in self._next.items() if after > now}
        self._next[channel] = due + self._interval_s
        if due > now:
            await self._sleep(due - now)


class EditBudget:
    """How many edits are left: those that only show growth are let go when few are, so that last states find room."""

    def __init__(self, *, clock: Clock, per_minute: float = EDITS_PER_MINUTE, at_once: float = EDITS_AT_ONCE) -> None:
        self._clock = clock
        self._per_second = per_minute / 60
        self._most = at_once
        self._left = at_once
        self._at = clock()

    def take(self, *, last: bool) -> float:
        """Uses one edit and returns 0, or returns the seconds until there is one; a last state is never refused."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1 and not last:
            return (1 - self._left) / self._per_second
        self._left = max(self._left - 1, -self._most)
        return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What keeps the bot within Slack's limits."""

    outbox: Outbox
    edits: EditBudget
    edit_interval_s: float
