"""Statements that SQLite and PostgreSQL spell alike, and that settle races by the tables' own constraints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Row, Table, TextClause, bindparam, text
from sqlalchemy.dialects import postgresql, sqlite

from bot.chat import Place, PlaceKind


def add_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless a constraint of the table says that it is there already; whether it was new."""
    return connection.execute(_unless_known(connection.dialect.name, table), values).rowcount == 1


def add_all_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Insert rows unless a constraint of the table says that they are there already; whether all of them were new."""
    values = {f"{name}_{number}": value for number, row in enumerate(rows) for name, value in row.items()}
    if not rows:
        return True
    return connection.execute(_all_unless_known(table, len(rows)), values).rowcount == len(rows)


def put(connection: Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Insert a row with all of its columns, or replace the one with the same primary key."""
    connection.execute(_in_place(connection.dialect.name, table), values)


def add_up(connection: Connection, table: Table, values: Mapping[str, Any], *, counter: str) -> None:
    """Insert a row, or add its counter to that of the one with the same primary key."""
    statement = _insert(connection.dialect.name, table)
    total = table.c[counter] + statement.excluded[counter]
    connection.execute(statement.on_conflict_do_update(index_elements=_keys(table), set_={counter: total}), values)


def place_values(place: Place) -> dict[str, str]:
    """A place as the columns of a table."""
    return {
        "platform": place.platform,
        "workspace": place.workspace,
        "channel": place.channel,
        "thread": place.thread,
        "place_kind": place.kind.value,
    }


def place_of(row: Row[Any]) -> Place:
    """The place in the columns of a table."""
    return Place(
        platform=row.platform,
        workspace=row.workspace,
        channel=row.channel,
        thread=row.thread,
        kind=PlaceKind(row.place_kind),
    )


# Making a statement takes longer than running it, so those that every question needs are made once.


@cache
def _unless_known(dialect: str, table: Table) -> Insert:
    return _insert(dialect, table).on_conflict_do_nothing()


@cache
def _all_unless_known(table: Table, count: int) -> TextClause:
    # Written out, for SQLAlchemy compiles an insertion of several rows anew each time.
    names = [column.name for column in table.c]
    rows = [", ".join(f":{name}_{number}" for name in names) for number in range(count)]
    values = ", ".join(f"({row})" for row in rows)
    types = [bindparam(f"{each.name}_{number}", type_=each.type) for each in table.c for number in range(count)]
    written = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES {values} ON CONFLICT DO NOTHING"
    return text(written).bindparams(*types)


@cache
def _in_place(dialect: str, table: Table) -> Insert:
    statement = _insert(dialect, table)
    keys = _keys(table)
    changed = {column.name: statement.excluded[column.name] for column in table.c if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def _insert(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _keys(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]
