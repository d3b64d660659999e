"""The store in a SQLite file: one thread writes, a few read, the event loop waits for neither.

SQLAlchemy's asynchronous SQLite driver crosses threads several times a statement; a whole transaction on its own
thread crosses once, which was measured to be more than three times as fast.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from bot.store.columns import to_json
from bot.store.database import Work, store_failed

_Result = TypeVar("_Result")

_READERS = 3
_BUSY_TIMEOUT_S = 15.0
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
)


class SqliteDatabase:
    """Implements `bot.store.database.Database`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = _engine(path)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-write")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-read")

    async def read(self, work: Work[_Result]) -> _Result:
        """The result of a function that sees one state of the file."""

        def snapshot() -> _Result:
            with self._engine.connect() as connection:
                return work(connection)

        return await self._run(self._readers, snapshot)

    async def write(self, work: Work[_Result]) -> _Result:
        """The result of a function inside one transaction."""
        return await self._run(self._writer, lambda: self._transaction(work))

    async def scrub(self) -> None:
        """Empty the write-ahead log, which keeps rows that the file itself has overwritten."""

        def checkpoint() -> None:
            raw = self._engine.raw_connection()
            try:
                busy, *_ = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                raw.close()
            if busy:
                raise sqlite3.OperationalError("the write-ahead log is busy: a reader keeps it from being emptied")

        await self._run(self._writer, checkpoint)

    async def close(self) -> None:
        """Wait for what runs and close every connection."""
        await asyncio.to_thread(self._shut_down)

    def _transaction(self, work: Work[_Result]) -> _Result:
        with self._engine.connect().execution_options(writes=True) as connection:
            result = work(connection)
            connection.commit()
        return result

    def _shut_down(self) -> None:
        self._readers.shutdown()
        self._writer.shutdown()
        self._engine.dispose()

    async def _run(self, pool: ThreadPoolExecutor, work: Callable[[], _Result]) -> _Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, work)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise store_failed(repr(self._path.name), error) from error


@contextmanager
def connect_file(path: Path) -> Iterator[Connection]:
    """A connection of this thread to a SQLite file, for work that runs through two databases at once."""
    engine = _engine(path)
    try:
        with engine.connect() as connection:
            yield connection.execution_options(writes=True)
    finally:
        engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _BUSY_TIMEOUT_S},
        json_serializer=to_json,
        hide_parameters=True,
        pool_size=_READERS + 1,
    )
    event.listen(engine, "do_connect", lambda *_: _create(path))
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _create(path: Path) -> None:
    """People's words are for this user alone; the files beside it inherit the mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # else the driver begins transactions of its own, and none for a change of tables
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later could not wait for another writer; this one waits at once.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
