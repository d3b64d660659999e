"""The book of what admins oversee; implements `bot.oversight_records.OversightBook`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from bot.oversight_records import Evaluation, QuestionMark, SlipKind
from bot.store.database import Database
from bot.store.models.oversight import controls, evaluations, slips
from bot.store.statements import put


class SqlOversight:
    """One row for each thing that is set, each slip and each run."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def controls(self) -> Mapping[str, Any]:
        """All that is set, by name."""
        rows = await self._database.read(lambda connection: connection.execute(select(controls)).all())
        return {row.name: row.value for row in rows}

    async def set(self, name: str, value: Any, *, at: datetime) -> None:
        """Set something; None takes it back."""

        def work(connection: Connection) -> None:
            if value is None:
                connection.execute(delete(controls).where(controls.c.name == name))
            else:
                put(connection, controls, {"name": name, "value": value, "at": at})

        await self._database.write(work)

    async def keep_slip(self, slip_id: str, kind: SlipKind, content: Mapping[str, Any], *, at: datetime) -> None:
        """Keep what a button stands for."""
        values = {"id": slip_id, "kind": kind.value, "content": dict(content), "at": at}
        await self._database.write(lambda connection: put(connection, slips, values))

    async def slip(self, slip_id: str, kind: SlipKind) -> Mapping[str, Any] | None:
        """What a button stands for."""
        found = select(slips.c.content).where(slips.c.id == slip_id, slips.c.kind == kind.value)
        content: Mapping[str, Any] | None = await self._database.read(
            lambda connection: connection.execute(found).scalar()
        )
        return content

    async def forget_slips(self, *, before: datetime) -> int:
        """Drop old slips."""
        gone = delete(slips).where(slips.c.at < before)
        return await self._database.write(lambda connection: connection.execute(gone).rowcount)

    async def save_evaluation(self, evaluation: Evaluation) -> None:
        """Store a run."""
        values = {
            "at": evaluation.at,
            "name": evaluation.name,
            "marks": [asdict(mark) for mark in evaluation.marks],
        }

        def work(connection: Connection) -> None:
            connection.execute(insert(evaluations), values)

        await self._database.write(work)

    async def evaluations(self, name: str, *, limit: int) -> Sequence[Evaluation]:
        """The last runs over a set."""
        found = select(evaluations).where(evaluations.c.name == name)
        found = found.order_by(evaluations.c.number.desc()).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return tuple(
            Evaluation(name=row.name, at=row.at, marks=tuple(QuestionMark(**mark) for mark in row.marks))
            for row in rows
        )
