"""Writes an answer without a language model, from sentences, lists and tables quoted out of the passages.

The steps are pure functions on values: quote the chapter of a case study that is asked for (`rag.case_chapters`), else
read the question (`asked`), name the resources that it wishes for (`entries`),
or look for a heading whose sections answer it (`outline`), else cut the passages into what can be quoted (`units`),
score (`scoring`), pick (`selection`), doubt what was picked (`doubt`), and lay the picks out as statements (`layout`).
Only `ExtractiveWriter` awaits, for the vectors.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from dataclasses import replace

from rag.case_chapters import asked_chapter
from rag.errors import EmbedderUnavailable
from rag.extract.asked import Aspect, aspects_of, wants_code
from rag.extract.casing import as_written
from rag.extract.doubt import (
    asks_unknown_own,
    is_about_others,
    lacks_matter,
    misses_fact,
    misses_figure,
    misses_names,
    misses_what_is_asked,
    wants_news,
)
from rag.extract.entries import entries_of, entry_statements
from rag.extract.facts import speaking
from rag.extract.layout import Texts, outline_statements, statements_of
from rag.extract.opening import leading, opening
from rag.extract.outline import outline_at, outline_of, read
from rag.extract.places import lacks_place
from rag.extract.scoring import Evidence, WriterSettings, evidence_of, is_unasked_emergency
from rag.extract.selection import pick
from rag.extract.told import Told
from rag.extract.units import Shape, Unit, size_of, units_of
from rag.extract.wanted import misses_shelf
from rag.ports import Embedder, Statement, Vectors
from rag.types import Question, Retrieval

log = logging.getLogger(__name__)


class ExtractiveWriter:
    """Answers by quoting; implements `rag.ports.Writer`.

    Args:
        embedder: a fast sentence encoder for likeness in meaning, used above all across languages; None does without.
        texts: the writer's own sentences; keys `other_language` (with `original`), `language_<code>` and `part_of_list`
            (with `shown` and `total`).
        settings: budgets and thresholds.
    """

    name = "extractive"

    def __init__(self, embedder: Embedder | None, texts: Texts, settings: WriterSettings | None = None) -> None:
        self._embedder = embedder
        self._texts = texts
        self._settings = settings or WriterSettings()

    async def write(self, question: Question, retrieval: Retrieval) -> AsyncGenerator[Statement, None]:
        """Statements quoted from the passages; none when nothing in them fits the question.

        What the last turn of the question's history has told is not quoted again.
        """
        question = replace(question, text=as_written(question.text, retrieval))
        aspects, told = aspects_of(question.text), Told(question.history)
        ready = self._ready(question.text, aspects, retrieval)
        if ready is not None:
            statements = [*ready]
            news = told.news(statements)
            for statement in news:
                yield statement
            if news or not statements:
                return
        sure = retrieval.confidence >= self._settings.sure
        read_in = speaking(question.text, read(retrieval, aspects[0]), retrieval)
        units = units_of(read_in, retrieval.language, code=wants_code(question.text), sure=sure)
        units = [unit for unit in units if not told.holds(unit.whole)]
        evidence = evidence_of(units, aspects, (), {}, self._settings)
        if self._embedder and units:
            questions, vectors = await self._vectors(self._embedder, evidence)
            evidence = evidence_of(units, aspects, questions, vectors, self._settings)
        picks = pick(evidence, self._settings)
        if not picks and units and retrieval.confidence >= self._settings.trusted:
            picks = opening(evidence, retrieval.passages[0], sure=sure)
        if not picks or self._is_doubtful(evidence, [each.unit for each in picks], retrieval):
            return
        for statement in statements_of(evidence, picks, retrieval, self._texts, self._settings):
            yield statement

    def _ready(self, question: str, aspects: Sequence[Aspect], retrieval: Retrieval) -> Iterable[Statement] | None:
        """What headings and entries decide: an answer, or none at all; None where sentences have to be weighed."""
        if chapter := asked_chapter(question, retrieval.quotable, retrieval.language):
            return self._chapter(chapter, aspects, retrieval)
        entries = entries_of(question, retrieval)
        if (
            asks_unknown_own(question, retrieval)
            or lacks_place(question, retrieval)
            or misses_shelf(question, entries, retrieval)
            or (not entries and lacks_matter(question, retrieval))
        ):
            return ()
        if entries:
            return entry_statements(entries, retrieval)
        outline = outline_of(retrieval, aspects)
        if outline and not is_about_others(question, outline, retrieval):
            return outline_statements(outline, retrieval)
        return None

    def _chapter(self, chapter: Sequence[int], aspects: Sequence[Aspect], retrieval: Retrieval) -> Iterator[Statement]:
        """The chapter of a case study that is asked for: its sections, or what it says first."""
        if outline := outline_at(retrieval, chapter, aspects[0]):
            yield from outline_statements(outline, retrieval)
            return
        read_in = {place: retrieval.quotable[place] for place in chapter}
        units = units_of(read_in, retrieval.language, code=False)
        evidence = evidence_of(units, aspects, (), {}, self._settings)
        picks = leading(evidence, self._settings)
        yield from statements_of(evidence, picks, retrieval, self._texts, self._settings, as_picked=True)

    def _is_doubtful(self, evidence: Evidence, picked: Sequence[int], retrieval: Retrieval) -> bool:
        best = picked[0]
        return (
            is_unasked_emergency(evidence.units[best], evidence.aspects[0])
            or wants_news(evidence, best)
            or misses_figure(evidence, picked)
            or misses_what_is_asked(evidence, best, retrieval)
            or misses_names(evidence, best, retrieval, self._settings)
            or misses_fact(evidence, best, retrieval, self._settings)
        )

    async def _vectors(self, embedder: Embedder, evidence: Evidence) -> tuple[Sequence[Vectors], dict[int, Vectors]]:
        """Vectors of the aspects and of the units that words alone rank first; none when the encoder fails."""
        promising = sorted(range(len(evidence.units)), key=lambda n: -evidence.total(n))[: self._settings.embedded]
        texts = [_for_embedding(evidence.units[n]) for n in promising]
        try:
            questions = await embedder.embed_queries([aspect.text for aspect in evidence.aspects])
            rows = await embedder.embed_passages(texts)
        except EmbedderUnavailable:
            log.warning("similarity_unavailable", extra={"embedder": embedder.identity})
            return (), {}
        return list(questions), dict(zip(promising, rows, strict=True))


_EMBEDDED_SIZE = 90
"""An encoder of sentences blurs what is longer, and its time grows with the length."""


def _for_embedding(unit: Unit) -> str:
    words = unit.text if unit.whole in unit.text or unit.shape is Shape.ITEM else f"{unit.text}\n{unit.whole}"
    words = f"{unit.around}\n{words}" if unit.foreign and not words.startswith(unit.around) else words
    bare = re.sub(r"[*_`|#>\s]+", " ", words).strip() or words
    share = _EMBEDDED_SIZE / max(size_of(bare), _EMBEDDED_SIZE)
    return bare[: math.ceil(len(bare) * share)]
