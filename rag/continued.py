"""Follow-ups are answered as they stand alone, and with something that was not told a moment ago."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from rag.authorship import Writing
from rag.extract.told import Told
from rag.follow_ups import standalone
from rag.ports import Statement, Writer
from rag.terms import index_terms
from rag.types import Passage, Question, Retrieval

_Written = list[Statement | Writing]


class StandaloneWriter:
    """Lets a writer that knows no conversation answer follow-ups; implements `rag.ports.Writer`.

    The question before a follow-up such as "and for seed?" stands in front of it, and would be answered once more. In
    that case the writer is asked for something else, and what it says has to speak of what the follow-up adds.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    @property
    def name(self) -> str:
        """The writer's own name."""
        return self._writer.name

    async def write(self, question: Question, retrieval: Retrieval) -> AsyncGenerator[Statement | Writing, None]:
        """What the writer writes for the question as it stands alone; see `rag.ports.Writer`."""
        alone = standalone(question.text, question.history)
        written = await self._written(replace(question, text=alone.text, history=()), retrieval)
        if alone.wanted and Told(question.history).mostly(_statements(written)):
            new = await self._added(replace(question, text=alone.text), alone.wanted, retrieval)
            written = new or (written if _quotes(alone.wanted, written) else [])
        for each in written:
            yield each

    async def _added(self, question: Question, wanted: Sequence[str], retrieval: Retrieval) -> _Written:
        """What the passages that speak of what a follow-up adds say, but for what was told."""
        for text_of in (_heading, _text):
            places = [n for n, each in enumerate(retrieval.quotable) if _holds(wanted, text_of(each))]
            if written := await self._written(question, _narrowed(retrieval, places)) if places else []:
                return [each.counted_anew(places) if isinstance(each, Statement) else each for each in written]
        return []

    async def _written(self, question: Question, retrieval: Retrieval) -> _Written:
        async with aclosing(self._writer.write(question, retrieval)) as statements:
            return [each async for each in statements]


def _narrowed(retrieval: Retrieval, places: Sequence[int]) -> Retrieval:
    chosen = [retrieval.quotable[place] for place in places]
    found = sum(place < len(retrieval.passages) for place in places) or len(chosen)
    passages = tuple(replace(each, rank=rank) for rank, each in enumerate(chosen[:found], start=1))
    return replace(retrieval, passages=passages, siblings=tuple(chosen[found:]), parts=())


def _statements(written: _Written) -> list[Statement]:
    return [each for each in written if isinstance(each, Statement)]


def _heading(passage: Passage) -> str:
    return " ".join((passage.document.title, *passage.chunk.section))


def _text(passage: Passage) -> str:
    return passage.chunk.text


def _holds(wanted: Sequence[str], text: str) -> bool:
    return {*wanted} <= {*index_terms(text)}


def _quotes(wanted: Sequence[str], written: _Written) -> bool:
    return _holds(wanted, " ".join(lent.quote for each in _statements(written) for lent in each.support))
