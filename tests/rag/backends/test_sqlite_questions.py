"""The catalogue on SQLite, where chunks bring questions along."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rag.backends.sqlite.database import open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.backends.sqlite.writing import SqliteCatalogueWriter
from rag.catalogue import Fingerprint, IndexedDocument
from rag.types import Chunk, ChunkId, Document, DocumentId, DocumentKind, Language, Scope

ASKED = IndexedDocument(
    document=Document(
        id=DocumentId("watson"), kind=DocumentKind.CASE, language=Language.EN, title="Watson", source="watson.md"
    ),
    input_key="here",
    fingerprint=Fingerprint(modified_ns=1, size=2, content_hash="v1"),
    chunk_ids=(ChunkId("watson:v1:0"), ChunkId("watson:v1:1")),
    chunks=(
        Chunk(position=0, section=("Watson",), text="It failed.", questions=("Why?", "When?")),
        Chunk(position=1, section=("Watson",), text="It cost much."),
    ),
    terms=("failed", "cost"),
)
LOST = ChunkId("lost:v1:0?0")


async def test_vectors_of_questions_live_and_die_with_their_chunk(tmp_path: Path) -> None:
    async with open_database(tmp_path / "library.sqlite3") as database:
        catalogue = SqliteCatalogue(database)
        writer = SqliteCatalogueWriter(database, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
        assert ASKED.question_ids == ("watson:v1:0?0", "watson:v1:0?1")
        generation = await writer.begin(identity="i", embedder="e", collection="c")
        await writer.announce(generation, (*ASKED.chunk_ids, *ASKED.question_ids, LOST))
        await writer.replace(generation, ASKED)
        await writer.publish(generation)
        live = await catalogue.live()
        assert live is not None
        assert live.has_questions
        assert (await catalogue.counts()).questions == 2
        held = await catalogue.chunks(ASKED.chunk_ids, scope=Scope())
        assert held[ASKED.chunk_ids[0]].chunk == ASKED.chunks[0]
        assert await writer.dead_vectors(generation, limit=10) == (LOST,)
        # A run killed while it indexed the unchanged document anew has announced ids that are alive.
        await writer.announce(generation, ASKED.question_ids)
        assert await writer.dead_vectors(generation, limit=10) == (LOST,)
        await writer.remove(generation, ASKED.document.id)
        dead = tuple(sorted((*ASKED.chunk_ids, *ASKED.question_ids, LOST)))
        assert await writer.dead_vectors(generation, limit=10) == dead
        left = await catalogue.live()
        assert left is not None
        assert not left.has_questions
