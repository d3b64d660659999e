"""What a command asks of an opened library, whether this process opened it or a running bot did."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rag.types import Answer, AnswerEvent, Document, Language, Question, Retrieval, Scope

if TYPE_CHECKING:
    from rag.catalogue import Counts, Input
    from rag.confidence import Calibration
    from rag.errors import RagError
    from rag.ingest.index import IndexProgress, IndexReport


class Searching(Protocol):
    """Finds passages; `rag.retrieve.Retriever` does."""

    async def retrieve(self, question: Question, *, limit: int | None = None) -> Retrieval:
        """Passages for a question, best first. Raises RagError."""
        ...


class Replying(Protocol):
    """Answers questions; `rag.answer.AnswerService` does."""

    def stream(self, question: Question) -> AsyncGenerator[AnswerEvent, None]:
        """`Retrieved`, then `Delta`s, then `Finished`. Raises RagError; closing it stops the writer."""
        ...

    async def answer(self, question: Question) -> Answer:
        """The finished answer alone. Raises RagError."""
        ...

    def failure_text(self, error: RagError, language: Language) -> str:
        """What a person may read when answering failed."""
        ...


class Indexing(Protocol):
    """Brings the library up to date; `rag.ingest.index.Indexer` does."""

    async def update(
        self,
        inputs: Sequence[Input] = (),
        *,
        full: bool = False,
        force: bool = False,
        on_progress: Callable[[IndexProgress], None] | None = None,
    ) -> IndexReport:
        """Register inputs and bring them up to date; without any, all that are registered. Raises RagError.

        `force` lets the run stand, however labelled questions fare after it.
        """
        ...

    async def remove(self, path: Path) -> IndexReport:
        """Unregister an input and take its documents out. Raises RagError."""
        ...


class OwnIndexing(Indexing, Protocol):
    """The index of this very process."""

    async def scrub(self) -> None:
        """Leave no byte of what was taken out in the catalogue. Raises StorageFailed."""
        ...


class Shelf(Protocol):
    """The documents of the library; `rag.catalogue.Catalogue` is one."""

    async def documents(self, scope: Scope | None = None) -> tuple[Document, ...]:
        """Live documents that the scope admits, by kind, source and language. Raises StorageFailed."""
        ...

    async def counts(self) -> Counts:
        """Size of the library. Raises StorageFailed."""
        ...


class EmbedderName(Protocol):
    """Which embedder the index was opened with."""

    @property
    def identity(self) -> str:
        """The name that a calibration is kept under."""
        ...


class Library(Protocol):
    """An opened library; `rag.build.Rag` is one, `bot.control.client.RemoteLibrary` another."""

    @property
    def home(self) -> Path:
        """The folder that holds the library."""
        ...

    @property
    def catalogue(self) -> Shelf:
        """Its documents."""
        ...

    @property
    def retriever(self) -> Searching:
        """Its search."""
        ...

    @property
    def answers(self) -> Replying:
        """Its answers."""
        ...

    @property
    def indexer(self) -> Indexing:
        """Its index."""
        ...

    @property
    def embedder(self) -> EmbedderName:
        """Its embedder."""
        ...

    @property
    def calibration(self) -> Calibration:
        """How its confidence is computed."""
        ...
