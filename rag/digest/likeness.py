"""How alike texts are, by meaning where there is an embedder and by words otherwise, and which belong together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.errors import EmbedderUnavailable
from rag.extract.words import words_of
from rag.ports import Embedder, Vectors

_CHARACTERS = 1_000
_WORDS_LIKE_MEANING = 1.6
"""Of texts that mean the same, about a third of the words are shared where the cosine is about two thirds."""


class Likeness:
    """Compares texts with the quick embedder of sentences. Texts are cut, never refused."""

    def __init__(self, embedder: Embedder | None) -> None:
        self._embedder = embedder

    async def between(self, texts: Sequence[str], others: Sequence[str]) -> Vectors:
        """A matrix of likenesses, one row for each of the texts, about 0 to 1."""
        if not texts or not others:
            return np.zeros((len(texts), len(others)), dtype=np.float32)
        if self._embedder is not None:
            try:
                both = await self._embedder.embed_passages([_cut(text) for text in (*texts, *others)])
            except EmbedderUnavailable:
                return _by_words(texts, others)
            return both[: len(texts)] @ both[len(texts) :].T
        return _by_words(texts, others)

    async def groups(self, texts: Sequence[str], *, least: float) -> list[list[int]]:
        """Places of texts that belong together, in the order of the texts: each group's mean likeness is `least`."""
        return grouped(await self.between(texts, texts), least=least)


def grouped(alike: Vectors, *, least: float) -> list[list[int]]:
    """Joins what is most alike first, by the mean over both groups, as long as it is alike enough."""
    groups = [[place] for place in range(len(alike))]
    while len(groups) > 1:
        means = _means(alike, groups)
        one, other = divmod(int(np.argmax(means)), len(groups))
        if means[one, other] < least:
            break
        first, second = sorted((one, other))
        groups[first] = sorted(groups[first] + groups.pop(second))
    return sorted(groups)


def _means(alike: Vectors, groups: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """The mean likeness of each pair of groups; of a group with itself, less than any."""
    member = np.zeros((len(groups), len(alike)))
    for place, group in enumerate(groups):
        member[place, list(group)] = 1 / len(group)
    means: NDArray[np.float64] = member @ alike @ member.T
    np.fill_diagonal(means, -2.0)
    return means


def _by_words(texts: Sequence[str], others: Sequence[str]) -> Vectors:
    return np.array([[_shared(words_of(one), words_of(other)) for other in others] for one in texts], dtype=np.float32)


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    either = len(one | other)
    return min(1.0, _WORDS_LIKE_MEANING * len(one & other) / either) if either else 0.0


def _cut(text: str) -> str:
    return text[:_CHARACTERS].strip() or "-"
