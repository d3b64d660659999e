"""An SQLite file opened for many readers and one writer, without blocking the event loop."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from rag.backends.disk_trouble import remedy_of
from rag.backends.sqlite.schema import migrate
from rag.errors import StorageFailed

_Result = TypeVar("_Result")

_READERS = 4
_PRAGMAS = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
"""

_READING = "PRAGMA cache_size = -512;"
"""KB that a reader keeps of the file; four times as much made no search faster, because the system keeps it as well."""


class Database:
    """Runs functions on connections: reads on a small pool, writes one after the other, each in a transaction."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="catalogue-read")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="catalogue-write")

    async def read(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        """The result of a function on a read connection that sees one state of the file. Raises StorageFailed."""

        def snapshot() -> _Result:
            connection = self._connection(_READING)
            connection.execute("BEGIN")
            try:
                return work(connection)
            finally:
                connection.rollback()

        return await self._run(self._readers, snapshot)

    async def write(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        """The result of a function inside one transaction: all of it is stored, or nothing. Raises StorageFailed."""

        def transaction() -> _Result:
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(connection)
                connection.execute("UPDATE revision SET number = number + 1")
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise
            return result

        return await self._run(self._writer, transaction)

    async def migrate(self) -> None:
        """Bring the file to the newest schema. Raises StorageFailed."""
        await self._run(self._writer, lambda: migrate(self._connection()))

    async def scrub(self, *before: str) -> None:
        """Run statements, then write the file anew without what was deleted. Raises StorageFailed."""

        def work() -> None:
            connection = self._connection()
            for statement in (*before, "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.execute(statement).fetchall()

        await self._run(self._writer, work)

    async def close(self) -> None:
        """Wait for what runs and close every connection."""
        await asyncio.to_thread(self._shut_down)

    def _shut_down(self) -> None:
        self._readers.shutdown()
        self._writer.shutdown()
        for connection in self._connections:
            connection.close()

    async def _run(self, pool: ThreadPoolExecutor, work: Callable[[], _Result]) -> _Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, work)
        except (sqlite3.Error, OSError, ValueError) as error:
            raise StorageFailed(_explained(self._path, error)) from error

    def _connection(self, more: str = "") -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = _connect(self._path, _PRAGMAS + more)
            self._connections.append(connection)
        return connection


def gathered(connection: sqlite3.Connection, columns: str, query: str, parameters: Sequence[object]) -> list[list[Any]]:
    """All rows of a query at once, in no order, fractions to 15 digits: for what an answer waits for.

    Each row that a cursor steps to lets go of the interpreter and has to get it back: two hundred rows cost 0.1 ms
    alone and 9 ms beside a thread that computes, one row that holds them all 0.2 and 1.3 ms.
    """
    told = connection.execute(f"SELECT json_group_array(json_array({columns})) FROM ({query})", parameters).fetchone()
    rows: list[list[Any]] = json.loads(told[0])
    return rows


def _connect(path: Path, pragmas: str) -> sqlite3.Connection:
    # Closing happens on another thread than use, after both pools have stopped.
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    try:
        connection.executescript(pragmas)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _explained(path: Path, error: Exception) -> str:
    name = f"the catalogue {path.name!r} failed: {error}"
    if remedy := remedy_of(str(error), folder=str(path.parent)):
        return f"{name}; {remedy}"
    text = str(error).lower()
    if "not a database" in text or "malformed" in text:
        return f"{name}; the file is damaged: move it away and index again"
    return name


@asynccontextmanager
async def open_database(path: Path) -> AsyncIterator[Database]:
    """A database at its newest schema, closed at the end. Raises StorageFailed."""
    database = Database(path)
    try:
        await database.migrate()
        yield database
    finally:
        await database.close()
