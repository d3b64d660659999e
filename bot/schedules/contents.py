"""What is posted for a schedule: the seam between time and content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.replies import Reply
from bot.schedules.records import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One time at which something is to be posted.

    Attributes:
        seen: the sighting of the library up to which the schedule has told, None before its first post.
        last: when it last told something.
        skipped: how often it was skipped since then.
        since: tell of everything of this date and later instead: for a preview.
        labels: the audiences of the one person who looks at a preview; None for those of the channel.
    """

    schedule: Schedule
    now: datetime
    seen: int | None = None
    last: datetime | None = None
    skipped: int = 0
    since: date | None = None
    labels: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What to post. It may be too long for one message: whoever posts it divides it.

    `told` names what is never told to the channel again, `seen` the last sighting that was taken into account. Where
    it is `empty`, a schedule that is silent posts nothing.
    """

    replies: tuple[Reply, ...]
    told: tuple[str, ...] = ()
    seen: int = 0
    empty: bool = False


class Contents(Protocol):
    """Makes what schedules of one kind post. It must post nothing itself, and change nothing."""

    async def make(self, occasion: Occasion) -> Made:
        """What to post on an occasion. Raises RagError."""
        ...
