"""The catalogue's tables. The list of migrations is append-only; `PRAGMA user_version` counts those applied."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

MIGRATIONS = (
    """
    CREATE TABLE generations (
        id INTEGER PRIMARY KEY,
        identity TEXT NOT NULL,
        embedder TEXT NOT NULL,
        collection TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL UNIQUE CHECK (state IN ('building', 'live')),
        created TEXT NOT NULL
    );
    CREATE TABLE inputs (
        key TEXT PRIMARY KEY,
        path TEXT NOT NULL,
        name TEXT
    );
    CREATE TABLE documents (
        row INTEGER PRIMARY KEY,
        generation INTEGER NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
        id TEXT NOT NULL,
        input_key TEXT NOT NULL,
        source TEXT NOT NULL,
        modified_ns INTEGER NOT NULL,
        size INTEGER NOT NULL,
        content_hash TEXT NOT NULL,
        metadata TEXT NOT NULL,
        UNIQUE (generation, id)
    );
    CREATE TABLE chunks (
        row INTEGER PRIMARY KEY,
        document INTEGER NOT NULL REFERENCES documents (row) ON DELETE CASCADE,
        generation INTEGER NOT NULL,
        id TEXT NOT NULL,
        position INTEGER NOT NULL,
        content TEXT NOT NULL,
        UNIQUE (generation, id),
        UNIQUE (document, position)
    );
    CREATE VIRTUAL TABLE chunk_terms USING fts5 (
        terms, tokenize = "unicode61 remove_diacritics 0 tokenchars '.+#&-/_'"
    );
    CREATE VIRTUAL TABLE term_counts USING fts5vocab (chunk_terms, row);
    CREATE TRIGGER chunk_terms_follow AFTER DELETE ON chunks BEGIN
        DELETE FROM chunk_terms WHERE rowid = old.row;
    END;
    CREATE TABLE unclaimed_vectors (
        generation INTEGER NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
        chunk_id TEXT NOT NULL,
        PRIMARY KEY (generation, chunk_id)
    ) WITHOUT ROWID;
    CREATE TABLE revision (number INTEGER NOT NULL);
    INSERT INTO revision VALUES (0);
    """,
    # A token of the lexical table is one of our terms and nothing else: only blanks part them. Tokens that SQLite cut
    # again, as at the apostrophe of "don't", were not found among the counts.
    """
    DROP TABLE term_counts;
    CREATE VIRTUAL TABLE whole_terms USING fts5 (
        terms, tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
    );
    INSERT INTO whole_terms (rowid, terms) SELECT rowid, terms FROM chunk_terms;
    DROP TRIGGER chunk_terms_follow;
    DROP TABLE chunk_terms;
    ALTER TABLE whole_terms RENAME TO chunk_terms;
    CREATE VIRTUAL TABLE term_counts USING fts5vocab (chunk_terms, row);
    CREATE TRIGGER chunk_terms_follow AFTER DELETE ON chunks BEGIN
        DELETE FROM chunk_terms WHERE rowid = old.row;
    END;
    """,
    """
    CREATE TABLE installation (id TEXT NOT NULL);
    INSERT INTO installation VALUES (lower(hex(randomblob(6))));
    CREATE TABLE retired_collections (name TEXT PRIMARY KEY) WITHOUT ROWID;
    """,
    # What a run on trial has replaced in the live generation, to be put back; what was not there has no metadata.
    """
    CREATE TABLE trial (generation INTEGER NOT NULL REFERENCES generations (id) ON DELETE CASCADE, marks TEXT NOT NULL);
    CREATE TABLE replaced_documents (
        generation INTEGER NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
        id TEXT NOT NULL,
        input_key TEXT NOT NULL,
        source TEXT NOT NULL,
        modified_ns INTEGER NOT NULL,
        size INTEGER NOT NULL,
        content_hash TEXT NOT NULL,
        metadata TEXT,
        chunks TEXT NOT NULL,
        PRIMARY KEY (generation, id)
    ) WITHOUT ROWID;
    CREATE TABLE marks (content TEXT NOT NULL);
    """,
    """
    ALTER TABLE inputs ADD COLUMN filing TEXT NOT NULL DEFAULT '';
    ALTER TABLE inputs ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
    """,
    # How many questions a chunk brings along: each has a vector whose id is the chunk's with '?' and a number.
    """
    ALTER TABLE chunks ADD COLUMN questions INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX chunks_with_questions ON chunks (generation) WHERE questions > 0;
    """,
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to the newest schema, one transaction a step.

    Raises:
        sqlite3.Error: the file cannot be written or is no database.
        ValueError: the file was written by a newer version of the program.
    """
    while (version := _version(connection)) < len(MIGRATIONS):
        connection.execute("BEGIN IMMEDIATE")
        # While this program waited for the transaction, another one may have taken the step.
        if _version(connection) == version:
            for statement in _statements(MIGRATIONS[version]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")
        connection.execute("COMMIT")
    if version > len(MIGRATIONS):
        problem = f"schema version {version!r} is newer than the {len(MIGRATIONS)} that this program knows"
        raise ValueError(f"{problem}; install the newer program again, or set ADVISOR_HOME to another folder")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one, because `executescript` would end the transaction that they belong to."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
