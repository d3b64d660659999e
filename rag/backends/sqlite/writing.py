"""The writing half of the catalogue on SQLite: every change of what is live is one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

from rag.backends.sqlite.database import Database
from rag.backends.sqlite.reading import find_generation
from rag.backends.sqlite.records import dump_chunk, dump_document, dump_filing
from rag.backends.sqlite.trials import close_trial, keep_replaced, kept_documents, open_trial, put_back, read_trial
from rag.catalogue import Fingerprint, Generation, IndexedDocument, Input, question_ids
from rag.errors import StorageFailed
from rag.types import ChunkId, DocumentId


class SqliteCatalogueWriter:
    """Implements `rag.catalogue.CatalogueWriter`. `now` gives the time in UTC."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def register(self, inputs: Sequence[Input]) -> None:
        """Remember inputs."""
        rows = [(each.key, str(each.path), each.name) for each in inputs]
        await self._database.write(
            lambda connection: connection.executemany(
                "INSERT INTO inputs (key, path, name) VALUES (?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET path = excluded.path, name = excluded.name",
                rows,
            )
        )

    async def enrol(self, each: Input) -> None:
        """Remember an input with all that is said of it."""
        row = (each.key, str(each.path), each.name, dump_filing(each.filing), each.paused)
        await self._database.write(
            lambda connection: connection.execute(
                "INSERT INTO inputs (key, path, name, filing, paused) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET path = excluded.path, name = excluded.name, filing = excluded.filing,"
                " paused = excluded.paused",
                row,
            )
        )

    async def unregister(self, key: str) -> None:
        """Forget an input."""
        await self._database.write(lambda connection: connection.execute("DELETE FROM inputs WHERE key = ?", [key]))

    async def installation(self) -> str:
        """What tells this catalogue's collections from those of others."""
        rows = await self._database.read(
            lambda connection: connection.execute("SELECT id FROM installation").fetchall()
        )
        return str(rows[0][0])

    async def building(self) -> Generation | None:
        """The generation that an earlier run left unfinished."""
        return await self._database.read(lambda connection: find_generation(connection, "building"))

    async def begin(self, *, identity: str, embedder: str, collection: str) -> Generation:
        """Start a generation beside the live one."""
        created = self._now().isoformat()

        def insert(connection: sqlite3.Connection) -> Generation | None:
            connection.execute(
                "INSERT INTO generations (identity, embedder, collection, state, created)"
                " VALUES (?, ?, ?, 'building', ?)",
                [identity, embedder, collection, created],
            )
            connection.execute("DELETE FROM retired_collections WHERE name = ?", [collection])
            return find_generation(connection, "building")

        generation = await self._database.write(insert)
        if generation is None:
            raise StorageFailed(f"the catalogue did not keep the new generation {identity!r}; run the command again")
        return generation

    async def publish(self, generation: Generation) -> None:
        """Make a generation the live one."""

        def swap(connection: sqlite3.Connection) -> None:
            _drop_generations(connection, "id != ?", generation)
            connection.execute("UPDATE generations SET state = 'live' WHERE id = ?", [generation.id])

        await self._database.write(swap)

    async def discard(self, generation: Generation) -> None:
        """Drop a generation that is not live."""
        await self._database.write(
            lambda connection: _drop_generations(connection, "id = ? AND state = 'building'", generation)
        )

    async def retired_collections(self) -> tuple[str, ...]:
        """Collections of generations that were dropped."""
        rows = await self._database.read(
            lambda connection: connection.execute("SELECT name FROM retired_collections ORDER BY name").fetchall()
        )
        return tuple(name for (name,) in rows)

    async def forget_collection(self, name: str) -> None:
        """Note that a retired collection is gone."""
        await self._database.write(
            lambda connection: connection.execute("DELETE FROM retired_collections WHERE name = ?", [name])
        )

    async def fingerprints(self, generation: Generation, input_key: str) -> dict[str, Fingerprint]:
        """What is indexed of an input, by source."""
        return await self._database.read(lambda connection: _fingerprints(connection, generation, input_key))

    async def filed_under(self, generation: Generation) -> tuple[str, ...]:
        """Keys of the inputs that have documents."""
        rows = await self._database.read(
            lambda connection: connection.execute(
                "SELECT DISTINCT input_key FROM documents WHERE generation = ? ORDER BY input_key", [generation.id]
            ).fetchall()
        )
        return tuple(key for (key,) in rows)

    async def touch(self, generation: Generation, document: DocumentId, fingerprint: Fingerprint) -> None:
        """Note new stamps of a file whose content is unchanged."""
        await self._database.write(
            lambda connection: connection.execute(
                "UPDATE documents SET modified_ns = ?, size = ? WHERE generation = ? AND id = ?",
                [fingerprint.modified_ns, fingerprint.size, generation.id, document],
            )
        )

    async def announce(self, generation: Generation, ids: Sequence[ChunkId]) -> None:
        """Note vectors that are about to be written."""
        await self._database.write(lambda connection: _leave_unclaimed(connection, generation, ids))

    async def replace(self, generation: Generation, document: IndexedDocument) -> None:
        """Make a document's chunks live in place of its earlier ones."""

        def swap(connection: sqlite3.Connection) -> None:
            keep_replaced(connection, generation, document.document.id)
            _retire(connection, generation, document.document.id)
            _insert(connection, generation, document)
            connection.executemany(
                "DELETE FROM unclaimed_vectors WHERE generation = ? AND chunk_id = ?",
                [(generation.id, vector) for vector in (*document.chunk_ids, *document.question_ids)],
            )

        await self._database.write(swap)

    async def remove(self, generation: Generation, document: DocumentId) -> None:
        """Take a document out of a generation."""

        def take_out(connection: sqlite3.Connection) -> None:
            keep_replaced(connection, generation, document)
            _retire(connection, generation, document)

        await self._database.write(take_out)

    async def begin_trial(self, generation: Generation, marks: str) -> None:
        """Keep from now on what is replaced."""
        await self._database.write(lambda connection: open_trial(connection, generation, marks))

    async def trial(self, generation: Generation) -> str | None:
        """How the questions fared before the trial that is open."""
        return await self._database.read(lambda connection: read_trial(connection, generation))

    async def accept(self, generation: Generation, marks: str | None) -> None:
        """Let what was replaced go."""

        def settle(connection: sqlite3.Connection) -> None:
            close_trial(connection, generation)
            connection.execute("DELETE FROM marks")
            if marks is not None:
                connection.execute("INSERT INTO marks (content) VALUES (?)", [marks])

        await self._database.write(settle)

    async def take_back(self, generation: Generation) -> None:
        """Make live again what was there before the trial, all at once."""

        def undo(connection: sqlite3.Connection) -> None:
            for document in kept_documents(connection, generation):
                _retire(connection, generation, document)
                put_back(connection, generation, document)
            close_trial(connection, generation)

        await self._database.write(undo)

    async def marks(self) -> str | None:
        """How the questions fared in what is live."""
        rows = await self._database.read(lambda connection: connection.execute("SELECT content FROM marks").fetchall())
        return str(rows[0][0]) if rows else None

    async def scrub(self) -> None:
        """Write the file anew."""
        await self._database.scrub("INSERT INTO chunk_terms (chunk_terms) VALUES ('optimize')")

    async def dead_vectors(self, generation: Generation, *, limit: int) -> tuple[ChunkId, ...]:
        """Ids of vectors that belong to no chunk."""
        # A run killed while it indexed an unchanged document anew has announced ids that its live chunks still bear.
        rows = await self._database.read(
            lambda connection: connection.execute(
                "SELECT chunk_id FROM unclaimed_vectors WHERE generation = ? AND NOT EXISTS"
                " (SELECT 1 FROM chunks WHERE chunks.generation = unclaimed_vectors.generation"
                " AND id = substr(chunk_id, 1, instr(chunk_id || '?', '?') - 1)) ORDER BY chunk_id LIMIT ?",
                [generation.id, limit],
            ).fetchall()
        )
        return tuple(ChunkId(chunk_id) for (chunk_id,) in rows)

    async def forget_vectors(self, generation: Generation, ids: Sequence[ChunkId]) -> None:
        """Note that dead vectors are gone."""
        await self._database.write(
            lambda connection: connection.executemany(
                "DELETE FROM unclaimed_vectors WHERE generation = ? AND chunk_id = ?",
                [(generation.id, chunk_id) for chunk_id in ids],
            )
        )


