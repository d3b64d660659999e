"""How an answer reads, measured without a model: its length, what it says twice, and which of its lines are cited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.sentences import sentence_spans
from rag.terms import index_terms

_MARK = re.compile(r"\[\d+\]")
_HEADING = re.compile(r"\s*\*\*[^*]+\*\*\s*$")
_ENTRY = re.compile(r"(?:[-*>]|\d+\.)\s")
_ALIKE = 0.6
"""Share of common terms from which on two sentences say the same."""

_FEWEST_TERMS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Legibility:
    """Measures of one answer.

    `characters` is its length; `repeated` the share of its sentences that say again what an earlier one says; `cited`
    the share of its lines with a citation mark, where headings, announcements that end with a colon and the rows of a
    table before the last are no lines of their own. None where there is nothing to take a share of.
    """

    characters: int
    repeated: float | None
    cited: float | None


def legibility_of(text: str) -> Legibility:
    """Measures an answer in Markdown with its citation marks."""
    lines = [line for line in _lines(text) if not _HEADING.match(line) and not line.rstrip().endswith((":", "："))]
    sentences = [terms for line in lines for terms in _sentences(line)]
    repeated = [any(_alike(terms, earlier) for earlier in sentences[:n]) for n, terms in enumerate(sentences)]
    cited = [bool(_MARK.search(line)) for line in lines]
    return Legibility(
        characters=len(text),
        repeated=sum(repeated) / len(repeated) if repeated else None,
        cited=sum(cited) / len(cited) if cited else None,
    )


def _lines(text: str) -> Iterator[str]:
    """Lines as a reader counts them: a table is one, and what is nested or goes on belongs to the line above."""
    held = ""
    for line in text.splitlines():
        goes_on = held and (line.startswith((" ", "\t")) or (line.startswith("|") and held.startswith("|")))
        if goes_on:
            held += f"\n{line}"
            continue
        if held.strip():
            yield held
        held = line
    if held.strip():
        yield held


def _sentences(line: str) -> Iterator[frozenset[str]]:
    if line.startswith("|"):
        return
    plain = _MARK.sub("", _ENTRY.sub("", line, count=1))
    for span in sentence_spans(plain):
        terms = frozenset(index_terms(plain[span.start : span.end]))
        if len(terms) >= _FEWEST_TERMS:
            yield terms


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _ALIKE * len(one | other)
