"""Whether what was picked speaks of what is asked, or only shares a word with it.

The evidence gate has let the question pass, on the likeness of whole passages. Here the words decide: a name that no
passage holds, a name that is all that a passage holds, or a figure of the wrong kind mean that there is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.confidence import names_in
from rag.extract.asked import ONE_FACT, Kind
from rag.extract.outline import Outline
from rag.extract.scoring import Evidence, WriterSettings, shows_figure, shows_money
from rag.extract.words import words_of
from rag.types import Passage, Retrieval

_ASKS_MONEY = re.compile(
    r"多少钱|什么价"
    r"|\bhow much (?:does|did|do|is|was)\b.*\b(?:cost|pay|paid|charge)\b",
    re.IGNORECASE,
)
_MARKER = re.compile(r"(?m)^\s*\d+[.)、]")
_LEAST_TOLD = 0.3
"""Share of a question's weight besides its names that the best passage must speak of."""

_LATIN = re.compile(r"[A-Za-z]+")


def misses_figure(evidence: Evidence, best: int) -> bool:
    """Whether a figure, a date or a price alone is asked for, and the best unit gives none."""
    kinds = {aspect.kind for aspect in evidence.aspects}
    if not kinds <= ONE_FACT:
        return False
    whole = evidence.aspects[0]
    words = _MARKER.sub("", evidence.units[best].whole)
    return not shows_figure(words, whole.kind) or (bool(_ASKS_MONEY.search(whole.text)) and not shows_money(words))


def misses_names(evidence: Evidence, best: int, retrieval: Retrieval, settings: WriterSettings) -> bool:
    """Whether the question's names are missing in the passages, or are all that the best one shares with it.

    A find of high confidence is believed in any case, and so is one in another language, whose names may be written
    differently.
    """
    question = evidence.aspects[0]
    names = _names(question.text)
    if not names or evidence.units[best].foreign or retrieval.confidence >= settings.certain:
        return False
    if _lacks(names, retrieval.quotable):
        return True
    # English says the same in too many words for this; a definition or a comparison asks for the names themselves.
    chinese = any(not term.isascii() for term in question.terms)
    if not chinese or question.kind in {Kind.DEFINITION, Kind.COMPARISON}:
        return False
    rest = {term: weight for term, weight in evidence.weights[0].items() if term not in names}
    told = sum(rest[term] for term in rest.keys() & _held(retrieval.quotable[evidence.units[best].passage]))
    return told < _LEAST_TOLD * sum(rest.values())


def lacks_names(question: str, retrieval: Retrieval, *, certain: float) -> bool:
    """Whether a question names somebody of whom no passage says anything: known before a word is written.

    Not concluded where the best passage is in another language, or the search's confidence reaches `certain`.
    """
    passages = retrieval.passages
    if not passages or passages[0].document.language != retrieval.language or retrieval.confidence >= certain:
        return False
    return _lacks(_names(question), retrieval.quotable)


def is_about_others(question: str, outline: Outline, retrieval: Retrieval) -> bool:
    """Whether the question names somebody of whom the outlined document says nothing: why another company failed.

    Across languages nothing is concluded: a name may be written differently there.
    """
    document = retrieval.quotable[outline.branches[0].passage].document
    own = [each for each in retrieval.quotable if each.document.id == document.id]
    return document.language == retrieval.language and _lacks(_names(question), own)


def _lacks(names: frozenset[str], passages: Sequence[Passage]) -> bool:
    missing = names - frozenset[str]().union(*map(_held, passages))
    return any(not _is_spelled_out(name, passages) for name in missing)


def _names(question: str) -> frozenset[str]:
    """The names of a question without figures and the shortest abbreviations, which are written in many ways."""
    words = frozenset(word for name in names_in(question) for word in words_of(name))
    return frozenset(word for word in words if word.isascii() and not word[0].isdigit() and len(word) > 2)


def _held(passage: Passage) -> frozenset[str]:
    return words_of(" ".join((passage.document.title, *passage.chunk.section, passage.chunk.text)))


def _is_spelled_out(name: str, passages: Sequence[Passage]) -> bool:
    """Whether consecutive words of a passage begin with the letters of an abbreviation: "LLM", large language model."""
    texts = (" ".join((each.document.title, *each.chunk.section, each.chunk.text)) for each in passages)
    return any(name in "".join(word[0] for word in _LATIN.findall(text)).lower() for text in texts)
