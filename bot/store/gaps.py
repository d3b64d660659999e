"""The book of what people could not find; implements `bot.ledgers.GapBook`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from bot.oversight_records import Resolution
from bot.records import AnswerRecord, FeedbackRecord, GapKind, GapRecord, Rating
from bot.store.database import Database
from bot.store.models.conversing import answers, questions
from bot.store.models.ledgers import gaps
from bot.store.statements import add_new
from rag.types import Language

_WITH_CONFIDENCE = select(gaps, answers.c.confidence).outerjoin(answers, answers.c.id == gaps.c.answer_id)


class SqlGaps:
    """Gaps are written by the books of questions and of feedback, in the transaction that tells of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, *, limit: int) -> tuple[GapRecord, ...]:
        """Gaps that nobody closed, the latest first."""
        order = gaps.c.at.desc(), gaps.c.number.desc()
        found = _WITH_CONFIDENCE.where(gaps.c.closed_at.is_(None)).order_by(*order).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return tuple(_gap(row) for row in rows)

    async def close(self, gap_id: int, *, at: datetime) -> bool:
        """Note that the library was mended; False when the gap is unknown or closed already."""
        still_open = (gaps.c.number == gap_id) & gaps.c.closed_at.is_(None)
        change = update(gaps).where(still_open).values(closed_at=at)
        return await self._database.write(lambda connection: connection.execute(change).rowcount == 1)

    async def close_all(self, gap_ids: Collection[int], resolution: Resolution, *, at: datetime) -> int:
        """Close those that are open."""
        still_open = gaps.c.number.in_(list(gap_ids)) & gaps.c.closed_at.is_(None)
        change = update(gaps).where(still_open).values(closed_at=at, resolution=resolution.value)
        return await self._database.write(lambda connection: connection.execute(change).rowcount)

    async def closed(self, *, limit: int) -> tuple[GapRecord, ...]:
        """Gaps that somebody closed, the latest first."""
        order = gaps.c.closed_at.desc(), gaps.c.number.desc()
        found = _WITH_CONFIDENCE.where(gaps.c.closed_at.is_not(None)).order_by(*order).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return tuple(_gap(row) for row in rows)

    async def reopen(self, gap_ids: Collection[int]) -> int:
        """Open those again that are closed."""
        were_closed = gaps.c.number.in_(list(gap_ids)) & gaps.c.closed_at.is_not(None)
        change = update(gaps).where(were_closed).values(closed_at=None, resolution=None)
        return await self._database.write(lambda connection: connection.execute(change).rowcount)


def note_refusal(connection: Connection, question_id: str, answer: AnswerRecord | None) -> None:
    """Add the gap of a question that was refused."""
    question = connection.execute(select(questions).where(questions.c.id == question_id)).one()
    values = {
        "kind": GapKind.REFUSAL.value,
        "question_id": question_id,
        "answer_id": answer.id if answer else None,
        "person": "",
        "place_key": question.place_key,
        "text": question.text,
        "language": answer.answer.language.value if answer else None,
        "at": answer.at if answer else question.asked_at,
    }
    add_new(connection, gaps, values)


def note_rating(connection: Connection, feedback: FeedbackRecord) -> None:
    """Add the gap of a bad rating; a good one takes an open gap of the same person away."""
    found = select(answers.c.question_id, answers.c.question, answers.c.language, questions.c.place_key)
    found = found.join(questions, questions.c.id == answers.c.question_id)
    answer = connection.execute(found.where(answers.c.id == feedback.answer_id)).one()
    if feedback.rating is Rating.UP:
        rated = (gaps.c.answer_id == feedback.answer_id) & (gaps.c.person == feedback.person)
        connection.execute(delete(gaps).where(rated, gaps.c.closed_at.is_(None)))
        return
    values = {
        "kind": GapKind.RATING.value,
        "question_id": answer.question_id,
        "answer_id": feedback.answer_id,
        "person": feedback.person,
        "place_key": answer.place_key,
        "text": answer.question,
        "language": answer.language,
        "at": feedback.at,
    }
    add_new(connection, gaps, values)


def _gap(row: Row[Any]) -> GapRecord:
    return GapRecord(
        id=row.number,
        kind=GapKind(row.kind),
        question_id=row.question_id,
        place=row.place_key,
        text=row.text,
        at=row.at,
        person=row.person,
        language=Language(row.language) if row.language else None,
        closed_at=row.closed_at,
        resolution=row.resolution or "",
        confidence=row.confidence,
    )
