"""What a digest is made of, and what it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rag.types import Chunk, Citation, Document, DocumentId, Language, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What is known of whoever reads. It orders what is told and chooses why it matters; it never leaves anything out.

    `about` is a line such as "legal seed usage-based pricing".
    """

    about: str = ""
    topics: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a digest shall tell.

    Attributes:
        news: the documents that are new or, where True, changed. None makes an opening issue: where the trends stand.
        told: documents that the reader knows of already.
        since: an opening issue keeps to documents of this date and later.
        asked: questions that the community asked, as they were put.
        unanswered: those to which the library held no answer.
    """

    language: Language
    today: dt.date
    scope: Scope = field(default_factory=Scope)
    reader: Reader = field(default_factory=Reader)
    news: Mapping[DocumentId, bool] | None = None
    told: frozenset[DocumentId] = frozenset()
    since: dt.date | None = None
    asked: Sequence[str] = ()
    unanswered: Sequence[str] = ()
    themes: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One text of the library in the version that suits the reader, with its chunks and all of its versions."""

    document: Document
    chunks: tuple[Chunk, ...]
    versions: tuple[DocumentId, ...]
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Also:
    """A further text on a theme, by its title and the number of its citation."""

    title: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One thing to know. `text`, `fact` and `why` carry citation marks such as `[1]`; any but `text` may be "".

    `fact` is what comes next with its date or, unless it lies `ahead`, what happened last; `why` is what follows for
    the reader. `link` is the address of what it rests on.
    """

    headline: str
    text: str
    fact: str
    ahead: bool
    why: str
    link: str
    document: Document
    changed: bool
    also: tuple[Also, ...] = ()
    written: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Questions that mean the same: the one that speaks for all, and how many there are."""

    text: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A finished digest. `more` counts new texts that it does not tell of; `tells` are all documents that it does."""

    language: Language
    themes: tuple[Theme, ...]
    citations: tuple[Citation, ...]
    asked: tuple[Group, ...] = ()
    unanswered: tuple[Group, ...] = ()
    more: int = 0
    opening: bool = False
    tells: frozenset[DocumentId] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.themes or self.asked or self.unanswered)

    @property
    def written(self) -> bool:
        """Whether a model wrote some of it."""
        return any(theme.written for theme in self.themes)
