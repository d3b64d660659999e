"""What teams do with checklists: the lists that were posted, every change that somebody made, and what is to be
reminded of. A change is a row of its own, so that people who act at the same time never undo one another.

Every method of the book raises `StoreFailed` when the store cannot be read or written. What returns has been committed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.chat import Place
from rag.types import Language


class ListKind(StrEnum):
    """What a posted list is for."""

    RISKS = "risks"
    INCIDENT = "incident"


class Act(StrEnum):
    """What was done to an item."""

    LISTED = "listed"
    DONE = "done"
    NOT_APPLICABLE = "not-applicable"
    REOPEN = "reopen"
    SNOOZE = "snooze"
    """The value is the time until which it rests, in ISO 8601."""

    ASSIGN = "assign"
    """To the `owner`, or to nobody."""

    NOTE = "note"
    TICK = "tick"
    """A warning signal was seen; the value is its position."""

    UNTICK = "untick"
    START = "start"
    """The plan for the item was set off; on the incident's own board the item is ""."""

    CLOSE = "close"
    """The incident is over; the item is ""."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Somebody who did something or is to do it: a person's key, or "" for one who is only named."""

    person: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An item of a posted list, and why it is there."""

    item: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedList:
    """One list. Its `board` is what its items' changes are kept under: the team, for an incident the list itself.

    `claim` is unique: a list is begun once for each. `subject` is the risk that an incident is about, or the
    topics that a checklist keeps to, with commas between; `stage` and
    `sectors` are those that the items were chosen for.
    """

    id: str
    kind: ListKind
    board: str
    place: Place
    language: Language
    items: tuple[Listed, ...]
    at: datetime
    claim: str
    subject: str = ""
    stage: str = ""
    sectors: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that somebody did. `number` is its place in the order of writing, given by the store."""

    board: str
    item: str
    act: Act
    at: datetime
    value: str = ""
    text: str = ""
    by: Hand | None = None
    owner: Hand | None = None
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """Something to be said in a place at a time; `item` and `value` tell what it is about."""

    id: str
    board: str
    list_id: str
    item: str
    value: str
    place: Place
    language: Language
    due_at: datetime


class ChecklistBook(Protocol):
    """Checklists and what became of their items."""

    async def begin(
        self, posted: PostedList, *, changes: Sequence[Change] = (), reminders: Sequence[Reminder] = ()
    ) -> PostedList:
        """Store a list with its first changes and reminders; or change nothing and return the list with its claim."""
        ...

    async def get(self, list_id: str) -> PostedList | None:
        """One list."""
        ...

    async def latest(self, channel_key: str, kind: ListKind, *, limit: int) -> tuple[PostedList, ...]:
        """The last lists of a channel, the latest first."""
        ...

    async def add(self, changes: Sequence[Change], *, reminders: Sequence[Reminder] = ()) -> None:
        """Store changes, all or none, behind those that are there."""
        ...

    async def changes(self, board: str) -> tuple[Change, ...]:
        """All changes of a board in the order of writing."""
        ...

    async def due(self, at: datetime, *, limit: int) -> tuple[Reminder, ...]:
        """Reminders whose time has come and that are not settled, the longest due first."""
        ...

    async def take(self, reminder_id: str, *, at: datetime, stale: datetime) -> bool:
        """Claim a reminder; False while somebody else's claim is younger than `stale`, or when it is settled."""
        ...

    async def settle(self, reminder_id: str) -> None:
        """Note that nothing more is to be done about a reminder."""
        ...
