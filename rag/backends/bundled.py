"""The default embedder: both models that ship inside packages, in one vector.

The vectors of either model crowd around a mean that tells the language of a text, and whether it is a question, more
than what it says: raw e5 finds any two texts .8 similar. Taking away the mean of a text's own language and role lets a
question meet its answer across languages, and the best similarity then tells whether there is an answer at all.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.backends.e5.opening import open_e5
from rag.backends.embedding import unit_rows
from rag.errors import EmbedderUnavailable, InvalidInput
from rag.language import detect_language
from rag.ports import Embedder, Vectors
from rag.types import Language

E5_WEIGHT = 0.6
"""Share of the e5 half in the similarity; the best of the weights tried on parallel Chinese and English questions."""

_MEANS_FILE = "bundled_means.npy"
_LANGUAGES = (Language.ZH, Language.EN)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Means:
    """Mean vectors of both models, joined: shape (2 roles, 2 languages, dimension of both).

    The roles are question and passage, the languages Chinese and English; a text in another language takes the mean of
    both. The means are part of the embedder's identity, so they never come from a user's library.
    """

    values: Vectors

    def questions(self, texts: Sequence[str]) -> Vectors:
        """A mean for each question."""
        return self._of(0, texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """A mean for each passage."""
        return self._of(1, texts)

    def _of(self, role: int, texts: Sequence[str]) -> Vectors:
        by_language = {language: self.values[role, n] for n, language in enumerate(_LANGUAGES)}
        between = self.values[role].mean(axis=0)
        chosen = [by_language.get(detect_language(text), between) for text in texts]
        return np.stack(chosen) if chosen else self.values[role, :0]


class BundledEmbedder:
    """Joins two embedders: the similarity is the weighted sum of both models', each centred on its means.

    Args:
        e5: the model of the first half.
        use: the model of the second half.
        means: what is taken away before the halves are brought to unit length.
    """

    def __init__(self, e5: Embedder, use: Embedder, *, means: Means) -> None:
        self.dimension = e5.dimension + use.dimension
        shape = (2, len(_LANGUAGES), self.dimension)
        if means.values.shape != shape or not np.all(np.isfinite(means.values)):
            raise InvalidInput(f"the means have shape {means.values.shape!r}, expected {shape!r} of finite numbers")
        self._e5, self._use, self._means = e5, use, means
        self.identity = bundled_identity(e5.identity, use.identity, means)

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; see `rag.ports.Embedder`."""
        halves = await asyncio.gather(self._e5.embed_queries(texts), self._use.embed_queries(texts))
        return self._centred(np.concatenate(halves, axis=1) - self._means.questions(texts))

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of pieces of documents; see `rag.ports.Embedder`."""
        halves = await asyncio.gather(self._e5.embed_passages(texts), self._use.embed_passages(texts))
        return self._centred(np.concatenate(halves, axis=1) - self._means.passages(texts))

    def _centred(self, joined: NDArray[np.float32]) -> Vectors:
        e5, use = unit_rows(joined[:, : self._e5.dimension]), unit_rows(joined[:, self._e5.dimension :])
        return unit_rows(np.concatenate([np.sqrt(E5_WEIGHT) * e5, np.sqrt(1 - E5_WEIGHT) * use], axis=1))


def bundled_identity(e5: str, use: str, means: Means) -> str:
    """The identity of two joined embedders, by theirs and what is taken away from their vectors."""
    version = hashlib.sha256(means.values.astype("<f4").tobytes() + repr(E5_WEIGHT).encode()).hexdigest()[:8]
    return f"bundled:{e5}+{use}:{version}"


async def open_bundled(use: Embedder, *, threads: int, e5_folder: Path | None = None) -> Embedder:
    """The best of the packaged models that this machine can run.

    Where the larger model has no build or does not load, the smaller one answers alone; its identity tells.

    Args:
        use: the smaller model, loaded.
        threads: most passages worked on at the same time.
        e5_folder: where the larger model lies; its installed package by default.

    Raises:
        EmbedderUnavailable: the shipped means are damaged.
    """
    try:
        e5 = await open_e5(threads=threads, folder=e5_folder)
    except EmbedderUnavailable as error:
        log.warning("the larger embedding model is unavailable, %s embeds alone: %s", use.identity, error)
        return use
    return BundledEmbedder(e5, use, means=load_means())


def load_means(file: Traversable | None = None) -> Means:
    """The shipped means.

    Args:
        file: another file than the shipped one.

    Raises:
        EmbedderUnavailable: the file is missing or damaged.
    """
    chosen = file or resources.files(__package__) / _MEANS_FILE
    try:
        values = np.load(io.BytesIO(chosen.read_bytes()), allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise EmbedderUnavailable(f"{chosen.name} cannot be read ({error}); reinstall the program") from error
    if not isinstance(values, np.ndarray) or values.dtype != np.float32 or values.shape[:2] != (2, len(_LANGUAGES)):
        raise EmbedderUnavailable(f"{chosen.name} does not hold the means of two roles; reinstall the program")
    return Means(values)


async def make_means(
    embedders: Sequence[Embedder],
    *,
    questions: Mapping[Language, Sequence[str]],
    passages: Mapping[Language, Sequence[str]],
) -> Means:
    """The means of a collection of questions and passages, for shipping.

    Raises:
        InvalidInput: a language has no questions or no passages.
    """
    if empty := [language for language in _LANGUAGES if not (questions.get(language) and passages.get(language))]:
        raise InvalidInput(f"no questions or no passages for the languages {empty!r}; means need both")
    roles = [
        [
            [(await each.embed_queries(questions[language])).mean(axis=0) for each in embedders]
            for language in _LANGUAGES
        ],
        [
            [(await each.embed_passages(passages[language])).mean(axis=0) for each in embedders]
            for language in _LANGUAGES
        ],
    ]
    return Means(np.stack([[np.concatenate(halves) for halves in languages] for languages in roles]))
