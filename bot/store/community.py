"""The book of what a channel asked; implements `bot.schedules.books.CommunityBook`. It reads what other books wrote."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, tzinfo

from sqlalchemy import ColumnElement, Connection, func, select

from bot.chat import Place, PlaceKind
from bot.records import GapKind, QuestionState, Rating
from bot.schedules.records import Asked, Figures, slowest_stages
from bot.store.database import Database
from bot.store.models.conversing import answers, feedback, questions
from bot.store.models.ledgers import gaps
from rag.types import Language

_ENDED = (QuestionState.ANSWERED.value, QuestionState.REFUSED.value)


class SqlCommunity:
    """Reads of questions without a word on who asked them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def asked(self, place: Place, *, since: datetime, limit: int) -> tuple[Asked, ...]:
        """The latest questions of one channel with its threads."""
        found = select(questions.c.text, questions.c.asked_at, questions.c.state)
        found = found.where(_of_channel(place), questions.c.asked_at > since, questions.c.state.in_(_ENDED))
        found = found.order_by(questions.c.asked_at.desc(), questions.c.number.desc()).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        answered = QuestionState.ANSWERED.value
        return tuple(Asked(text=row.text, at=row.asked_at, answered=row.state == answered) for row in rows)

    async def unanswered(self, place: Place, *, since: datetime, limit: int) -> tuple[Asked, ...]:
        """Open gaps of one channel that come of a refusal."""
        found = select(gaps.c.text, gaps.c.at, gaps.c.language).join(questions, questions.c.id == gaps.c.question_id)
        found = found.where(_of_channel(place), gaps.c.at > since, gaps.c.closed_at.is_(None))
        found = found.where(gaps.c.kind == GapKind.REFUSAL.value)
        found = found.order_by(gaps.c.at.desc(), gaps.c.number.desc()).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return tuple(
            Asked(text=row.text, at=row.at, answered=False, language=Language(row.language) if row.language else None)
            for row in rows
        )

    async def lacking(self, place: Place, *, since: datetime, limit: int) -> tuple[Asked, ...]:
        """Open gaps of a workspace's channels that come of a refusal."""
        found = select(gaps.c.text, gaps.c.at, questions.c.channel).join(
            questions, questions.c.id == gaps.c.question_id
        )
        found = found.where(_of_workspace(place), questions.c.place_kind != PlaceKind.DM.value, gaps.c.at > since)
        found = found.where(gaps.c.kind == GapKind.REFUSAL.value, gaps.c.closed_at.is_(None))
        found = found.order_by(gaps.c.at.desc(), gaps.c.number.desc()).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        keys = {row.channel: replace(place, channel=row.channel).channel_key for row in rows}
        return tuple(Asked(text=row.text, at=row.at, answered=False, channel=keys[row.channel]) for row in rows)

    async def figures(self, place: Place, *, since: datetime, until: datetime) -> Figures:
        """What was asked and answered in the place's workspace."""
        here = _of_workspace(place) & questions.c.asked_at.between(since, until)
        return await self._database.read(lambda connection: _figures(connection, here, since.tzinfo))


def _figures(connection: Connection, here: ColumnElement[bool], zone: tzinfo | None) -> Figures:
    days: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    failed = 0
    for row in connection.execute(select(questions.c.asked_at, questions.c.state).where(here)):
        if row.state == QuestionState.FAILED.value:
            failed += 1
        elif row.state in _ENDED:
            days[row.asked_at.astimezone(zone).date().isoformat()][row.state == QuestionState.REFUSED.value] += 1
    rated = select(feedback.c.rating, func.count().label("times")).join(answers, answers.c.id == feedback.c.answer_id)
    rated = rated.join(questions, questions.c.id == answers.c.question_id).where(here).group_by(feedback.c.rating)
    ratings = {row.rating: row.times for row in connection.execute(rated)}
    timed = select(answers.c.timings_ms).join(questions, questions.c.id == answers.c.question_id).where(here)
    return Figures(
        days=tuple((day, counts[0], counts[1]) for day, counts in sorted(days.items())),
        failed=failed,
        up=ratings.get(Rating.UP.value, 0),
        down=ratings.get(Rating.DOWN.value, 0),
        stages_ms=slowest_stages(row.timings_ms for row in connection.execute(timed)),
    )


def _of_channel(place: Place) -> ColumnElement[bool]:
    return _of_workspace(place) & (questions.c.channel == place.channel)


def _of_workspace(place: Place) -> ColumnElement[bool]:
    return (questions.c.platform == place.platform) & (questions.c.workspace == place.workspace)
