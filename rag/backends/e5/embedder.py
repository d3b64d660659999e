"""Embeds with an encoder graph: tokens, their embeddings, the graph, the mean."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import numpy as np

from rag.backends.e5.package import DIMENSION, IDENTITY
from rag.backends.e5.session import Run
from rag.backends.e5.tokenizer import Tokenizer
from rag.backends.e5.weights import Weights, dequantised
from rag.backends.embedding import embeddable, unit_rows
from rag.ports import Vectors

_QUERY, _PASSAGE = "query: ", "passage: "
"""What the model was trained to see before a question and before a passage."""


class Reader:
    """One text to one vector, on the calling thread.

    The model sees 512 tokens at a time. A longer text is read in windows, and its vector is the mean over all of them,
    each counted by its tokens, as in the package's own engine.
    """

    def __init__(self, weights: Weights, tokenizer: Tokenizer, run: Run) -> None:
        sizes = weights.sizes
        self._tokenizer, self._run = tokenizer, run
        self._marks = (weights.vocabulary.begin, weights.vocabulary.end)
        self._words = weights.rows("emb.word", width=sizes.hidden)
        positions = weights.floats("emb.pos").reshape(-1, sizes.hidden)
        self._positions = positions + weights.floats("emb.type")[: sizes.hidden]
        self._window = sizes.positions - 2

    def vector(self, text: str) -> Vectors:
        """The vector of a text that has its prefix, of unit length."""
        tokens = self._tokenizer.tokens(text)
        windows = [tokens[start : start + self._window] for start in range(0, len(tokens), self._window)]
        unit: Vectors = unit_rows(np.sum([self._weighted(window) for window in windows], axis=0, keepdims=True))[0]
        return unit

    def _weighted(self, window: list[int]) -> Vectors:
        begin, end = self._marks
        marked = [begin, *window, end]
        embeddings = dequantised(self._words(marked)) + self._positions[: len(marked)]
        weighted: Vectors = self._run(embeddings[np.newaxis]) * np.float32(len(window) / len(marked))
        return weighted


class E5Embedder:
    """Embeds with multilingual-e5-small; see `rag.ports.Embedder`.

    A text's vector does not depend on the texts beside it, bit for bit.

    Args:
        reader: the model.
        threads: most texts worked on at the same time.
    """

    identity: Final = IDENTITY
    dimension: Final = DIMENSION

    def __init__(self, reader: Reader, *, threads: int) -> None:
        self._reader = reader
        self._threads = threads

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; see `rag.ports.Embedder`."""
        return await self._embed(texts, _QUERY)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of pieces of documents; see `rag.ports.Embedder`."""
        return await self._embed(texts, _PASSAGE)

    async def _embed(self, texts: Sequence[str], prefix: str) -> Vectors:
        cleaned = embeddable(texts)
        vectors = np.zeros((len(cleaned), self.dimension), dtype=np.float32)
        # Longest first, so that the threads end at nearly the same time; taking the next one is atomic.
        waiting = iter(sorted(range(len(cleaned)), key=lambda row: -len(cleaned[row])))

        def work() -> None:
            for row in waiting:
                vectors[row] = self._reader.vector(prefix + cleaned[row])

        await asyncio.gather(*(asyncio.to_thread(work) for _ in range(min(self._threads, len(cleaned)))))
        return vectors
