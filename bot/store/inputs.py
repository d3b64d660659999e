"""The book of inputs; implements `bot.input_records.InputBook`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, delete, select, update

from bot.input_records import InputKind, InputOrigin, InputRecord, InputResult, InputState
from bot.store.columns import cleaned
from bot.store.database import Database
from bot.store.models.inputs import inputs
from bot.store.statements import add_new
from rag.catalogue import Filing

_FILING = TypeAdapter(Filing)
_PROPOSED = InputState.PROPOSED.value


class SqlInputs:
    """One row for each target; of two who add the same at once, the constraint lets one through."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, record: InputRecord) -> InputRecord | None:
        """Store an input; it takes the place of one that is merely proposed."""
        values = {**_values(record), **_result_values(record.result)}
        target = inputs.c.target == cleaned(record.target)

        def work(connection: Connection) -> InputRecord | None:
            if not add_new(connection, inputs, values):
                change = update(inputs).where(target, inputs.c.state == _PROPOSED).values(values)
                if connection.execute(change).rowcount != 1:
                    return None
            return _record(connection.execute(select(inputs).where(target)).one())

        return await self._database.write(work)

    async def all(self) -> tuple[InputRecord, ...]:
        """All of them."""
        wanted = select(inputs).order_by(inputs.c.number)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return tuple(_record(row) for row in rows)

    async def get(self, number: int) -> InputRecord | None:
        """One of them."""
        wanted = select(inputs).where(inputs.c.number == number)
        row = await self._database.read(lambda connection: connection.execute(wanted).first())
        return _record(row) if row else None

    async def save(self, record: InputRecord) -> bool:
        """Store another state, filing, kind and rhythm of an input."""
        values = _values(record)
        changed = {name: values[name] for name in ("state", "filing", "kind", "every_s")}
        change = update(inputs).where(inputs.c.number == record.number).values(changed)
        return await self._database.write(lambda connection: connection.execute(change).rowcount == 1)

    async def note(self, number: int, result: InputResult) -> None:
        """Store what came of reading it last."""
        change = update(inputs).where(inputs.c.number == number).values(_result_values(result))
        await self._database.write(lambda connection: connection.execute(change).rowcount)

    async def remove(self, number: int) -> bool:
        """Forget an input."""
        gone = delete(inputs).where(inputs.c.number == number)
        return await self._database.write(lambda connection: connection.execute(gone).rowcount == 1)


def _values(record: InputRecord) -> dict[str, Any]:
    return {
        "target": record.target,
        "kind": record.kind.value,
        "origin": record.origin.value,
        "state": record.state.value,
        "filing": _FILING.dump_python(record.filing, mode="json"),
        "every_s": round(record.every.total_seconds()),
        "added_at": record.added_at,
    }


def _result_values(result: InputResult | None) -> dict[str, Any]:
    return {
        "checked_at": result.at if result else None,
        "changed_at": result.changed_at if result else None,
        "added": result.added if result else 0,
        "updated": result.updated if result else 0,
        "removed": result.removed if result else 0,
        "failed": result.failed if result else 0,
        "reason": result.reason if result else "",
        "value": result.value if result else "",
    }


def _record(row: Row[Any]) -> InputRecord:
    return InputRecord(
        number=row.number,
        target=row.target,
        kind=InputKind(row.kind),
        origin=InputOrigin(row.origin),
        state=InputState(row.state),
        filing=_FILING.validate_python(row.filing),
        every=timedelta(seconds=row.every_s),
        added_at=row.added_at,
        result=_result(row) if row.checked_at else None,
    )


def _result(row: Row[Any]) -> InputResult:
    return InputResult(
        at=row.checked_at,
        changed_at=row.changed_at,
        added=row.added,
        updated=row.updated,
        removed=row.removed,
        failed=row.failed,
        reason=row.reason,
        value=row.value,
    )