def _fingerprints(connection: sqlite3.Connection, generation: Generation, key: str) -> dict[str, Fingerprint]:
    rows = connection.execute(
        "SELECT source, modified_ns, size, content_hash FROM documents WHERE generation = ? AND input_key = ?"
        " ORDER BY source",
        [generation.id, key],
    )
    return {
        source: Fingerprint(modified_ns=modified_ns, size=size, content_hash=content_hash)
        for source, modified_ns, size, content_hash in rows
    }


def _drop_generations(connection: sqlite3.Connection, which: str, generation: Generation) -> None:
    # Chunks go by a statement of their own: the lexical rows must follow them whatever a cascade fires.
    chosen = f"SELECT id FROM generations WHERE {which}"
    connection.execute(f"DELETE FROM chunks WHERE generation IN ({chosen})", [generation.id])
    connection.execute(
        f"INSERT OR IGNORE INTO retired_collections SELECT collection FROM generations WHERE {which}", [generation.id]
    )
    connection.execute(f"DELETE FROM generations WHERE {which}", [generation.id])


def _leave_unclaimed(connection: sqlite3.Connection, generation: Generation, ids: Sequence[ChunkId]) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO unclaimed_vectors (generation, chunk_id) VALUES (?, ?)",
        [(generation.id, chunk_id) for chunk_id in ids],
    )


def _retire(connection: sqlite3.Connection, generation: Generation, document: DocumentId) -> None:
    row = connection.execute(
        "SELECT row FROM documents WHERE generation = ? AND id = ?", [generation.id, document]
    ).fetchone()
    if row is None:
        return
    chunks = connection.execute("SELECT id, questions FROM chunks WHERE document = ?", row).fetchall()
    ids = [key for chunk_id, count in chunks for key in (chunk_id, *question_ids(chunk_id, count))]
    _leave_unclaimed(connection, generation, ids)
    connection.execute("DELETE FROM chunks WHERE document = ?", row)
    connection.execute("DELETE FROM documents WHERE row = ?", row)


def _insert(connection: sqlite3.Connection, generation: Generation, indexed: IndexedDocument) -> None:
    stamp = indexed.fingerprint
    row = connection.execute(
        "INSERT INTO documents (generation, id, input_key, source, modified_ns, size, content_hash, metadata)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            generation.id,
            indexed.document.id,
            indexed.input_key,
            indexed.document.source,
            stamp.modified_ns,
            stamp.size,
            stamp.content_hash,
            dump_document(indexed.document),
        ],
    ).lastrowid
    for chunk_id, chunk, terms in zip(indexed.chunk_ids, indexed.chunks, indexed.terms, strict=True):
        inserted = connection.execute(
            "INSERT INTO chunks (document, generation, id, position, content, questions) VALUES (?, ?, ?, ?, ?, ?)",
            [row, generation.id, chunk_id, chunk.position, dump_chunk(chunk), len(chunk.questions)],
        )
        connection.execute("INSERT INTO chunk_terms (rowid, terms) VALUES (?, ?)", [inserted.lastrowid, terms])
