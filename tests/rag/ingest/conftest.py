"""Reading one file, and a library over a folder of files, as an index run does both."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rag.backends.memory import MemoryEmbedder, MemoryVectors, MemoryVectorStore
from rag.backends.sqlite.database import Database, open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.backends.sqlite.writing import SqliteCatalogueWriter
from rag.catalogue import Input
from rag.ingest.files import FoundFile
from rag.ingest.index import Indexer, IndexReport
from rag.ingest.load import LoadedDocument, load_document
from rag.ports import Embedder, VectorStore
from rag.settings import IngestSettings
from rag.types import DocumentId

Read = Callable[..., LoadedDocument]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes a file and loads it; keywords are ingest settings."""

    def load(name: str, content: str | bytes, **settings: object) -> LoadedDocument:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_document(
            FoundFile(path=path, source=name),
            document_id=DocumentId("d1"),
            settings=IngestSettings.model_validate(settings),
            modified=date(2026, 1, 31),
        )

    return load


@dataclass
class Library:
    """A library over a folder of test files."""

    folder: Path
    database: Database
    store: VectorStore
    embedder: Embedder = field(default_factory=MemoryEmbedder)
    settings: IngestSettings = field(default_factory=IngestSettings)

    @property
    def catalogue(self) -> SqliteCatalogue:
        return SqliteCatalogue(self.database)

    @property
    def writer(self) -> SqliteCatalogueWriter:
        return SqliteCatalogueWriter(self.database, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))

    def indexer(self) -> Indexer:
        return Indexer(
            catalogue=self.catalogue,
            writer=self.writer,
            store=self.store,
            embedder=self.embedder,
            settings=self.settings,
        )

    async def update(self, *, full: bool = False) -> IndexReport:
        return await self.indexer().update([Input(path=self.folder)], full=full)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        stamp = path.stat().st_mtime_ns + 1_000_000 * (1 + len(text))
        os.utime(path, ns=(stamp, stamp))
        return path

    async def live_texts(self) -> dict[str, list[str]]:
        """The live chunks' texts by source: what an answer could be made of."""
        texts: dict[str, list[str]] = {}
        for document in await self.catalogue.documents():
            chunks = await self.catalogue.chunks_at(document.id, range(50))
            texts[document.source] = [chunk.text for _, chunk in sorted(chunks.items())]
        return texts

    async def live_vectors(self) -> MemoryVectors:
        live = await self.catalogue.live()
        assert live is not None
        index = await self.store.collection(live.collection)
        assert isinstance(index, MemoryVectors)
        return index


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    folder = tmp_path / "docs"
    folder.mkdir()
    async with open_database(tmp_path / "library.sqlite3") as database:
        yield Library(folder, database, MemoryVectorStore())
