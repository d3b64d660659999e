"""A small library in memory, for digests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from rag.catalogue import LiveChunk
from rag.types import Chunk, ChunkId, Document, DocumentId, DocumentKind, Language, Scope

TODAY = dt.date(2026, 11, 22)
HAPPENS, MEANS, DATES = "What is happening", "What it means for a founder", "Dates and facts"


class Shelf:
    """Documents with their sections."""

    def __init__(self) -> None:
        self.held: dict[DocumentId, tuple[Document, tuple[Chunk, ...]]] = {}

    def add(self, title: str, sections: Mapping[str, str], **changes: object) -> Document:
        """A trend note of today in English, changed as wanted."""
        document = Document(
            id=DocumentId(str(changes.pop("id", title))),
            kind=DocumentKind.TREND,
            language=Language.EN,
            title=title,
            source=f"{title}.md",
            date=TODAY,
        )
        document = replace(document, **changes)  # type: ignore[arg-type]
        chunks = tuple(
            Chunk(position=place, section=(title, heading), text=text)
            for place, (heading, text) in enumerate(sections.items())
        )
        self.held[document.id] = (document, chunks)
        return document

    def note(self, title: str, *sentences: str, **changes: object) -> Document:
        """A trend note that says some sentences."""
        return self.add(title, {HAPPENS: " ".join(sentences)}, **changes)

    async def documents(self, scope: Scope | None = None) -> tuple[Document, ...]:
        """See `rag.catalogue.Catalogue`."""
        return tuple(each for each, _ in self.held.values() if scope is None or scope.admits(each))

    async def chunks_at(
        self, wanted: Mapping[DocumentId, Collection[int]], *, scope: Scope
    ) -> dict[DocumentId, tuple[LiveChunk, ...]]:
        """See `rag.catalogue.Catalogue`."""
        found = {}
        for key in wanted:
            document, chunks = self.held[key]
            if scope.admits(document):
                found[key] = self._live(document, [each for each in chunks if each.position in wanted[key]])
        return found

    def _live(self, document: Document, chunks: Sequence[Chunk]) -> tuple[LiveChunk, ...]:
        return tuple(
            LiveChunk(id=ChunkId(f"{document.id}:{each.position}"), document=document, chunk=each) for each in chunks
        )
