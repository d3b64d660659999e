"""The passages of one answer, prepared for being looked through once for each sentence that a model writes."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rag.errors import EmbedderUnavailable
from rag.extract.words import words_of
from rag.language import detect_language
from rag.ports import Embedder, Vectors
from rag.sentences import sentence_spans
from rag.types import Language, Passage
from rag.writing.names import described
from rag.writing.numbers import held_numbers

log = logging.getLogger(__name__)

_WIDEST = 3
"""Sentences in a row that one claim may sum up."""

_ROW = re.compile(r"\s*\|")
_RULE = re.compile(r"\s*\|?[\s:|-]*-[\s:|-]*\|?\s*$")
_ITEM = re.compile(r"\s*(?:[-*+·•●▪]|\d{1,3}[.)、])\s*")
_LONGEST_EMBEDDED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Sentences in a row of one source; `words` and `numbers` include those of what introduces them."""

    lines: range
    words: frozenset[str]
    numbers: frozenset[float]


class Source:
    """One passage as evidence: its sentences, and what may stand together for a claim.

    Attributes:
        index: the place in `Retrieval.quotable`.
        lines: the sentences, list items and table rows, verbatim.
    """

    def __init__(self, index: int, passage: Passage) -> None:
        self.index = index
        self.passage = passage
        text = passage.chunk.text
        self.lines = tuple(text[span.start : span.end] for span in sentence_spans(text))

    @cached_property
    def language(self) -> Language:
        """The language that the passage is written in, which a quotation makes another than its document's."""
        own = detect_language(self.passage.chunk.text)
        return self.passage.document.language if own is Language.OTHER else own

    @cached_property
    def around(self) -> str:
        """What stands above the text: the document's own data and the sections."""
        return " ".join((described(self.passage.document), *self.passage.chunk.section))

    @cached_property
    def whole(self) -> str:
        """Everything that the passage tells, for names."""
        return f"{self.around}\n{self.passage.chunk.text}"

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of everything that the passage tells."""
        return words_of(self.whole)

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """Single sentences and what stands in a row, rules of tables left out."""
        return tuple(self._windows())

    def _windows(self) -> Iterator[Window]:
        above = (
            words_of(self.around),
            held_numbers(" ".join((self.passage.document.title, *self.passage.chunk.section))),
        )
        tells = [(words_of(line) | words_of(head), held_numbers(line)) for line, head in self._headed()]
        for first in range(len(self.lines)):
            for last in range(first, min(first + _WIDEST, len(self.lines))):
                if last > first and (_ROW.match(self.lines[last]) or _ROW.match(self.lines[first])):
                    break
                if not _RULE.match(self.lines[first]):
                    joined = tells[first : last + 1]
                    yield Window(
                        lines=range(first, last + 1),
                        words=above[0].union(*(words for words, _ in joined)),
                        numbers=above[1].union(*(numbers for _, numbers in joined)),
                    )

    def _headed(self) -> Iterator[tuple[str, str]]:
        """Each line with the line that introduces it: the head of its table, the sentence above its list."""
        lead, head = "", ""
        for line in self.lines:
            row, item = _ROW.match(line), _ITEM.match(line)
            yield line, head if row else lead if item else ""
            head = (head or line) if row else ""
            lead = lead if item else line

    def text_of(self, window: Window) -> str:
        """The words that a window holds."""
        return "\n".join(self.lines[n] for n in window.lines)


class Meaning:
    """Likeness in meaning of claims and sources; what it has embedded it remembers for the answer.

    Args:
        embedder: a fast encoder of sentences; None knows of no likeness.
    """

    def __init__(self, embedder: Embedder | None) -> None:
        self._embedder = embedder
        self._lines: dict[str, Vectors] = {}
        self._claim: tuple[str, Vectors] | None = None

    async def likeness(self, claim: str, source: Source, windows: Sequence[Window]) -> Sequence[float] | None:
        """The cosine of a claim with windows of a source; None where the encoder cannot be used."""
        if self._embedder is None or not windows:
            return None
        try:
            vector = await self._claim_vector(self._embedder, claim)
            await self._embed(self._embedder, [source.lines[n] for window in windows for n in window.lines])
        except EmbedderUnavailable:
            log.warning("similarity_unavailable", extra={"embedder": self._embedder.identity})
            self._embedder = None
            return None
        # A window is as near as the sum of its sentences: none needs a vector of its own.
        sums = np.stack([sum(self._lines[source.lines[n]] for n in window.lines) for window in windows])
        lengths = np.maximum(np.linalg.norm(sums, axis=1), 1e-6)
        return [float(value) for value in (sums @ vector) / lengths]

    async def _claim_vector(self, embedder: Embedder, claim: str) -> Vectors:
        if self._claim is None or self._claim[0] != claim:
            self._claim = claim, (await embedder.embed_queries([_bare(claim)]))[0]
        return self._claim[1]

    async def _embed(self, embedder: Embedder, lines: Sequence[str]) -> None:
        new = [line for line in dict.fromkeys(lines) if line not in self._lines]
        if new:
            rows = await embedder.embed_passages([_bare(line) for line in new])
            self._lines.update(zip(new, rows, strict=True))


def _bare(text: str) -> str:
    """A text as it is embedded: without markup, and no longer than an encoder of sentences can tell apart."""
    return re.sub(r"[*_`|#>\s-]+", " ", text).strip()[:_LONGEST_EMBEDDED] or text
