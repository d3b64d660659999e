"""What people hand in for the library, what became of it, and the books that remember both.

A *hand-in* is a file or an expert's answer on its way into the library; a *shelf document* is what it became there,
with all of its versions. Every method of a book raises `StoreFailed` when the store cannot be read or written. What
returns has been committed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.chat import Place
from rag.types import PUBLIC, DocumentKind, Language


class Shelf(StrEnum):
    """The folders of the home that hold documents from the chat; each is an input of the index under its name."""

    UPLOADS = "uploads"
    ANSWERS = "expert-answers"


class HandInState(StrEnum):
    """Where a hand-in stands."""

    ARRIVING = "arriving"
    """Announced by its platform; its content is yet to be fetched."""

    RECEIVED = "received"
    """Its content lies here; whoever sent it has not said what it is."""

    PROPOSED = "proposed"
    PUBLISHING = "publishing"
    """Being written into the library; one that was broken off may be approved again."""

    PUBLISHED = "published"
    DECLINED = "declined"


WAITING = frozenset({HandInState.ARRIVING, HandInState.RECEIVED, HandInState.PROPOSED, HandInState.PUBLISHING})
"""The states that somebody still has to do something about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn:
    """A file, or an expert's answer (`text`), for the library.

    `claim` is the same each time that its platform tells of it, `batch` joins what came together. `name` is what its
    giver is called in front of reviewers. `suffix`, `digest`, `sections`, `pages` and `heading` are found out by
    reading it. `document` is the shelf document that it replaces or has become, `question_id` the question that an
    answer belongs to. `number` is what reviewers call it by and `revision` grows with each change; both are given by
    the book.
    """

    id: str
    claim: str
    batch: str
    shelf: Shelf
    person: str
    name: str
    place: Place
    title: str
    language: Language
    audience: frozenset[str]
    at: datetime
    kind: DocumentKind = DocumentKind.DOCUMENT
    file: str = ""
    reference: str = ""
    suffix: str = ""
    size: int = 0
    digest: str = ""
    sections: int = 0
    pages: int = 0
    heading: str = ""
    text: str = ""
    question_id: str = ""
    document: str = ""
    state: HandInState = HandInState.ARRIVING
    reason: str = ""
    number: int = 0
    revision: int = 0


class HandInBook(Protocol):
    """Hand-ins, from their arrival to their end."""

    async def add(self, hand_in: HandIn) -> bool:
        """Store a hand-in; False when there is one with its claim."""
        ...

    async def get(self, hand_in_id: str) -> HandIn | None:
        """One hand-in."""
        ...

    async def find(self, number: int) -> HandIn | None:
        """The hand-in with a number."""
        ...

    async def batch(self, batch: str) -> tuple[HandIn, ...]:
        """What came together, in its order."""
        ...

    async def of(self, person: str, *, limit: int) -> tuple[HandIn, ...]:
        """What a person has handed in, newest first."""
        ...

    async def waiting(self, person: str) -> int:
        """How many hand-ins of a person have no end yet."""
        ...

    async def review(self, *, limit: int) -> tuple[HandIn, ...]:
        """What waits to be decided on, oldest first."""
        ...

    async def left(self, state: HandInState, *, before: datetime) -> tuple[HandIn, ...]:
        """What has been in a state since before a time, oldest first."""
        ...

    async def change(self, hand_in: HandIn, *, known: Collection[HandInState]) -> bool:
        """Store a hand-in as it is now; False when it is in none of the known states, or was changed meanwhile."""
        ...

    async def drop(self, hand_in_id: str, *, known: Collection[HandInState]) -> bool:
        """Forget a hand-in; False when it is in none of the known states."""
        ...


class Part(StrEnum):
    """What somebody has to do with a document."""

    GAVE = "gave"
    ASKED = "asked"
    """Put the question that the document is called by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Somebody who has to do with a document, and how they are called."""

    person: str
    name: str
    part: Part = Part.GAVE


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfVersion:
    """One version of a document: never changed but for words that somebody has had deleted.

    `source` is the hand-in that it was made of, "" for one that an admin has edited. `by` is the keyed hash of who
    published it. `asked` says that the title is in the words of whoever asked.
    """

    version: int
    title: str
    kind: DocumentKind
    language: Language
    audience: frozenset[str]
    suffix: str
    digest: str
    at: datetime
    by: str
    source: str = ""
    asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfDocument:
    """A document that came through the chat. `live` is the version that answers, 0 while it is taken out.

    `file` is its name on the shelf without a suffix, `given` names who handed it in, "" once they are forgotten.
    """

    id: str
    shelf: Shelf
    file: str
    live: int = 0
    revision: int = 0
    versions: tuple[ShelfVersion, ...] = ()
    given: str = ""

    @property
    def shown(self) -> ShelfVersion | None:
        """The live version, else the newest."""
        chosen = self.version(self.live)
        return chosen or (self.versions[-1] if self.versions else None)

    @property
    def newest(self) -> int:
        """The number of the newest version."""
        return self.versions[-1].version if self.versions else 0

    @property
    def audience(self) -> frozenset[str]:
        """The readers of the version that is shown; a document without any is nobody's."""
        return self.shown.audience if self.shown else frozenset()

    @property
    def public(self) -> bool:
        """Whether everybody may read it."""
        return PUBLIC in self.audience

    def version(self, number: int) -> ShelfVersion | None:
        """One version."""
        return next((each for each in self.versions if each.version == number), None)


class ShelfBook(Protocol):
    """The documents that came through the chat."""

    async def get(self, document_id: str) -> ShelfDocument | None:
        """One document with its versions."""
        ...

    async def of_source(self, hand_in_id: str) -> ShelfDocument | None:
        """The document that a hand-in has become."""
        ...

    async def all(self) -> tuple[ShelfDocument, ...]:
        """All documents, the newest first."""
        ...

    async def publish(self, document: ShelfDocument, version: ShelfVersion, *, hands: Sequence[Hand] = ()) -> bool:
        """Add a version to a document, which is stored unless it is known, and make it live.

        False when the document was changed since it was read, or when the version is there already.
        """
        ...

    async def move(self, document: ShelfDocument, live: int) -> bool:
        """Make another version live, or none (0); False when the document was changed since it was read."""
        ...

    async def discard(self, document_id: str, version: int, *, live: int) -> None:
        """Take back a version that could not be published, and the document with its only one."""
        ...

    async def of_person(self, person: str, part: Part) -> tuple[ShelfDocument, ...]:
        """The documents that somebody has to do with."""
        ...

    async def retitle(self, document_id: str, titles: Mapping[int, str]) -> None:
        """Give versions other titles, which are nobody's words."""
        ...
