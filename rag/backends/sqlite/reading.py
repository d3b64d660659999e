"""The reading half of the catalogue on SQLite."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from pathlib import Path
from typing import Literal

from rag.backends.sqlite.database import Database, gathered
from rag.backends.sqlite.records import load_chunk, load_document, load_filing
from rag.catalogue import Counts, Generation, GenerationId, Input, LexicalHit, LiveChunk
from rag.types import ChunkId, Document, DocumentId, Scope

_MOST_TERMS = 64
"""A longer question is cut: each further term costs a scan of its postings and tells little."""

_BM25_PEAK = 2.2
"""FTS5's bm25() is idf * f * (k1 + 1) / (f + …) with k1 = 1.2: a term contributes at most 2.2 times its idf."""

_CHEAP = 1000
"""Matches that any term may cost. One that stands in more chunks, and in half of all, orders nothing: its idf is 0."""

_AFFORDED = 10_000
"""Matches that all terms together may cost, about 2 µs each. The rarest terms are looked up first; only a library of
tens of thousands of chunks makes a question leave out its commonest words, which order least."""

_OVER_FETCH = 4

_State = Literal["live", "building"]
_IN_STATE: Mapping[_State, str] = {
    "live": "(SELECT id FROM generations WHERE state = 'live')",
    "building": "(SELECT id FROM generations WHERE state = 'building')",
}
"""The generation that is read."""

