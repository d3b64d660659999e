"""What one sentence claims: its words, numbers and names, and whether a source's sentences say the same of a number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rag.extract.words import asked_words, words_of
from rag.language import detect_language
from rag.writing.names import chinese_names, chinese_subject, latin_names
from rag.writing.numbers import held_numbers, stated_numbers
from rag.writing.sources import Source, Window

_WORD_WEIGHT, _NAME_WEIGHT = 1.5, 2.5
"""What a Latin word and a name weigh against one Chinese bigram, as in the check of citations."""

_MARKUP = re.compile(r"[*_`~#|>]+|^\s*(?:[-+•·]|\d{1,3}[.)、])\s", re.MULTILINE)

_LABEL = re.compile(r"^\s*(?:[-*+•·]|\d{1,3}[.)、])?\s*\*\*[^*\n]{1,40}?(?:[:：]\*\*|\*\*\s*[:：])")
"""The bold words before a list item's colon, which name it and state nothing."""

_CLAUSE = re.compile(r"[，,；;。！？!?：:\n]+(?!\d)|\b(?:and|but|while)\b|而|并")

_NEARLY = 0.6
"""Share of the words of a clause that the line of its number holds, of those that the best line holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a sentence states, taken apart.

    Attributes:
        text: the sentence without markup.
        language: the one it is written in; falsy where nobody can tell.
        weights: its words, without numbers, and what each counts for.
        stated: its numbers.
        latin, chinese: the names in it.
        subject: what a Chinese sentence is about; "" where nothing tells.
    """

    text: str
    language: str
    weights: Mapping[str, float]
    stated: frozenset[float]
    latin: frozenset[str]
    chinese: frozenset[str]
    subject: str


def claim_of(text: str) -> Claim:
    """The claim that a sentence or list item makes."""
    plain = " ".join(_MARKUP.sub(" ", text).split())
    latin = latin_names(plain)
    words = [word for word in asked_words(_LABEL.sub("", text, count=1)) if not word[0].isdigit()]
    return Claim(
        text=plain,
        language=detect_language(plain),
        weights={word: _weight(word, latin) for word in words},
        stated=stated_numbers(plain),
        latin=latin,
        chinese=chinese_names(plain),
        subject=chinese_subject(plain),
    )


def _weight(word: str, names: frozenset[str]) -> float:
    if not word.isascii():
        return 1.0
    return _NAME_WEIGHT if any(name.startswith(word) for name in names) else _WORD_WEIGHT


def share_of(claim: Claim, words: frozenset[str]) -> float:
    """The share of a claim's weight that a source's words hold."""
    total = sum(claim.weights.values())
    return sum(claim.weights[word] for word in claim.weights.keys() & words) / total if total else 0.0


def misplaces(claim: Claim, source: Source, window: Window) -> bool:
    """Whether a number of the claim belongs to another sentence of the window than what the claim says of it.

    "A was founded in 2015. B was founded in 2019." does not carry "B was founded in 2015."
    """
    lines = [(words_of(source.lines[n]), held_numbers(source.lines[n])) for n in window.lines]
    if len(lines) < 2:
        return False
    for clause in filter(None, _CLAUSE.split(claim.text)):
        numbers = stated_numbers(clause)
        wanted = {word: claim.weights[word] for word in asked_words(clause) if word in claim.weights}
        if not numbers or not wanted:
            continue
        shares = [sum(wanted[word] for word in wanted.keys() & words) for words, _ in lines]
        for number in numbers:
            there = max((share for share, (_, held) in zip(shares, lines, strict=True) if number in held), default=None)
            if there is not None and there < _NEARLY * max(shares):
                return True
    return False
