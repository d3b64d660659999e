"""The terms by which the writer compares a question with a passage: those of the index, without English endings.

"Renting" and "rent" are one word to a reader. The index keeps them apart, because a root joins words that mean
different things; within the few passages that were found for one question it joins next to none of those.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rag.terms import index_terms, query_terms

_ENDING = re.compile(r"(?<=[a-z]{3})(?:ings?|ed|es|er|ly|e)$")


def words_of(text: str) -> frozenset[str]:
    """The distinct words of a text."""
    return frozenset(_roots(index_terms(text)))


@lru_cache(maxsize=512)
def held_words(text: str) -> frozenset[str]:
    """The same of a text of the library, remembered: an answer looks at it often. Not for what a person wrote."""
    return words_of(text)


def asked_words(question: str) -> tuple[str, ...]:
    """The distinct words of a question that carry its meaning, in its order."""
    return tuple(dict.fromkeys(_roots(query_terms(question))))


def _roots(terms: Iterable[str]) -> Iterable[str]:
    return (_ENDING.sub("", term) if term.isascii() else term for term in terms)
