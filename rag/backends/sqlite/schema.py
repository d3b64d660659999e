"""The catalogue's tables. The list of migrations is append-only; `PRAGMA user_version` counts those applied."""

from __future__ import annotations

import sqlite3

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
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to the newest schema, one transaction a step.

    Raises:
        sqlite3.Error: the file cannot be written or is no database.
        ValueError: the file was written by a newer version of the program.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise ValueError(f"schema version {version!r} is newer than the {len(MIGRATIONS)} that this program knows")
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")
