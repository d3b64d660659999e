"""The books of usage and of what admins did; implement `bot.ledgers.UsageBook` and `bot.ledgers.AuditBook`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, delete, insert, select

from bot.records import AuditEntry, UsageCount
from bot.store.database import Database
from bot.store.models.ledgers import audit, usage
from bot.store.statements import add_up


class SqlUsage:
    """One counter for each day, subject and name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, subject: str, name: str, *, day: date, amount: int = 1) -> None:
        """Count something up."""
        values = {"day": day, "subject": subject, "name": name, "amount": amount}
        await self._database.write(lambda connection: add_up(connection, usage, values, counter="amount"))

    async def add_all(self, counts: Sequence[UsageCount]) -> None:
        """Count several things up, all of them or none."""
        rows = [{"day": each.day, "subject": each.subject, "name": each.name, "amount": each.amount} for each in counts]

        def work(connection: Connection) -> None:
            for row in rows:
                add_up(connection, usage, row, counter="amount")

        await self._database.write(work)

    async def forget(self, *, before: date) -> int:
        """Drop the counts of earlier days."""
        gone = delete(usage).where(usage.c.day < before)
        return await self._database.write(lambda connection: connection.execute(gone).rowcount)

    async def counts(self, *, since: date, until: date) -> tuple[UsageCount, ...]:
        """All counts of the days from `since` to `until`, both included."""
        found = select(usage).where(usage.c.day.between(since, until))
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        counts = (UsageCount(day=row.day, subject=row.subject, name=row.name, amount=row.amount) for row in rows)
        return tuple(sorted(counts, key=lambda count: (count.day, count.subject, count.name)))


class SqlAudit:
    """Rows are added; triggers refuse to change or remove them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, entry: AuditEntry) -> None:
        """Add an entry."""
        values = {
            "at": entry.at,
            "actor": entry.actor,
            "action": entry.action,
            "subject": entry.subject,
            "details": dict(entry.details),
        }

        def work(connection: Connection) -> None:
            connection.execute(insert(audit), values)

        await self._database.write(work)

    async def latest(self, *, limit: int) -> tuple[AuditEntry, ...]:
        """The last entries, the latest first."""
        found = select(audit).order_by(audit.c.number.desc()).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return tuple(
            AuditEntry(at=row.at, actor=row.actor, action=row.action, subject=row.subject, details=row.details)
            for row in rows
        )
