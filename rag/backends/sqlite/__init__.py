"""The catalogue on SQLite with FTS5: liveness, documents and lexical rows in one file and one transaction."""
