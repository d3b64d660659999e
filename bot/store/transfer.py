"""Carries all rows of a store from one database to another, so that a backup fits either."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Row, Table, func, insert, select, text

from bot.store.database import Database
from bot.store.migrating import upgrade
from bot.store.models import metadata
from bot.store.sqlite import SqliteDatabase, connect_file

_ROWS = 500


async def export_rows(source: Database, file: Path) -> None:
    """Copy one state of a store into a new SQLite file. Raises StoreFailed."""
    target = SqliteDatabase(file)
    try:
        await upgrade(target)
    finally:
        await target.close()

    def work(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connect_file(file) as copy:
            _copy_all(connection, copy)
            copy.commit()

    await source.read(work)


async def import_rows(file: Path, target: Database) -> None:
    """Replace all rows of a PostgreSQL store by those of a SQLite file at the newest schema. Raises StoreFailed."""

    def work(connection: Connection) -> None:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        with connect_file(file) as source:
            _copy_all(source, connection)
        for table in metadata.sorted_tables:
            if "number" in table.c:
                _count_on(connection, table)

    await target.write(work)


def _copy_all(source: Connection, target: Connection) -> None:
    for table in metadata.sorted_tables:
        rows = source.execution_options(yield_per=_ROWS).execute(select(table))
        for part in rows.partitions():
            target.execute(insert(table), [_values(row) for row in part])


def _values(row: Row[tuple[object, ...]]) -> dict[str, object]:
    return dict(row._mapping)


def _count_on(connection: Connection, table: Table) -> None:
    """Rows that come with their numbers leave the database's own counter behind."""
    highest = connection.execute(select(func.max(table.c.number))).scalar()
    if highest is not None:
        sequence = func.pg_get_serial_sequence(table.name, "number")
        connection.execute(select(func.setval(sequence, highest)))
