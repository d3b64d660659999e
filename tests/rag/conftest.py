"""A small library in memory for the tests of searching and answering."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rag.backends.memory import MemoryEmbedder, MemoryVectorStore
from rag.backends.sqlite.database import Database, open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.backends.sqlite.writing import SqliteCatalogueWriter
from rag.catalogue import Fingerprint, IndexedDocument, questions_collection
from rag.confidence import Calibration
from rag.ports import QueryMaker
from rag.retrieve import Retriever
from rag.settings import RetrievalSettings
from rag.terms import index_terms
from rag.types import Chunk, ChunkId, Document, DocumentId, DocumentKind, Language

LENIENT = Calibration(bias=-2.0, similarity=8.0, same_language=0, coverage=8.0, missing=-4.0)
"""Confident about any shared word: the memory embedder's cosines say little."""


@dataclass
class Shelf:
    """Documents written straight into the catalogue and the vectors, without files."""

    database: Database
    store: MemoryVectorStore = field(default_factory=MemoryVectorStore)
    embedder: MemoryEmbedder = field(default_factory=MemoryEmbedder)
    documents: list[IndexedDocument] = field(default_factory=list)

    def put(
        self,
        name: str,
        texts: Sequence[str],
        *,
        language: Language = Language.EN,
        kind: DocumentKind = DocumentKind.DOCUMENT,
        topics: tuple[str, ...] = (),
        audience: frozenset[str] = frozenset({"public"}),
        heading: str = "Section",
        questions: Mapping[int, tuple[str, ...]] | None = None,
    ) -> None:
        """Add a document with one chunk a text, under the headings "<name>" / "<heading> <n>"."""
        asked = questions or {}
        document = Document(
            id=DocumentId(name),
            kind=kind,
            language=language,
            title=name,
            source=f"{name}.md",
            topics=topics,
            audience=audience,
        )
        self.documents.append(
            IndexedDocument(
                document=document,
                input_key="test",
                fingerprint=Fingerprint(modified_ns=0, size=0, content_hash=""),
                chunk_ids=tuple(ChunkId(f"{name}:{n}") for n in range(len(texts))),
                chunks=tuple(
                    Chunk(position=n, section=(name, f"{heading} {n}"), text=text, questions=asked.get(n, ()))
                    for n, text in enumerate(texts)
                ),
                terms=tuple(" ".join(index_terms(text)) for text in texts),
            )
        )

    async def publish(self, *, embedder: str | None = None, name: str = "test") -> None:
        """Make what was put the live generation."""
        writer = SqliteCatalogueWriter(self.database, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
        generation = await writer.begin(
            identity=name, embedder=embedder or self.embedder.identity, collection=f"passages-{name}"
        )
        vectors = await self.store.collection(generation.collection)
        for document in self.documents:
            texts = [chunk.text for chunk in document.chunks]
            await vectors.add(document.chunk_ids, await self.embedder.embed_passages(texts))
            if asked := [question for chunk in document.chunks for question in chunk.questions]:
                beside = await self.store.collection(questions_collection(generation.collection))
                await beside.add(document.question_ids, await self.embedder.embed_queries(asked))
            await writer.replace(generation, document)
        await writer.publish(generation)

    def retriever(self, *, queries: QueryMaker | None = None, **settings: object) -> Retriever:
        """A retriever over the shelf; its clock advances a millisecond with each look."""
        ticks = iter(range(10**9))
        return Retriever(
            catalogue=SqliteCatalogue(self.database),
            store=self.store,
            embedder=self.embedder,
            calibration=LENIENT,
            settings=RetrievalSettings.model_validate(settings),
            clock=lambda: next(ticks) / 1000,
            queries=queries,
        )


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    """An empty shelf."""
    async with open_database(tmp_path / "library.sqlite3") as database:
        yield Shelf(database)
