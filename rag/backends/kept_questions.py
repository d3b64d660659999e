"""The embedder of index runs: the questions that documents bring along are remembered as their passages are.

What people ask is kept nowhere but in memory; what an author has written beside a heading is part of the library.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.backends.embedding import embeddable
from rag.backends.vector_cache import VectorCache
from rag.backends.vector_packs import from_halves, to_halves
from rag.ports import Embedder, Vectors


def question_entry(text: str) -> str:
    """What a question's vector is filed under: the same words as a passage have another one."""
    return f"question\0{text}"


class KeepingEmbedder:
    """Keeps the vectors of questions in a cache; those of passages are the inner embedder's own business."""

    def __init__(self, inner: Embedder, cache: VectorCache, *, batch_size: int) -> None:
        self._inner = inner
        self._cache = cache
        self._batch_size = batch_size

    @property
    def identity(self) -> str:
        """The inner embedder's; see `rag.ports.Embedder`."""
        return self._inner.identity

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._inner.dimension

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, those that were made before from the cache; see `rag.ports.Embedder`."""
        entries = {question_entry(text): text for text in embeddable(texts)}
        known = await self._cache.get_many(self.identity, list(entries))
        missing = [entry for entry in entries if entry not in known]
        for start in range(0, len(missing), self._batch_size):
            batch = missing[start : start + self._batch_size]
            made = await self._inner.embed_queries([entries[entry] for entry in batch])
            await self._cache.put_many(self.identity, batch, made)
            known |= zip(batch, from_halves(to_halves(made)), strict=True)
        rows = [known[question_entry(text)] for text in embeddable(texts)]
        return np.stack(rows) if rows else np.empty((0, self.dimension), dtype=np.float32)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of pieces of documents; see `rag.ports.Embedder`."""
        return await self._inner.embed_passages(texts)
