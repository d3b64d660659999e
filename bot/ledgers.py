"""What commands and admins ask of the store: profiles, ratings, gaps, usage and the audit log.

The engine's own books are in `bot.ports`.

Every method raises `StoreFailed` when the store cannot be read or written. What returns has been committed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.oversight_records import Resolution
from bot.records import AuditEntry, FeedbackRate, GapRecord, Profile, RateGroup, UsageCount


class RatingBook(Protocol):
    """How answers are rated as a whole."""

    async def rates(self, by: RateGroup, *, since: datetime | None = None) -> tuple[FeedbackRate, ...]:
        """Ratings counted by group, in the order of the groups' names; an answer counts once for each of its topics."""
        ...


class GapBook(Protocol):
    """What people could not find. The other books write it: at each refusal and at each bad rating."""

    async def open(self, *, limit: int) -> tuple[GapRecord, ...]:
        """Gaps that nobody closed, the latest first."""
        ...

    async def close(self, gap_id: int, *, at: datetime) -> bool:
        """Note that the library was mended; False when the gap is unknown or closed already."""
        ...

    async def close_all(self, gap_ids: Collection[int], resolution: Resolution, *, at: datetime) -> int:
        """Close those that are open, for one reason; returns how many."""
        ...

    async def closed(self, *, limit: int) -> tuple[GapRecord, ...]:
        """Gaps that somebody closed, the latest first."""
        ...

    async def reopen(self, gap_ids: Collection[int]) -> int:
        """Open those again that are closed; returns how many."""
        ...


class UsageBook(Protocol):
    """What was used, counted by day."""

    async def add(self, subject: str, name: str, *, day: date, amount: int = 1) -> None:
        """Count something up, such as the `questions` of a channel or the `completion_tokens` of a model."""
        ...

    async def add_all(self, counts: Sequence[UsageCount]) -> None:
        """Count several things up, all of them or none."""
        ...

    async def forget(self, *, before: date) -> int:
        """Drop the counts of earlier days; returns how many."""
        ...

    async def counts(self, *, since: date, until: date) -> tuple[UsageCount, ...]:
        """All counts of the days from `since` to `until`, both included."""
        ...


class AuditBook(Protocol):
    """What admins did. Entries are added and read, never changed: the database itself refuses that."""

    async def append(self, entry: AuditEntry) -> None:
        """Add an entry."""
        ...

    async def latest(self, *, limit: int) -> tuple[AuditEntry, ...]:
        """The last entries, the latest first."""
        ...


class ProfileBook(Protocol):
    """What people said of themselves and of their teams: one profile for each person, and one for each channel."""

    async def of_person(self, person: str) -> Profile | None:
        """A person's own profile, by the person's key."""
        ...

    async def of_team(self, channel_key: str) -> Profile | None:
        """The profile of the team that a channel belongs to."""
        ...

    async def save_person(self, person: str, profile: Profile) -> None:
        """Store a person's profile in place of the earlier one."""
        ...

    async def save_team(self, channel_key: str, profile: Profile) -> None:
        """Store a team's profile in place of the earlier one."""
        ...

    async def delete_person(self, person: str) -> bool:
        """Forget a person's profile; False when there is none."""
        ...

    async def delete_team(self, channel_key: str) -> bool:
        """Forget a team's profile; False when there is none."""
        ...
