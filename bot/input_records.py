"""What the library is kept current from, and the book that remembers when each was read and what came of it.

Which folders and files the index follows, and how their documents are filed, stands in the catalogue, which every index
run heeds; the book holds what is known of them besides, and all that is known of pages and feeds.

Every method of the book raises `StoreFailed` when the store cannot be read or written. What returns has been committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from rag.catalogue import Filing


class InputKind(StrEnum):
    """What is read."""

    FOLDER = "folder"
    FILE = "file"
    PAGE = "page"
    FEED = "feed"

    @property
    def on_web(self) -> bool:
        """Whether it has an address and no path."""
        return self in {InputKind.PAGE, InputKind.FEED}


class InputState(StrEnum):
    """Where an input stands."""

    PROPOSED = "proposed"
    """Somebody was shown what would be read, and has not confirmed it."""

    ACTIVE = "active"
    PAUSED = "paused"


class InputOrigin(StrEnum):
    """Where an input comes from."""

    CHAT = "chat"
    COMMAND = "command"
    SETTINGS = "settings"


FILES, GONE = "files", "gone"
"""Problems of folders and files; those of the web are `rag.ingest.fetching.Reason`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputResult:
    """What came of reading an input last: `at` it was looked at, `changed_at` something had changed.

    The counts are those of the last change. `reason` names a problem, "" for none; `value` is what it is about, such as
    the first file that cannot be read, of `failed` ones.
    """

    at: datetime
    changed_at: datetime | None = None
    added: int = 0
    updated: int = 0
    removed: int = 0
    failed: int = 0
    reason: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRecord:
    """One input. `number` is what people call it by, 0 until it is stored; `target` is a path or an address."""

    kind: InputKind
    target: str
    origin: InputOrigin
    added_at: datetime
    every: timedelta
    number: int = 0
    state: InputState = InputState.ACTIVE
    filing: Filing = Filing()
    result: InputResult | None = None

    def due(self, now: datetime) -> bool:
        """Whether it is to be read again by now."""
        if self.state is not InputState.ACTIVE:
            return False
        return self.result is None or self.result.at + self.every <= now or self.result.at > now + self.every


class InputBook(Protocol):
    """All inputs, one for each target."""

    async def add(self, record: InputRecord) -> InputRecord | None:
        """Store an input; it takes the place of one that is merely proposed. None when the target has one already."""
        ...

    async def all(self) -> tuple[InputRecord, ...]:
        """All of them, in the order of their numbers."""
        ...

    async def get(self, number: int) -> InputRecord | None:
        """One of them."""
        ...

    async def save(self, record: InputRecord) -> bool:
        """Store another state, filing, kind and rhythm of an input; False when it is gone."""
        ...

    async def note(self, number: int, result: InputResult) -> None:
        """Store what came of reading it last; of one that is gone, nothing."""
        ...

    async def remove(self, number: int) -> bool:
        """Forget an input; False when it is gone."""
        ...
