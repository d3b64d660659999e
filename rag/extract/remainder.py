"""The half of a question that a quoted passage answers a sentence further on. Pure.

A search for that half finds the same passage again, and its best sentence may be the one that is quoted already: most
words of the half are those of the whole. So its own words are looked for in what the passage has left to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.extract.asked import ONE_FACT, kind_of
from rag.extract.forms import asks_money, shows_figure, shows_money
from rag.extract.units import Shape, Unit, stands_alone, units_of
from rag.extract.words import asked_words, words_of
from rag.ports import Statement, Support
from rag.types import Language, Passage

_HEARD = 0.5
"""Share of a half's own words beyond which a text speaks of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """A part of a question: its text, and the words that it does not share with the first."""

    text: str
    words: frozenset[str]


def halves_of(parts: Sequence[str]) -> list[Half]:
    """The parts as what is looked for."""
    words = [frozenset(asked_words(part)) for part in parts]
    return [
        Half(text=part, words=own - words[0] if number else own)
        for number, (part, own) in enumerate(zip(parts, words, strict=True))
    ]


def is_told(half: Half, quotes: Iterable[str]) -> bool:
    """Whether what is quoted speaks of a half already, and in the form that is asked for."""
    said = " ".join(quotes)
    return bool(half.words) and len(half.words & words_of(said)) > _HEARD * len(half.words) and _has_form(half, said)


def remainder(
    half: Half, quotes: Iterable[str], passages: Mapping[int, Passage], language: Language
) -> Statement | None:
    """The sentence that answers a half with words of which no quote speaks; None where no passage holds one.

    Args:
        half: what is asked.
        quotes: what the answer says so far.
        passages: those that it is from, by their places.
        language: of the answer; what is in another one is left alone.
    """
    units = [each for each in units_of(passages, language, code=False) if _can_follow(each) and not each.foreign]
    unsaid = half.words - words_of(" ".join(quotes))
    heard = unsaid & frozenset[str]().union(*(each.terms for each in units))
    fitting = [
        each for each in units if len(heard & each.terms) > _HEARD * (len(heard) - 1) and _has_form(half, each.whole)
    ]
    if not heard or not fitting:
        return None
    best = max(fitting, key=lambda each: len(heard & each.terms))
    text = " ".join(best.text.split())
    text = text if best.shape is Shape.SENTENCE else f"- {text}"
    return Statement(text=text, lead=" ", support=(Support(passage=best.passage, quote=best.whole),))


def _can_follow(unit: Unit) -> bool:
    return unit.shape in {Shape.SENTENCE, Shape.ITEM} and "\n" not in unit.text.strip() and stands_alone(unit.text)


def _has_form(half: Half, text: str) -> bool:
    kind = kind_of(half.text)
    if asks_money(half.text):
        return shows_money(text)
    return kind not in ONE_FACT or shows_figure(text, kind)
