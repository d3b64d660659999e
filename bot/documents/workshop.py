"""What documents are made with, and what making them tells."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.document_records import HandIn, HandInBook, ShelfBook, ShelfDocument
from bot.documents.folders import Folders
from bot.errors import PublishingFailed
from bot.indexing import IndexRuns
from bot.library import OwnIndexing
from bot.ports import QuestionBook
from bot.upload_settings import UploadSettings
from rag.types import DocumentKind, Language

if TYPE_CHECKING:
    from rag.catalogue import LiveChunk
    from rag.ingest.files import FileProblem
    from rag.ingest.inspection import Inspector
    from rag.types import Document, DocumentId, Scope

_Result = TypeVar("_Result")


class Texts(Protocol):
    """What the library holds; `rag.catalogue.Catalogue` is one."""

    async def documents(self, scope: Scope | None = None) -> tuple[Document, ...]:
        """All of its documents. Raises StorageFailed."""
        ...

    async def chunks_at(
        self, wanted: Mapping[DocumentId, Collection[int]], *, scope: Scope
    ) -> dict[DocumentId, tuple[LiveChunk, ...]]:
        """Their texts, by position. Raises StorageFailed."""
        ...


class Looking(Protocol):
    """The library that documents join; `rag.build.Rag` is one."""

    @property
    def home(self) -> Path:
        """Where it lies."""
        ...

    @property
    def inspector(self) -> Inspector:
        """What looks into files."""
        ...

    @property
    def catalogue(self) -> Texts:
        """What it holds."""
        ...


class DocumentStore(Protocol):
    """The books that documents need."""

    @property
    def hand_ins(self) -> HandInBook:
        """What people hand in."""
        ...

    @property
    def shelves(self) -> ShelfBook:
        """What it has become."""
        ...

    @property
    def questions(self) -> QuestionBook:
        """Who asked what an expert answered."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What became of a hand-in: its document, or why there is none. `decided` says that somebody else was first."""

    hand_in: HandIn
    document: ShelfDocument | None = None
    problem: FileProblem | None = None
    decided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an admin changes of a document; `text` is that of an answer, None leaves it."""

    title: str
    kind: DocumentKind
    language: Language
    audience: frozenset[str]
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What documents are made with. Without `index` this process does not own the library, and nothing is published."""

    store: DocumentStore
    folders: Folders
    library: Looking
    index: IndexRuns | None
    settings: UploadSettings
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    @contextmanager
    def work(self, who: str) -> Iterator[OwnIndexing]:
        """Work on the index alone.

        Raises:
            IndexLocked: somebody else does.
            PublishingFailed: another program owns the index.
        """
        if self.index is None:
            raise PublishingFailed("this program does not own the index; ask the one that does")
        with self.index.hold(who) as indexer:
            yield indexer


async def on_disk(work: Callable[[], _Result]) -> _Result:
    """Blocking work on files. Raises PublishingFailed where the disk refuses."""
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        raise PublishingFailed(f"a file of the home cannot be written or read: {error}") from error


def digest_of(content: bytes) -> str:
    """What tells one content from another."""
    return hashlib.sha256(content).hexdigest()
