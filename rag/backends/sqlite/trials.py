"""Runs on trial: what they replace in the live generation is kept beside it until they are judged."""

from __future__ import annotations

import json
import sqlite3

from rag.catalogue import Generation, question_ids
from rag.types import ChunkId, DocumentId


def open_trial(connection: sqlite3.Connection, generation: Generation, marks: str) -> None:
    """Keep from now on what is replaced; a trial that is open goes on as it began."""
    if read_trial(connection, generation) is None:
        connection.execute("INSERT INTO trial (generation, marks) VALUES (?, ?)", [generation.id, marks])


def read_trial(connection: sqlite3.Connection, generation: Generation) -> str | None:
    """How the questions fared before the trial that is open; None where none is."""
    row = connection.execute("SELECT marks FROM trial WHERE generation = ?", [generation.id]).fetchone()
    return None if row is None else str(row[0])


def close_trial(connection: sqlite3.Connection, generation: Generation) -> None:
    """Let what the trial has made stand."""
    connection.execute("DELETE FROM trial WHERE generation = ?", [generation.id])
    connection.execute("DELETE FROM replaced_documents WHERE generation = ?", [generation.id])


def keep_replaced(connection: sqlite3.Connection, generation: Generation, document: DocumentId) -> None:
    """Keep a document as it is, or that it is not there, unless an earlier state of it is kept already."""
    if read_trial(connection, generation) is None:
        return
    row = connection.execute(
        "SELECT row, input_key, source, modified_ns, size, content_hash, metadata FROM documents"
        " WHERE generation = ? AND id = ?",
        [generation.id, document],
    ).fetchone()
    number, *columns = row or (-1, "", "", 0, 0, "", None)
    chunks = connection.execute(
        "SELECT id, position, content, terms, questions FROM chunks JOIN chunk_terms ON chunk_terms.rowid = chunks.row"
        " WHERE document = ? ORDER BY position",
        [number],
    ).fetchall()
    connection.execute(
        "INSERT OR IGNORE INTO replaced_documents (generation, id, input_key, source, modified_ns, size, content_hash,"
        " metadata, chunks) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [generation.id, document, *columns, json.dumps(chunks, ensure_ascii=False)],
    )


def kept_documents(connection: sqlite3.Connection, generation: Generation) -> tuple[DocumentId, ...]:
    """The documents that the open trial has touched."""
    rows = connection.execute("SELECT id FROM replaced_documents WHERE generation = ? ORDER BY id", [generation.id])
    return tuple(DocumentId(key) for (key,) in rows)


def put_back(connection: sqlite3.Connection, generation: Generation, document: DocumentId) -> None:
    """Make the kept state of a document live again; what took its place must be gone."""
    *columns, chunks = connection.execute(
        "SELECT input_key, source, modified_ns, size, content_hash, metadata, chunks FROM replaced_documents"
        " WHERE generation = ? AND id = ?",
        [generation.id, document],
    ).fetchone()
    if columns[-1] is None:
        return
    number = connection.execute(
        "INSERT INTO documents (generation, id, input_key, source, modified_ns, size, content_hash, metadata)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [generation.id, document, *columns],
    ).lastrowid
    for chunk in json.loads(chunks):
        _put_back_chunk(connection, generation, number, chunk)


def _put_back_chunk(
    connection: sqlite3.Connection, generation: Generation, document: int | None, chunk: tuple[str, int, str, str, int]
) -> None:
    chunk_id, position, content, terms, questions = chunk
    inserted = connection.execute(
        "INSERT INTO chunks (document, generation, id, position, content, questions) VALUES (?, ?, ?, ?, ?, ?)",
        [document, generation.id, chunk_id, position, content, questions],
    )
    connection.execute("INSERT INTO chunk_terms (rowid, terms) VALUES (?, ?)", [inserted.lastrowid, terms])
    connection.executemany(
        "DELETE FROM unclaimed_vectors WHERE generation = ? AND chunk_id = ?",
        [(generation.id, key) for key in (chunk_id, *question_ids(ChunkId(chunk_id), questions))],
    )
