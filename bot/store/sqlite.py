"""The store in a SQLite file: one thread writes, a few read, the event loop waits for neither and looks up rows itself.

SQLAlchemy's asynchronous SQLite driver crosses threads several times a statement; a whole transaction on its own
thread crosses once, which was measured to be more than three times as fast.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from threading import Lock, local
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bot.store.columns import to_json
from bot.store.database import Undone, Work, store_failed
from bot.store.lanes import Lanes, Task
from bot.store.tidying import Tidier

_Result = TypeVar("_Result")

_READERS = 3
_TOGETHER = 8
"""Works in one transaction at most: what comes first waits for the last, and beyond this there is little to gain."""
_TIDIED_EVERY = 200
"""Commits between two checkpoints: often enough that the log stays at a few megabytes."""
_BUSY_TIMEOUT_S = 15.0
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    # The writer's own checkpoint, for which commits wait: only where the tidier does not keep up, at 64 MB.
    "PRAGMA wal_autocheckpoint = 16384",
)


class SqliteDatabase:
    """Implements `bot.store.database.Database`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = _engine(path)
        self._writer = Lanes(self._commit, name="store-write", threads=1, most=_TOGETHER)
        self._readers = Lanes(_call, name="store-read", threads=_READERS, most=1)
        self._checkpoints = Lock()
        self._own = local()
        self._kept: list[Connection] = []
        self._closed = False
        self._tidier = Tidier(lambda: self._checkpoint("PASSIVE"), every=_TIDIED_EVERY)

    async def read(self, work: Work[_Result], *, urgent: bool = False) -> _Result:
        """The result of a function that sees one state of the file.

        What is urgent is a row or two, and is read at once on the event loop's own thread: handing it to another one
        and back was measured to take several times as long. It waits for no lock: where it would have to, and where
        anything else is wrong, it is handed over like the others.
        """
        if urgent and not self._closed:
            with suppress(OperationalError, sqlite3.OperationalError):
                return self._snapshot(work, patient=False)
        return await self._run(self._readers, lambda: self._snapshot(work), urgent=urgent)

    async def write(self, work: Work[_Result], *, urgent: bool = False) -> _Result:
        """The result of a function inside one transaction, which works that waited together share."""
        return await self._run(self._writer, work, urgent=urgent)

    async def scrub(self, *, thoroughly: bool = False) -> None:
        """Empty the write-ahead log, which keeps rows that the file itself has overwritten.

        `secure_delete` overwrites a deleted row, and not the copies of it that pages leave behind when they are split:
        in one of some hundred rows that was measured. Only a file that is written anew holds none.
        """

        def checkpoint(connection: Connection) -> None:
            if connection.in_transaction():
                # Works before it share this turn, and nobody can empty a log that is being written: alone, then.
                raise Undone(result=None)
            if thoroughly:
                self._rewrite()
            if self._checkpoint("TRUNCATE"):
                raise sqlite3.OperationalError("the write-ahead log is busy: a reader keeps it from being emptied")

        await self._run(self._writer, checkpoint, urgent=False)

    async def close(self) -> None:
        """Wait for what runs and close every connection."""
        self._closed = True
        await asyncio.to_thread(self._shut_down)

    def _snapshot(self, work: Work[_Result], *, patient: bool = True) -> _Result:
        connection = self._connection(writes=False, patient=patient)
        try:
            return work(connection)
        finally:
            connection.rollback()

    def _commit(self, tasks: Iterator[Task]) -> None:
        """Runs works in one transaction. Where one of them fails, each has another try in one of its own."""
        # Drawn before anything can fail: a task that nobody has drawn would never hear of the failure.
        begun = list(islice(tasks, 1))
        if not begun:
            return
        try:
            connection = self._connection(writes=True)
            try:
                begun[0].result = begun[0].work(connection)
                for task in tasks:
                    begun.append(task)
                    task.result = task.work(connection)
                connection.commit()
            finally:
                connection.rollback()
        except Undone as undone:
            self._settle_apart(begun, result=undone.result)
        except BaseException as error:  # noqa: BLE001 - whoever waits for the work gets it
            self._settle_apart(begun, error=error)
        else:
            self._tidier.committed()

    def _connection(self, *, writes: bool, patient: bool = True) -> Connection:
        """This thread's own connection, without a transaction: making one takes longer than most statements."""
        if not hasattr(self._own, "connection"):
            self._own.connection = self._engine.connect().execution_options(writes=writes)
            self._kept.append(self._own.connection)
            if not patient:
                self._own.connection.connection.cursor().execute("PRAGMA busy_timeout = 0").close()
        connection: Connection = self._own.connection
        return connection

    def _settle_apart(
        self, begun: Sequence[Task], *, result: object = None, error: BaseException | None = None
    ) -> None:
        match begun:
            case [task]:
                task.result, task.error = result, error
            case _:
                for task in begun:
                    self._commit(iter([task]))

    def _checkpoint(self, mode: str) -> bool:
        """Carries the write-ahead log into the file; whether somebody kept it from doing all that the mode asks for."""
        # SQLite lets a second checkpoint fail at once, however long it may wait for other locks.
        with self._checkpoints:
            raw = self._engine.raw_connection()
            try:
                busy, *_ = raw.cursor().execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
            finally:
                raw.close()
        return bool(busy)

    def _rewrite(self) -> None:
        """Writes the whole file anew, which takes seconds for some hundred megabytes; readers go on, writers wait."""
        raw = self._engine.raw_connection()
        try:
            raw.cursor().execute("VACUUM").close()
        finally:
            raw.close()

    def _shut_down(self) -> None:
        self._readers.close()
        self._writer.close()
        self._tidier.close()
        for connection in self._kept:
            connection.close()
        self._engine.dispose()

    async def _run(self, lanes: Lanes, work: Callable[..., _Result], *, urgent: bool) -> _Result:
        try:
            result: _Result = await lanes.run(work, urgent=urgent)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise store_failed(repr(self._path.name), error) from error
        return result


def _call(tasks: Iterator[Task]) -> None:
    for task in tasks:
        try:
            task.result = task.work()
        except BaseException as error:  # noqa: BLE001 - whoever waits for the work gets it
            task.error = error


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
        pool_size=_READERS + 4,
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
    # Straight to the driver: SQLAlchemy's way there takes longer than the statement.
    connection.connection.cursor().execute("BEGIN IMMEDIATE" if writes else "BEGIN").close()
