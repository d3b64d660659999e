"""The book of what people hand in for the library; implements `bot.document_records.HandInBook`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, select, update

from bot.document_records import WAITING, HandIn, HandInState, Shelf
from bot.store.database import Database
from bot.store.models.documents import hand_ins
from bot.store.statements import add_new, place_of, place_values
from rag.types import DocumentKind, Language

_PLAIN = (
    *("id", "claim", "batch", "person", "name", "title", "file", "reference", "suffix", "size", "digest"),
    *("sections", "pages", "heading", "text", "document", "reason", "at"),
)
"""Columns that are called and stored as the fields are."""

_FIXED = frozenset({"id", "claim", "batch", "person", "at"})
_WAITING = tuple(each.value for each in WAITING)


class SqlHandIns:
    """Each change is a conditional update, so that of two people who act at once one succeeds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, hand_in: HandIn) -> bool:
        """Store a hand-in; False when there is one with its claim."""
        values = {**_values(hand_in), "revision": 0}
        return await self._database.write(lambda connection: add_new(connection, hand_ins, values))

    async def get(self, hand_in_id: str) -> HandIn | None:
        """One hand-in."""
        return await self._first(hand_ins.c.id == hand_in_id)

    async def find(self, number: int) -> HandIn | None:
        """The hand-in with a number."""
        return await self._first(hand_ins.c.number == number)

    async def batch(self, batch: str) -> tuple[HandIn, ...]:
        """What came together."""
        return await self._all(select(hand_ins).where(hand_ins.c.batch == batch).order_by(hand_ins.c.number))

    async def of(self, person: str, *, limit: int) -> tuple[HandIn, ...]:
        """What a person has handed in."""
        own = select(hand_ins).where(hand_ins.c.person == person)
        return await self._all(own.order_by(hand_ins.c.number.desc()).limit(limit))

    async def waiting(self, person: str) -> int:
        """How many hand-ins of a person have no end yet."""
        mine = (hand_ins.c.person == person) & hand_ins.c.state.in_(_WAITING)
        count = select(func.count()).select_from(hand_ins).where(mine)
        return await self._database.read(lambda connection: int(connection.execute(count).scalar_one()))

    async def review(self, *, limit: int) -> tuple[HandIn, ...]:
        """What waits to be decided on."""
        undecided = (HandInState.PROPOSED.value, HandInState.PUBLISHING.value)
        found = select(hand_ins).where(hand_ins.c.state.in_(undecided))
        return await self._all(found.order_by(hand_ins.c.number).limit(limit))

    async def left(self, state: HandInState, *, before: datetime) -> tuple[HandIn, ...]:
        """What has been in a state since before a time."""
        found = select(hand_ins).where(hand_ins.c.state == state.value, hand_ins.c.at < before)
        return await self._all(found.order_by(hand_ins.c.number))

    async def change(self, hand_in: HandIn, *, known: Collection[HandInState]) -> bool:
        """Store a hand-in as it is now."""
        same = _in(hand_in.id, known) & (hand_ins.c.revision == hand_in.revision)
        values = {name: value for name, value in _values(hand_in).items() if name not in _FIXED}
        change = update(hand_ins).where(same).values(**values, revision=hand_in.revision + 1)
        return await self._database.write(lambda connection: connection.execute(change).rowcount == 1)

    async def drop(self, hand_in_id: str, *, known: Collection[HandInState]) -> bool:
        """Forget a hand-in."""
        gone = delete(hand_ins).where(_in(hand_in_id, known))
        return await self._database.write(lambda connection: connection.execute(gone).rowcount == 1)

    async def _first(self, wanted: ColumnElement[bool]) -> HandIn | None:
        found = await self._all(select(hand_ins).where(wanted).limit(1))
        return found[0] if found else None

    async def _all(self, wanted: Select[Any]) -> tuple[HandIn, ...]:
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return tuple(_hand_in(row) for row in rows)


def _in(hand_in_id: str, known: Collection[HandInState]) -> ColumnElement[bool]:
    return (hand_ins.c.id == hand_in_id) & hand_ins.c.state.in_([each.value for each in known])


def _values(hand_in: HandIn) -> dict[str, Any]:
    return {
        **{name: getattr(hand_in, name) for name in _PLAIN},
        **place_values(hand_in.place),
        "shelf": hand_in.shelf.value,
        "kind": hand_in.kind.value,
        "language": hand_in.language.value,
        "audience": sorted(hand_in.audience),
        "state": hand_in.state.value,
        "question_id": hand_in.question_id or None,
    }


def _hand_in(row: Row[Any]) -> HandIn:
    return HandIn(
        **{name: getattr(row, name) for name in _PLAIN},
        place=place_of(row),
        shelf=Shelf(row.shelf),
        kind=DocumentKind(row.kind),
        language=Language(row.language),
        audience=frozenset(row.audience),
        state=HandInState(row.state),
        question_id=row.question_id or "",
        number=row.number,
        revision=row.revision,
    )
