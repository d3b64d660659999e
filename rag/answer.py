"""From a question to a cited answer, as a stream of events that every adapter delivers.

The evidence gate stands before any writing: a question that the library does not answer is refused in its own
language, with the nearest topics. What passes is written statement by statement; a statement is emitted with its
citations once and for all, so nothing that a reader has seen is taken back. An answer that was given before is given
again whole, and says so.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from rag.answer_cache import AnswerMemory
from rag.authorship import Writing
from rag.citations import CitationNumbering, with_marks
from rag.errors import RagError
from rag.extract.asker import asks_own_fact
from rag.language import detect_language
from rag.pages import passage_pages
from rag.ports import Clock, KeptAnswer, Retrieving, Statement, Support, Writer
from rag.prompts import Replies
from rag.stopwatch import Stopwatch
from rag.types import (
    Answer,
    AnswerEvent,
    AnswerStatus,
    Citation,
    Delta,
    Finished,
    Language,
    Question,
    Retrieval,
    Retrieved,
)

REFUSAL_WRITER = "gate"
"""What the `writer` field of a refusal says: nobody wrote it, the evidence gate did."""


@dataclass(slots=True)
class _Draft:
    """The answer as far as it is written."""

    retrieval: Retrieval
    numbering: CitationNumbering
    text: str = ""
    citations: list[Citation] = field(default_factory=list)
    writing: Writing | None = None

    def add(self, statement: Statement) -> Delta:
        """Append a statement with its citation marks."""
        numbers = sorted({self._cite(support) for support in statement.support})
        lead = statement.lead if self.text else ""
        piece = lead + with_marks(statement.text, numbers)
        self.text += piece
        return Delta(text=piece)

    def _cite(self, support: Support) -> int:
        """The number of a passage; its first quote is the one that the citation shows."""
        (number,) = self.numbering.number([support.passage])
        passage = self.retrieval.quotable[support.passage]
        start = max(0, passage.chunk.text.find(support.quote))
        pages = passage_pages(passage, start=start, end=start + len(support.quote))
        if number <= len(self.citations):
            known = self.citations[number - 1]
            self.citations[number - 1] = replace(known, pages=tuple(sorted({*known.pages, *pages})))
            return number
        self.citations.append(
            Citation(
                number=number,
                document=passage.document,
                section=passage.chunk.section,
                page=pages[0] if pages else None,
                quote=support.quote,
                pages=pages,
            )
        )
        return number


class AnswerService:
    """Answers questions from one library; without a `memory` every question is answered afresh."""

    def __init__(
        self,
        *,
        retriever: Retrieving,
        writer: Writer,
        replies: Replies,
        clock: Clock,
        memory: AnswerMemory | None = None,
    ) -> None:
        self._retriever = retriever
        self._writer = writer
        self._replies = replies
        self._clock = clock
        self._memory = memory

    async def stream(self, question: Question) -> AsyncGenerator[AnswerEvent, None]:
        """`Retrieved`, then `Delta`s, then `Finished`. Whoever leaves early closes it, which stops the writer.

        Raises:
            RagError: what the search or the writer raises; `failure_text` puts it into words for a person.
        """
        watch = Stopwatch(self._clock)
        key = await self._key(question)
        kept = await self._memory.recall(key, question) if self._memory and key else None
        if kept:
            yield Retrieved(retrieval=kept.retrieval)
            yield Delta(text=kept.answer.text)
            yield Finished(answer=replace(kept.answer, timings_ms={"total": round(watch.total_ms, 1)}))
            return
        retrieval = await self._retriever.retrieve(question)
        yield Retrieved(retrieval=retrieval)
        draft = _Draft(retrieval, CitationNumbering(len(retrieval.quotable)))
        if retrieval.answerable:
            with watch.stage("write"):
                async with aclosing(self._write(question, draft)) as deltas:
                    async for delta in deltas:
                        yield delta
        refused = not draft.text
        if refused:
            draft.text = self._refusal(retrieval, own=asks_own_fact(question.text))
            yield Delta(text=draft.text)
        answer = self._finished(question, draft, watch, refused=refused)
        if self._memory and key:
            await self._memory.note(key, KeptAnswer(retrieval=retrieval, answer=answer))
        yield Finished(answer=answer)

    async def _key(self, question: Question) -> str | None:
        if self._memory is None:
            return None
        return await self._memory.key(question, question.language or detect_language(question.text))

    def _finished(self, question: Question, draft: _Draft, watch: Stopwatch, *, refused: bool) -> Answer:
        retrieval = draft.retrieval
        timings = {**retrieval.timings_ms, **watch.timings_ms, "total": watch.total_ms}
        return Answer(
            question_id=question.id,
            question=question.text,
            language=retrieval.language,
            status=AnswerStatus.REFUSED if refused else AnswerStatus.ANSWERED,
            text=draft.text,
            citations=tuple(draft.citations),
            confidence=retrieval.confidence,
            writer=REFUSAL_WRITER if refused else draft.writing.writer if draft.writing else self._writer.name,
            timings_ms={stage: round(milliseconds, 1) for stage, milliseconds in timings.items()},
            writing=draft.writing,
        )

    async def answer(self, question: Question) -> Answer:
        """The finished answer alone; raises as `stream` does."""
        return await finished(self.stream(question))

    def failure_text(self, error: RagError, language: Language) -> str:
        """What a person may read when answering failed."""
        return self._replies.failure(error, language)

    async def _write(self, question: Question, draft: _Draft) -> AsyncGenerator[Delta, None]:
        """Statements as they come; those without support wait until one with support follows, for a refusal's sake."""
        waiting: list[Statement] = []
        async with aclosing(self._writer.write(question, draft.retrieval)) as statements:
            async for statement in statements:
                if isinstance(statement, Writing):
                    draft.writing = statement
                    continue
                waiting.append(statement)
                if statement.support or draft.citations:
                    for each in waiting:
                        yield draft.add(each)
                    waiting.clear()

    def _refusal(self, retrieval: Retrieval, *, own: bool) -> str:
        """Why there is no answer, what is near it, and what to do; `own` if only the asker's company can know."""

        def say(key: str, **values: str) -> str:
            return self._replies.text(key, retrieval.language, **values)

        sentences = [say("refusal_own" if own else "refusal")]
        if retrieval.topics:
            sentences.append(say("refusal_topics", topics=say("list_separator").join(retrieval.topics)))
        sentences.append(say("refusal_own_hint" if own else "refusal_hint"))
        return ("" if retrieval.language == Language.ZH else " ").join(sentences)


async def finished(stream: AsyncGenerator[AnswerEvent, None]) -> Answer:
    """The answer with which a stream of events ends; the stream is closed."""
    async with aclosing(stream) as events:
        async for event in events:
            if isinstance(event, Finished):
                return event.answer
    raise AssertionError("a stream of events ends with Finished")
