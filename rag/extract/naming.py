"""The names of a question, and whether passages hold them: spelled out, mistyped or as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.confidence import names_in
from rag.extract.words import held_words, words_of
from rag.types import DocumentKind, Passage, Retrieval

PROPER = re.compile(r"(?<![\w.-])(?![A-Z]{2,}s\b)[A-Z][\w-]*[a-z][\w.-]*")
"""Words that are written as names are, several of an abbreviation aside: LLMs."""

_CAPITAL = re.compile(r"(?<![\w.-])(?=[\w.-]*[A-Z])\w[\w.-]*")
_LONG_NAME = re.compile(r"[一-鿿]{4,}")
_CASE = re.compile(r"^\W*(?:if\b[^,?]*,|(?:如果|假如|要是)[^，,？?]*[，,])\s*", re.IGNORECASE)
"""The asker's own case, which a text for everybody does not name: "if I tune Llama, am I a provider"."""

_LEAST_SLIP = 5
"""Letters from which on a name with one of them wrong is taken for the name that a passage holds."""

_LATIN = re.compile(r"[A-Za-z]+")


def lacks_names(names: frozenset[str], passages: Sequence[Passage]) -> bool:
    """Whether passages hold nothing of one of the names; "GPT-4" is one that is called GPT."""
    if not names:
        return False
    held = frozenset[str]().union(*map(held_by, passages))
    missing = [name for name in names - held if not any(word.startswith(f"{name}-") for word in held)]
    return any(not _is_spelled_out(name, passages) and not _is_mistyped(name, passages) for name in missing)


def names_of(question: str) -> frozenset[str]:
    """The names of a question without figures and the shortest abbreviations, which are written in many ways."""
    question = _CASE.sub("", question)
    words = capitalised(question, words_of(" ".join(names_in(question))))
    return frozenset(word for word in words if word.isascii() and not word[0].isdigit() and len(word) > 2)


def names_in_chinese(question: str, retrieval: Retrieval) -> frozenset[str]:
    """The Chinese names in a question that what was found is about: of companies, and of entries with a heading."""
    companies = {each.document.case.company for each in retrieval.passages if each.document.case}
    entries = {
        name
        for each in retrieval.passages
        if each.document.kind is DocumentKind.RESOURCE
        for name in _LONG_NAME.findall("".join(each.chunk.section[-1:]))
    }
    return frozenset(name for name in companies | entries if not name.isascii() and name in question)


def capitalised(question: str, names: frozenset[str]) -> frozenset[str]:
    """Those of the names that are written with a capital, if any is; figures are names in any case.

    In "OpenAI 的 business model" the name is known by its capitals; who writes "deepmind openai 区别" uses none.
    """
    capital = words_of(" ".join(_CAPITAL.findall(question))) & names
    return capital | {name for name in names if name[0].isdigit()} if capital else names


def held_by(passage: Passage) -> frozenset[str]:
    """The words of a passage, those of its title and headings included."""
    return held_words(" ".join((passage.document.title, *passage.chunk.section, passage.chunk.text)))


def _is_spelled_out(name: str, passages: Sequence[Passage]) -> bool:
    """Whether consecutive words of a passage begin with the letters of an abbreviation: "LLM", large language model."""
    texts = (" ".join((each.document.title, *each.chunk.section, each.chunk.text)) for each in passages)
    return any(name in "".join(word[0] for word in _LATIN.findall(text)).lower() for text in texts)


def _is_mistyped(name: str, passages: Sequence[Passage]) -> bool:
    """Whether a passage holds a name that differs from one by a slip of the hand: "Helth", "pytroch"."""
    if len(name) < _LEAST_SLIP:
        return False
    texts = " ".join(text for each in passages for text in (each.document.title, *each.chunk.section, each.chunk.text))
    return any(_is_slip(name, word) for word in words_of(" ".join(_CAPITAL.findall(texts))))


def _is_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, superfluous or another, or two have changed places; the first one is right."""
    if typed[0] != meant[0] or abs(len(typed) - len(meant)) > 1:
        return False
    begin = next((n for n, pair in enumerate(zip(typed, meant, strict=False)) if pair[0] != pair[1]), -1)
    one, two = typed[begin:], meant[begin:]
    return one[1:] in {two, two[1:]} or one == two[1:] or (one[:2] == two[1::-1] and one[2:] == two[2:])
