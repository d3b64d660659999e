"""What people could not find, taken together by meaning, and whether the library would answer it by now."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.channel_rules import effective_settings, reader_scope
from bot.ports import AnswerBook, QuestionBook, SettingsBook
from bot.records import GapKind, GapRecord, QuestionRecord
from rag.errors import RagError
from rag.types import AnswerStatus, DocumentId, Question

if TYPE_CHECKING:
    from bot.library import Replying, Searching
    from rag.digest.likeness import Likeness

SAME_QUESTION = 0.6
"""Mean likeness from which on two groups of questions ask one thing; as in digests."""

MOST_GAPS = 200
"""Open gaps that are looked at, the latest ones: their likenesses are a square matrix."""

_FAR = 0.1
"""Confidence of a refusal below which the library is about something else: the weather, small talk. Such a question,
asked once, tells little of what is missing."""

_Asked = tuple[str, str, GapKind, str]
_NEAREST = 3
_CHECKED = 100
"""Different questions that are asked again at once."""


class Books(Protocol):
    """What is read of the store."""

    @property
    def questions(self) -> QuestionBook:
        """Who asked what and where."""
        ...

    @property
    def answers(self) -> AnswerBook:
        """What was answered."""
        ...

    @property
    def settings(self) -> SettingsBook:
        """What channels may see."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GapGroup:
    """Gaps that ask one thing, the latest first. It is called by the number of the earliest."""

    gaps: tuple[GapRecord, ...]

    @property
    def number(self) -> int:
        """What the group is called."""
        return min(gap.id for gap in self.gaps)

    @property
    def text(self) -> str:
        """The question that speaks for all: the shortest that was asked most often."""
        texts = [gap.text for gap in self.gaps]
        return min(texts, key=lambda text: (-texts.count(text), len(text), text))

    @property
    def far(self) -> bool:
        """Whether it was asked once, and so far from all that the library holds that it is hardly one of its gaps."""
        (gap, *others) = self.gaps
        known = gap.confidence is not None and gap.confidence < _FAR
        return not others and gap.kind is GapKind.REFUSAL and known

    def count(self, kind: GapKind) -> int:
        """How many of a kind."""
        return sum(gap.kind is kind for gap in self.gaps)


class GapReport:
    """Groups gaps and asks their questions again, as readers of their own channels, without a language model.

    Args:
        books: what is known of the questions.
        search: finds passages.
        quoting: answers by quoting alone.
        likeness: how alike questions are.
    """

    def __init__(self, books: Books, *, search: Searching, quoting: Replying, likeness: Likeness) -> None:
        self._books = books
        self._search = search
        self._quoting = quoting
        self._likeness = likeness

    async def groups(self, gaps: Sequence[GapRecord]) -> list[GapGroup]:
        """Gaps that ask one thing together: the largest group first, of those the latest; far ones come last."""
        from rag.digest.likeness import grouped

        gaps = gaps[:MOST_GAPS]
        texts = list(dict.fromkeys(gap.text for gap in gaps))
        alike = await self._likeness.between(texts, texts)
        places = await asyncio.to_thread(grouped, alike, least=SAME_QUESTION)
        found = [{texts[place] for place in group} for group in places]
        groups = [GapGroup(gaps=tuple(gap for gap in gaps if gap.text in group)) for group in found]
        return sorted(groups, key=lambda group: (group.far, -len(group.gaps), -max(map(_when, group.gaps))))

    async def nearest(self, gap: GapRecord) -> tuple[str, ...]:
        """Titles of the documents that come nearest to a gap. Raises RagError."""
        question = await self._books.questions.get(gap.question_id)
        if question is None or not gap.text.strip():
            return ()
        found = await self._search.retrieve(await self._asked(gap, question))
        return tuple(dict.fromkeys(passage.document.title for passage in found.passages))[:_NEAREST]

    async def mended(self, gaps: Iterable[GapRecord], *, sources: frozenset[str] | None = None) -> list[GapRecord]:
        """Those of the gaps that the library would answer by now. Raises RagError.

        An answer that was rated 👎 counts when another one would rest on a document that it did not rest on: with
        `sources`, on one of these.
        """
        gaps = list(gaps)
        asked: dict[_Asked, bool] = {}
        for gap in gaps:
            if _key(gap) not in asked and len(asked) < _CHECKED:
                asked[_key(gap)] = await self._is_mended(gap, sources)
        return [gap for gap in gaps if asked.get(_key(gap))]

    async def _is_mended(self, gap: GapRecord, sources: frozenset[str] | None) -> bool:
        question = await self._books.questions.get(gap.question_id)
        if question is None or not gap.text.strip():
            return False
        try:
            answer = await self._quoting.answer(await self._asked(gap, question))
        except RagError:
            return False
        if answer.status is not AnswerStatus.ANSWERED:
            return False
        if gap.kind is GapKind.REFUSAL:
            return True
        known = await self._rested_on(question)
        new = [each.document for each in answer.citations if each.document.id not in known]
        return any(sources is None or document.source in sources for document in new)

    async def _rested_on(self, question: QuestionRecord) -> frozenset[DocumentId]:
        record = await self._books.answers.get(question.answer_id) if question.answer_id else None
        return frozenset(each.document.id for each in record.answer.citations) if record else frozenset()

    async def _asked(self, gap: GapRecord, question: QuestionRecord) -> Question:
        """A gap's question, as a reader of its channel would ask it."""
        settings = await effective_settings(self._books.settings, question.place.channel_key)
        scope = reader_scope(settings, question.person, place=question.place)
        return Question(id=f"gap-{gap.id}", text=gap.text, language=settings.language, scope=scope)


def _when(gap: GapRecord) -> float:
    return gap.at.timestamp()


def _key(gap: GapRecord) -> _Asked:
    """What is asked once: a refusal in a channel, and each answer that was rated."""
    rated = gap.question_id if gap.kind is GapKind.RATING else ""
    return gap.text, gap.place.rpartition("/")[0], gap.kind, rated
