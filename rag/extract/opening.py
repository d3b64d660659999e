"""What a passage or a chapter says first, for an answer that nothing in it answers better."""

from __future__ import annotations

from rag.extract.scoring import Evidence, WriterSettings
from rag.extract.selection import Pick
from rag.extract.units import Shape, Unit, size_of
from rag.extract.words import words_of
from rag.types import Passage

_OPENING = 3
"""Sentences, or lists and tables, that are quoted from a passage of which nothing stands out."""

_WHOLE = frozenset({Shape.SENTENCE, Shape.LIST, Shape.TABLE})


def opening(evidence: Evidence, best: Passage, *, sure: bool) -> list[Pick]:
    """The first things that the best passage says, for want of a better pick, where its heading names what is asked.

    Where the search is sure, any word of the passage, or of the questions that its author expects, may name it.
    """
    asked = set(evidence.aspects[0].terms)
    first = [n for n, unit in enumerate(evidence.units) if unit.passage == 0 and unit.shape in _WHOLE]
    known = sure and bool(words_of(" ".join((best.chunk.text, *best.chunk.questions)).replace("-", " ")) & asked)
    named = [n for n in first if (known or evidence.units[n].named & asked) and not evidence.units[n].foreign]
    return [Pick(unit=n) for n in named[:_OPENING]]


def leading(evidence: Evidence, settings: WriterSettings) -> list[Pick]:
    """What a chapter says first, within the budget: its lists and tables, and a few sentences."""
    taken: list[Unit] = []
    picks: list[Pick] = []
    for number, unit in enumerate(evidence.units):
        sentences = sum(each.shape is Shape.SENTENCE for each in taken)
        told = sum(size_of(each.whole) for each in taken)
        if unit.shape not in _WHOLE or (unit.shape is Shape.SENTENCE and sentences >= _OPENING):
            continue
        if taken and told + size_of(unit.whole) > settings.size:
            break
        taken.append(unit)
        picks.append(Pick(unit=number))
    return picks
