"""The book of events that were seen; implements `bot.ports.EventBook`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete

from bot.store.database import Database, Undone
from bot.store.models.conversing import events
from bot.store.statements import add_all_new


class SqlEvents:
    """Claims are rows; the primary key lets one claim through."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, keys: Sequence[str], *, at: datetime) -> bool:
        """Take an event by all of its keys at once; False when any of them was taken before."""

        def work(connection: Connection) -> bool:
            take(connection, keys, at=at)
            return True

        return await self._database.write(work, urgent=True)

    async def forget(self, *, before: datetime) -> int:
        """Drop claims that are older than any redelivery; returns how many."""
        return await self._database.write(
            lambda connection: connection.execute(delete(events).where(events.c.at < before)).rowcount
        )


def take(connection: Connection, keys: Sequence[str], *, at: datetime) -> None:
    """Claim all keys. Raises Undone, with the result False, when one was taken before."""
    # In one order everywhere: two claims that wait for each other's keys would otherwise end in a deadlock.
    if not add_all_new(connection, events, [{"key": key, "at": at} for key in sorted(set(keys))]):
        raise Undone(result=False)
