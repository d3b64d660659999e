"""The book of what readers think of answers; implements `bot.ports.FeedbackBook` and `bot.ledgers.RatingBook`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from bot.errors import StoreFailed
from bot.records import FeedbackRate, FeedbackRecord, RateGroup, Rating
from bot.store.database import Database
from bot.store.gaps import note_rating
from bot.store.models.conversing import answer_topics, answers, feedback
from bot.store.statements import put

_GROUPS: dict[RateGroup, Any] = {
    RateGroup.DAY: feedback.c.day,
    RateGroup.TOPIC: answer_topics.c.topic,
    RateGroup.PROMPT: answers.c.prompt_hash,
    RateGroup.MODEL: answers.c.model,
}


class SqlFeedback:
    """One row for each person and answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, record: FeedbackRecord) -> None:
        """Store a person's word on an answer in place of their earlier one.

        Raises:
            StoreFailed: no answer has that id.
        """
        values = {
            "answer_id": record.answer_id,
            "person": record.person,
            "rating": record.rating.value,
            "reason": record.reason,
            "text": record.text,
            "at": record.at,
            "day": record.at.astimezone(UTC).date(),
        }

        def work(connection: Connection) -> None:
            known = select(answers.c.id).where(answers.c.id == record.answer_id)
            if connection.execute(known).first() is None:
                raise StoreFailed(f"there is no answer {record.answer_id!r} to rate; it may have been deleted")
            put(connection, feedback, values)
            note_rating(connection, record)

        await self._database.write(work)

    async def get(self, answer_id: str, person: str) -> FeedbackRecord | None:
        """One person's word on an answer."""
        found = select(feedback).where(feedback.c.answer_id == answer_id, feedback.c.person == person)
        row = await self._database.read(lambda connection: connection.execute(found).first())
        if row is None:
            return None
        return FeedbackRecord(
            answer_id=row.answer_id,
            person=row.person,
            rating=Rating(row.rating),
            at=row.at,
            reason=row.reason,
            text=row.text,
        )

    async def rates(self, by: RateGroup, *, since: datetime | None = None) -> tuple[FeedbackRate, ...]:
        """Ratings counted by group, in the order of the groups' names; an answer counts once for each of its topics."""
        group = _GROUPS[by]
        source = feedback.join(answers, answers.c.id == feedback.c.answer_id)
        if by is RateGroup.TOPIC:
            source = source.join(answer_topics, answer_topics.c.answer_id == answers.c.id)
        counts = [func.sum(case((feedback.c.rating == each.value, 1), else_=0)) for each in (Rating.UP, Rating.DOWN)]
        found = select(group, *counts).select_from(source).group_by(group)
        if since is not None:
            found = found.where(feedback.c.at >= since)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return tuple(sorted((_rate(*row) for row in rows), key=lambda rate: rate.group))


def _rate(group: str | date, up: int, down: int) -> FeedbackRate:
    return FeedbackRate(group=group.isoformat() if isinstance(group, date) else group, up=int(up), down=int(down))