_LISTED = "(SELECT value FROM json_each(?))"
"""The values of a JSON array: one parameter, because SQLite bounds how many a statement may have."""


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The live documents at one revision of the file, by row id, and hashes of the records that they were read from."""

    revision: int
    documents: Mapping[int, Document]
    records: Mapping[int, int]

    def restocked(self, revision: int, records: Iterable[tuple[int, str]]) -> _Shelf:
        """The shelf at another revision; only records that differ are read, so a long index run delays no answer."""
        documents: dict[int, Document] = {}
        hashes: dict[int, int] = {}
        for row, record in records:
            hashes[row] = hash(record)
            known = self.records.get(row) == hashes[row]
            documents[row] = self.documents[row] if known else load_document(record)
        return _Shelf(revision, documents, hashes)


class SqliteCatalogue:
    """Implements `rag.catalogue.Catalogue`; with the state `building`, over the generation that is yet to go live."""

    def __init__(self, database: Database, *, state: _State = "live") -> None:
        self._database = database
        self._state: _State = state
        self._live = _IN_STATE[state]
        self._shelf = _Shelf(-1, {}, {})

    async def live(self) -> Generation | None:
        """The generation that answers."""
        return await self._database.read(lambda connection: find_generation(connection, self._state))

    async def revision(self) -> int:
        """A number that grows with every change."""
        return await self._database.read(_revision)

    async def documents(self, scope: Scope | None = None) -> tuple[Document, ...]:
        """Live documents that the scope admits."""
        shelf = await self._database.read(self._documents)
        admitted = (document for document in shelf.values() if scope is None or scope.admits(document))
        return tuple(sorted(admitted, key=lambda each: (each.kind, each.source, each.language)))

    async def versions(self) -> Mapping[DocumentId, str]:
        """The live documents, each with the hash of its content."""
        return await self._database.read(lambda connection: _versions(connection, self._live))

    async def counts(self) -> Counts:
        """Size of the live generation."""
        return await self._database.read(lambda connection: _counts(connection, self._live))

    async def inputs(self) -> tuple[Input, ...]:
        """Registered inputs."""
        return await self._database.read(_inputs)

    async def sizes(self) -> Mapping[str, int]:
        """Live documents by their input's key."""
        return await self._database.read(lambda connection: _sizes(connection, self._live))

    async def lexical(self, terms: Sequence[str], *, limit: int, scope: Scope) -> list[LexicalHit]:
        """The chunks that match the terms best."""
        asked = list(dict.fromkeys(terms))[:_MOST_TERMS]
        if not asked:
            return []
        return await self._database.read(lambda connection: self._lexical(connection, asked, limit, scope))

    async def owners(self, ids: Sequence[ChunkId], *, scope: Scope) -> dict[ChunkId, Document]:
        """The documents of those of the chunks that are live and admitted."""
        return await self._database.read(lambda connection: self._owners(connection, ids, scope))

    async def chunks(self, ids: Sequence[ChunkId], *, scope: Scope) -> dict[ChunkId, LiveChunk]:
        """Those of the chunks that are live and admitted."""
        return await self._database.read(lambda connection: self._chunks(connection, ids, scope))

    async def chunks_at(
        self, wanted: Mapping[DocumentId, Collection[int]], *, scope: Scope
    ) -> dict[DocumentId, tuple[LiveChunk, ...]]:
        """Live chunks of documents by their positions."""

        def found(connection: sqlite3.Connection) -> dict[DocumentId, tuple[LiveChunk, ...]]:
            stretches = {key: self._chunks_at(connection, key, positions, scope) for key, positions in wanted.items()}
            return {key: chunks for key, chunks in stretches.items() if chunks}

        return await self._database.read(found)

    def _documents(self, connection: sqlite3.Connection) -> Mapping[int, Document]:
        revision = _revision(connection)
        # Readers on other threads may see other revisions: what is returned must be this snapshot's, whoever is later.
        shelf = self._shelf
        if shelf.revision != revision:
            rows = connection.execute(f"SELECT row, metadata FROM documents WHERE generation IN {self._live}")
            shelf = self._shelf = shelf.restocked(revision, rows)
        return shelf.documents

    def _lexical(
        self, connection: sqlite3.Connection, terms: Sequence[str], limit: int, scope: Scope
    ) -> list[LexicalHit]:
        total, counts = _counts_of(connection, terms)
        best = _BM25_PEAK * sum(_idf(total, counts[term]) for term in terms)
        telling = _telling(terms, counts, total)
        documents = self._documents(connection)
        asked = _OVER_FETCH * limit
        while True:
            found = _matches(connection, telling, self._live, limit=asked)
            admitted = [
                LexicalHit(chunk_id=chunk_id, coverage=min(1.0, -score / best))
                for score, chunk_id, document in found
                if document in documents and scope.admits(documents[document])
            ]
            if len(admitted) >= limit or len(found) < asked:
                return admitted[:limit]
            asked *= _OVER_FETCH

    def _owners(self, connection: sqlite3.Connection, ids: Sequence[ChunkId], scope: Scope) -> dict[ChunkId, Document]:
        documents = self._documents(connection)
        rows = gathered(
            connection,
            "id, document",
            f"SELECT id, document FROM chunks WHERE generation IN {self._live} AND id IN {_LISTED}",
            [json.dumps([*ids])],
        )
        owners = ((chunk_id, documents[document]) for chunk_id, document in rows)
        return {chunk_id: document for chunk_id, document in owners if scope.admits(document)}

    def _chunks(self, connection: sqlite3.Connection, ids: Sequence[ChunkId], scope: Scope) -> dict[ChunkId, LiveChunk]:
        documents = self._documents(connection)
        rows = gathered(
            connection,
            "id, document, content",
            f"SELECT id, document, content FROM chunks WHERE generation IN {self._live} AND id IN {_LISTED}",
            [json.dumps([*ids])],
        )
        return {
            chunk_id: LiveChunk(id=chunk_id, document=documents[document], chunk=load_chunk(content))
            for chunk_id, document, content in rows
            if scope.admits(documents[document])
        }

    def _chunks_at(
        self, connection: sqlite3.Connection, document: DocumentId, positions: Collection[int], scope: Scope
    ) -> tuple[LiveChunk, ...]:
        documents = self._documents(connection)
        rows = gathered(
            connection,
            "position, id, document, content",
            "SELECT chunks.position, chunks.id, chunks.document, chunks.content FROM chunks JOIN documents"
            f" ON documents.row = chunks.document WHERE documents.generation IN {self._live} AND documents.id = ?"
            f" AND chunks.position IN {_LISTED}",
            [document, json.dumps([*positions])],
        )
        return tuple(
            LiveChunk(id=chunk_id, document=documents[row], chunk=load_chunk(content))
            for _, chunk_id, row, content in sorted(rows)
            if scope.admits(documents[row])
        )


