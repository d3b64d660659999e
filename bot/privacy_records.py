"""What a person may ask of the store about themselves: what is kept, all of it as a file, and to have it deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

Kept = Mapping[str, Sequence[Mapping[str, Any]]]
"""What is kept of a person: rows of plain values by the name of what they are, such as `questions`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How much is kept of a person, by the names of `Kept`, and since when; None where nothing has a date."""

    counts: Mapping[str, int] = field(default_factory=dict)
    since: datetime | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing is kept."""
        return not any(self.counts.values())


class PrivacyBook(Protocol):
    """A person's own view of the store. Every method raises `StoreFailed`."""

    async def first_use(self, person: str, *, at: datetime) -> bool:
        """Note that a person has used the bot; True the first time, of several callers for one of them."""
        ...

    async def not_yet(self, person: str) -> None:
        """Take a first use back: what was to be said then could not be said, and is said the next time."""
        ...

    async def accounts(self, platform: str, account: str) -> tuple[str, ...]:
        """The keys under which something is kept of a person who has the same id in all workspaces of a platform."""
        ...

    async def held(self, person: str) -> Held:
        """How much is kept of a person, by the person's key."""
        ...

    async def export(self, person: str, *, audience: frozenset[str]) -> Kept:
        """All that is kept of a person. An answer that rests on documents for other readers is left out of it."""
        ...

    async def forget(self, person: str, *, pseudonym: str = "") -> int:
        """Delete all that is kept of a person, and what is counted under their pseudonym; returns how many rows.

        A channel whose expert they were has none any more.

        When it returns, no file of the store holds a word of it.
        """
        ...

    async def sweep(self, *, before: datetime) -> int:
        """Delete questions that were asked before a time, with all that hangs on them, and what was read of threads."""
        ...
