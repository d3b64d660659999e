"""What schedules ask of the store. Every method raises `StoreFailed`; what returns has been committed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.chat import Place
from bot.replies import Reply
from bot.schedules.records import Asked, Figures, Fire, FireState, Schedule, Sighting
from rag.types import DocumentId


class ScheduleBook(Protocol):
    """Schedules, and each time they were due. Races between processes are settled here."""

    async def save(self, schedule: Schedule) -> None:
        """Store a schedule in place of the one with its id."""
        ...

    async def get(self, schedule_id: str) -> Schedule | None:
        """One schedule."""
        ...

    async def all(self) -> tuple[Schedule, ...]:
        """All of them, by place and id."""
        ...

    async def remove(self, schedule_id: str) -> bool:
        """Forget a schedule with all that it did; False when there is none."""
        ...

    async def plan(self, schedule_id: str, fires: Sequence[Fire], *, cursor: datetime) -> int:
        """Store the times at which it is due, unless they are stored already, and set its cursor.

        Returns how many were new.
        """
        ...

    async def lease(self, holder: str, *, now: datetime, until: datetime) -> Fire | None:
        """The next waiting one whose time has come and on which nobody works, now the holder's until `until`."""
        ...

    async def renew(self, fire: Fire, *, until: datetime) -> bool:
        """Keep working on it; False when its holder has lost it."""
        ...

    async def freeze(self, fire: Fire, content: Sequence[Reply], *, told: Sequence[str], seen: int) -> Fire | None:
        """Store what will be posted, unless that is settled already; what is settled, or None for one that is lost."""
        ...

    async def postpone(self, fire: Fire, *, retry_at: datetime, note: str) -> None:
        """Let it go until later, and count the attempt."""
        ...

    async def finish(self, fire: Fire, state: FireState, *, at: datetime, note: str = "") -> bool:
        """To an end, together with what a posted one has told; what it was made of is forgotten."""
        ...

    async def trouble(self, schedule_id: str, problem: str, *, report: str = "") -> bool:
        """Note why posting fails, "" for that it works again; whether that is news.

        News are to be told to an admin under the name `report`, if there is one, until that is noted.
        """
        ...

    async def unreported(self) -> tuple[tuple[Schedule, str], ...]:
        """Schedules in trouble of which no admin has been told yet, each with the name of its report."""
        ...

    async def reported(self, schedule_id: str, report: str) -> None:
        """Note that an admin has been told."""
        ...

    async def fires(self, schedule_id: str, *, limit: int) -> tuple[Fire, ...]:
        """The latest ones, the latest first, without their content."""
        ...

    async def progress(self, schedule_id: str) -> tuple[int, datetime] | None:
        """The sighting up to which it has told, and when; None before its first post."""
        ...

    async def told(self, channel_key: str, keys: Collection[str]) -> frozenset[str]:
        """Those of the keys that were told to a channel."""
        ...

    async def next_retry(self) -> datetime | None:
        """When the next waiting one may be worked on."""
        ...


class SightingBook(Protocol):
    """Which versions of the library's documents were seen, in which order."""

    async def note(self, versions: Mapping[DocumentId, str], *, at: datetime) -> int:
        """Store those that are new; the number of the last one of all."""
        ...

    async def since(self, number: int) -> tuple[Sighting, ...]:
        """Those after a number, in order."""
        ...


class CommunityBook(Protocol):
    """What was asked in a channel, and how the answering fared."""

    async def asked(self, place: Place, *, since: datetime, limit: int) -> tuple[Asked, ...]:
        """The latest questions of one channel with its threads, the latest first."""
        ...

    async def unanswered(self, place: Place, *, since: datetime, limit: int) -> tuple[Asked, ...]:
        """Questions of one channel to which the library had no answer and that nobody has closed."""
        ...

    async def lacking(self, place: Place, *, since: datetime, limit: int) -> tuple[Asked, ...]:
        """As `unanswered`, of all channels of the place's workspace, with their keys; of nobody's direct messages."""
        ...

    async def figures(self, place: Place, *, since: datetime, until: datetime) -> Figures:
        """What was asked and answered in the place's workspace; days are those of the zone of `since`."""
        ...