def find_generation(connection: sqlite3.Connection, state: str) -> Generation | None:
    """The one generation in a state, if there is one."""
    row = connection.execute(
        "SELECT id, identity, embedder, collection, state, created,"
        " EXISTS (SELECT 1 FROM chunks WHERE generation = generations.id AND questions > 0)"
        " FROM generations WHERE state = ?",
        [state],
    ).fetchone()
    if row is None:
        return None
    number, identity, embedder, collection, state, created, has_questions = row
    return Generation(
        id=GenerationId(number),
        identity=identity,
        embedder=embedder,
        collection=collection,
        state="live" if state == "live" else "building",
        created=datetime.fromisoformat(created),
        has_questions=bool(has_questions),
    )


def _revision(connection: sqlite3.Connection) -> int:
    (revision,) = connection.execute("SELECT number FROM revision").fetchone()
    return int(revision)


def _versions(connection: sqlite3.Connection, live: str) -> Mapping[DocumentId, str]:
    rows = connection.execute(f"SELECT id, content_hash FROM documents WHERE generation IN {live}")
    return {DocumentId(key): content_hash for key, content_hash in rows}


def _counts(connection: sqlite3.Connection, live: str) -> Counts:
    (documents,) = connection.execute(f"SELECT count(*) FROM documents WHERE generation IN {live}").fetchone()
    chunks, questions = connection.execute(
        f"SELECT count(*), coalesce(sum(questions), 0) FROM chunks WHERE generation IN {live}"
    ).fetchone()
    return Counts(documents=documents, chunks=chunks, questions=questions)


def _inputs(connection: sqlite3.Connection) -> tuple[Input, ...]:
    rows = connection.execute("SELECT path, name, filing, paused FROM inputs ORDER BY rowid")
    return tuple(
        Input(path=Path(path), name=name, filing=load_filing(filing), paused=bool(paused))
        for path, name, filing, paused in rows
    )


def _sizes(connection: sqlite3.Connection, live: str) -> Mapping[str, int]:
    counted = f"SELECT input_key, count(*) FROM documents WHERE generation IN {live} GROUP BY input_key"
    return dict(connection.execute(counted).fetchall())


def _counts_of(connection: sqlite3.Connection, terms: Sequence[str]) -> tuple[int, dict[str, int]]:
    """The number of chunks, and in how many of them each term stands."""
    (total,) = connection.execute("SELECT count(*) FROM chunks").fetchone()
    asked = f"SELECT term, doc FROM term_counts WHERE term IN {_LISTED}"
    rows = gathered(connection, "term, doc", asked, [json.dumps([*terms])])
    return total, {**dict.fromkeys(terms, 0), **dict(rows)}


def _telling(terms: Sequence[str], counts: Mapping[str, int], total: int) -> list[str]:
    """The terms that order the chunks, rarest first, as far as looking them up is affordable; at least one."""
    rarest = sorted((term for term in terms if counts[term] <= max(total / 2, _CHEAP)), key=counts.__getitem__)
    costs = accumulate(counts[term] for term in rarest)
    afforded = [term for term, cost in zip(rarest, costs, strict=True) if cost <= _AFFORDED]
    return afforded or rarest[:1] or list(terms)


def _idf(total: int, count: int) -> float:
    """BM25's inverse document frequency, ln((N - n + 0.5) / (n + 0.5)), floored where FTS5 floors it."""
    return max(1e-6, math.log((total - count + 0.5) / (count + 0.5)))


def _matches(
    connection: sqlite3.Connection, terms: Sequence[str], live: str, *, limit: int
) -> list[tuple[float, ChunkId, int]]:
    """Score, chunk and document row of the best matches, best first; those of other generations have no document.

    The matches are cut before they are joined: a common word matches nearly every chunk of a library.
    """
    rows = gathered(
        connection,
        "score, id, document",
        "SELECT matches.rank AS score, coalesce(chunks.id, '') AS id, coalesce(chunks.document, -1) AS document FROM"
        " (SELECT rowid, rank FROM chunk_terms WHERE chunk_terms MATCH ? ORDER BY rank LIMIT ?) AS matches"
        f" LEFT JOIN chunks ON chunks.row = matches.rowid AND chunks.generation IN {live}",
        [" OR ".join(f'"{term}"' for term in terms if '"' not in term), limit],
    )
    return sorted((score, ChunkId(key), document) for score, key, document in rows)
