"""The book of what people could not find in memory, for `bot.memory_store`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from bot.records import FeedbackRecord, GapKind, GapRecord, QuestionRecord, QuestionState, Rating


class MemoryGaps:
    """Refusals and bad ratings; see `bot.ledgers.GapBook`.

    Args:
        questions: all questions, in the order in which they were asked.
        ratings: what readers think of answers, with the id of each question.
    """

    def __init__(
        self,
        questions: Callable[[], Iterable[QuestionRecord]],
        ratings: Callable[[], Iterable[tuple[FeedbackRecord, str]]],
    ) -> None:
        self._questions = questions
        self._ratings = ratings
        self._numbers: dict[tuple[str, GapKind, str], int] = {}
        self._closed: set[int] = set()

    async def open(self, *, limit: int) -> tuple[GapRecord, ...]:
        """Gaps that nobody closed, the latest first."""
        still_open = [gap for gap in self._all() if gap.id not in self._closed]
        return tuple(sorted(still_open, key=lambda gap: (gap.at, gap.id), reverse=True)[:limit])

    async def close(self, gap_id: int, *, at: datetime) -> bool:
        """Note that the library was mended."""
        known = {gap.id for gap in self._all()} - self._closed
        self._closed.add(gap_id)
        return gap_id in known

    def close_question(self, question_id: str) -> None:
        """Note that a question was answered after all."""
        self._closed |= {gap.id for gap in self._all() if gap.question_id == question_id}

    def _all(self) -> list[GapRecord]:
        refused = [each for each in self._questions() if each.state is QuestionState.REFUSED]
        asked = {each.id: each for each in self._questions()}
        bad = [(rating, asked[question]) for rating, question in self._ratings() if rating.rating is Rating.DOWN]
        return [
            *(self._gap(GapKind.REFUSAL, question, at=question.asked_at) for question in refused),
            *(self._gap(GapKind.RATING, question, at=rating.at, person=rating.person) for rating, question in bad),
        ]

    def _gap(self, kind: GapKind, question: QuestionRecord, *, at: datetime, person: str = "") -> GapRecord:
        number = self._numbers.setdefault((question.id, kind, person), len(self._numbers) + 1)
        return GapRecord(
            id=number,
            kind=kind,
            question_id=question.id,
            place=question.place.key,
            text=question.text,
            at=at,
            person=person,
        )
