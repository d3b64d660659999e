"""What an index run did to the list of inputs and to what people could not find, for whoever has the machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.chat import PlaceKind
from bot.gap_report import MOST_GAPS, GapReport
from bot.ledgers import GapBook
from bot.ports import QuestionBook
from bot.records import GapRecord

if TYPE_CHECKING:
    from rag.ingest.report import IndexReport


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredGap:
    """A gap that the library would answer by now."""

    number: int
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapEffects:
    """Of so many open gaps, those that would be answered by now."""

    open: int = 0
    answered: tuple[AnsweredGap, ...] = ()


class Books(Protocol):
    """What is read of the store."""

    @property
    def gaps(self) -> GapBook:
        """What people could not find."""
        ...

    @property
    def questions(self) -> QuestionBook:
        """Who asked what and where."""
        ...


class IndexEffects:
    """Notes what a run did, and looks at the gaps after it.

    Args:
        books: what is known of gaps.
        report: asks them again.
        noted: is told what a run did to each input.
    """

    def __init__(self, books: Books, report: GapReport, *, noted: Callable[[IndexReport], Awaitable[None]]) -> None:
        self._books = books
        self._report = report
        self.note = noted

    async def on_gaps(self, sources: frozenset[str]) -> GapEffects:
        """What became of the open gaps after a run that has brought these documents. Raises RagError."""
        gaps = [gap for gap in await self._books.gaps.open(limit=MOST_GAPS) if await self._may_be_told(gap)]
        answered = await self._report.mended(gaps, sources=sources) if sources and gaps else []
        return GapEffects(
            open=len(gaps), answered=tuple(AnsweredGap(number=gap.id, question=gap.text) for gap in answered)
        )

    async def _may_be_told(self, gap: GapRecord) -> bool:
        """What somebody asked the bot alone is told nobody, whoever has the machine included."""
        question = await self._books.questions.get(gap.question_id)
        return question is not None and question.place.kind is not PlaceKind.DM
