"""The book of what people could not find in memory, for `bot.memory_store`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.oversight_records import Resolution
from bot.records import AnswerRecord, FeedbackRecord, GapKind, GapRecord, QuestionRecord, QuestionState, Rating


class MemoryGaps:
    """Refusals and bad ratings; see `bot.ledgers.GapBook`.

    Args:
        questions: all questions, in the order in which they were asked.
        ratings: what readers think of answers, with the id of each question.
        answers: answers and refusals by their ids.
    """

    def __init__(
        self,
        questions: Callable[[], Iterable[QuestionRecord]],
        ratings: Callable[[], Iterable[tuple[FeedbackRecord, str]]],
        answers: Mapping[str, AnswerRecord],
    ) -> None:
        self._questions = questions
        self._ratings = ratings
        self._answers = answers
        self._numbers: dict[tuple[str, GapKind, str], int] = {}
        self._closed: dict[int, tuple[datetime | None, str]] = {}

    async def open(self, *, limit: int) -> tuple[GapRecord, ...]:
        """Gaps that nobody closed, the latest first."""
        still_open = [gap for gap in self._all() if gap.id not in self._closed]
        return tuple(sorted(still_open, key=lambda gap: (gap.at, gap.id), reverse=True)[:limit])

    async def close(self, gap_id: int, *, at: datetime) -> bool:
        """Note that the library was mended."""
        known = {gap.id for gap in self._all()} - self._closed.keys()
        self._closed.setdefault(gap_id, (at, ""))
        return gap_id in known

    async def close_all(self, gap_ids: Collection[int], resolution: Resolution, *, at: datetime) -> int:
        """Close those that are open."""
        chosen = {gap.id for gap in self._all() if gap.id in gap_ids} - self._closed.keys()
        self._closed |= dict.fromkeys(chosen, (at, resolution.value))
        return len(chosen)

    async def closed(self, *, limit: int) -> tuple[GapRecord, ...]:
        """Gaps that somebody closed, the latest first."""
        told = [
            replace(gap, closed_at=self._closed[gap.id][0] or gap.at, resolution=self._closed[gap.id][1])
            for gap in self._all()
            if gap.id in self._closed
        ]
        return tuple(sorted(told, key=lambda gap: (gap.closed_at or gap.at, gap.id), reverse=True)[:limit])

    async def reopen(self, gap_ids: Collection[int]) -> int:
        """Open those again that are closed."""
        return sum(self._closed.pop(each, None) is not None for each in set(gap_ids))

    def close_question(self, question_id: str) -> None:
        """Note that a question was answered after all."""
        self._closed |= {gap.id: (None, "") for gap in self._all() if gap.question_id == question_id}

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
        known = self._answers.get(question.answer_id or "")
        return GapRecord(
            id=number,
            kind=kind,
            question_id=question.id,
            place=question.place.key,
            text=question.text,
            at=at,
            person=person,
            confidence=known.answer.confidence if known else None,
        )
