"""The book of what was seen in the library; implements `bot.schedules.books.SightingBook`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.schedules.records import Sighting
from bot.store.database import Database
from bot.store.models.schedules import sightings
from bot.store.statements import add_new
from rag.types import DocumentId


class SqlSightings:
    """Rows are added in the order of seeing and never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, versions: Mapping[DocumentId, str], *, at: datetime) -> int:
        """Store those that are new; the number of the last one of all."""
        known = select(sightings.c.document_id, sightings.c.version)
        last = select(func.coalesce(func.max(sightings.c.number), 0))

        def work(connection: Connection) -> int:
            seen = {(row.document_id, row.version) for row in connection.execute(known)}
            for document, version in versions.items():
                if (document, version) not in seen:
                    add_new(connection, sightings, {"document_id": document, "version": version, "at": at})
            return int(connection.execute(last).scalar_one())

        return await self._database.write(work)

    async def since(self, number: int) -> tuple[Sighting, ...]:
        """Those after a number, in order."""
        earlier = sightings.alias()
        before = select(earlier.c.number).where(
            earlier.c.document_id == sightings.c.document_id, earlier.c.number < sightings.c.number
        )
        found = select(sightings, before.exists().label("changed")).where(sightings.c.number > number)
        rows = await self._database.read(
            lambda connection: connection.execute(found.order_by(sightings.c.number)).all()
        )
        return tuple(
            Sighting(
                number=row.number,
                document_id=DocumentId(row.document_id),
                version=row.version,
                at=row.at,
                changed=row.changed,
            )
            for row in rows
        )
