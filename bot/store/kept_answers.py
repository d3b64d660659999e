"""Answers that are given again, in the store: they outlive a restart; implements `rag.ports.AnswerCache`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, delete, select

from bot.errors import StoreFailed
from bot.store.database import Database
from bot.store.models.ledgers import kept_answers
from bot.store.statements import put
from rag.ports import KeptAnswer

log = logging.getLogger(__name__)

_MOST = 2000
"""Rows; one takes some ten kilobytes with its passages."""

_KEPT = TypeAdapter(KeptAnswer)


class SqlAnswerCache:
    """Keeps nothing until it is given a database, which opens after the library; a store that fails costs no answer.

    Args:
        keep: how long an answer is given again.
        now: the time, aware and in UTC.
        most: how many answers are kept; the oldest make room.
    """

    def __init__(self, *, keep: timedelta, now: Callable[[], datetime], most: int = _MOST) -> None:
        self._keep = keep
        self._now = now
        self._most = most
        self._database: Database | None = None

    def attach(self, database: Database) -> None:
        """Keep answers in this database from now on."""
        self._database = database

    async def get(self, key: str) -> KeptAnswer | None:
        """What was kept under a key, unless its time is over or another version kept it."""
        if self._database is None:
            return None
        found = select(kept_answers.c.content).where(kept_answers.c.key == key, kept_answers.c.until > self._now())
        try:
            row = await self._database.read(lambda connection: connection.execute(found).first())
            return _KEPT.validate_python(row.content) if row else None
        except (StoreFailed, ValidationError) as error:
            log.warning("kept_answer_not_read", extra={"error": type(error).__name__})
            return None

    async def put(self, key: str, kept: KeptAnswer) -> None:
        """Keep an answer."""
        if self._database is None:
            return
        now = self._now()
        values = {"key": key, "until": now + self._keep, "content": _KEPT.dump_python(kept, mode="json")}

        def work(connection: Connection) -> None:
            put(connection, kept_answers, values)
            connection.execute(delete(kept_answers).where(kept_answers.c.until <= now))
            latest = select(kept_answers.c.key).order_by(kept_answers.c.until.desc(), kept_answers.c.key)
            for (old,) in connection.execute(latest.offset(self._most)).all():
                connection.execute(delete(kept_answers).where(kept_answers.c.key == old))

        try:
            await self._database.write(work)
        except StoreFailed as error:
            log.warning("answer_not_kept", extra={"error": type(error).__name__})

    async def clear(self) -> None:
        """Forget every answer. Raises StoreFailed: who asks for this relies on it."""
        if self._database is not None:
            await self._database.write(_empty)


def _empty(connection: Connection) -> None:
    connection.execute(delete(kept_answers))
