"""The file under the catalogue: its schema's steps, other programs beside it, and files that cannot be used."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from rag.backends.sqlite.database import open_database
from rag.backends.sqlite.schema import MIGRATIONS, migrate
from rag.errors import StorageFailed


async def test_a_file_that_is_no_database_is_named_with_its_mend(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    path.write_bytes(b"junk" * 1000)
    with pytest.raises(StorageFailed, match=r"library\.sqlite3.*damaged"):
        async with open_database(path):
            pass


async def test_a_file_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(StorageFailed, match="newer"):
        async with open_database(path):
            pass


async def test_a_program_that_waits_for_another_ones_migration_goes_on_from_there(tmp_path: Path) -> None:
    first, second = (
        sqlite3.connect(tmp_path / "library.sqlite3", isolation_level=None, check_same_thread=False) for _ in range(2)
    )
    waiting = threading.Event()
    second.set_trace_callback(lambda statement: waiting.set() if "BEGIN IMMEDIATE" in statement else None)
    first.execute("BEGIN IMMEDIATE")
    late = asyncio.create_task(asyncio.to_thread(migrate, second))
    assert await asyncio.to_thread(waiting.wait, 5)
    first.execute("ROLLBACK")
    migrate(first)
    await late
    assert second.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    first.close()
    second.close()


async def test_an_older_file_is_brought_up_with_its_words(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    connection = sqlite3.connect(path)
    connection.executescript(MIGRATIONS[0])
    connection.execute("INSERT INTO chunk_terms (rowid, terms) VALUES (7, 'don''t stop')")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()
    async with open_database(path) as database:
        terms = await database.read(lambda reader: reader.execute("SELECT term FROM term_counts ORDER BY 1").fetchall())
        rows = await database.read(lambda reader: reader.execute("SELECT rowid, terms FROM chunk_terms").fetchall())
    assert (terms, rows) == ([("don't",), ("stop",)], [(7, "don't stop")])
