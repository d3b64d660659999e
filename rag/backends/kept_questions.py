"""The embedder of index runs: the questions that documents bring along are remembered as their passages are.

What people ask is kept nowhere but in memory; what an author has written beside a heading is part of the library.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.backends.embedding import embeddable
from rag.backends.vector_cache import VectorCache
from rag.backends.wrapped import WrappedEmbedder
from rag.ports import Embedder, Vectors


def question_entry(text: str) -> str:
    """What a question's vector is filed under: the same words as a passage have another one."""
    return f"question\0{text}"


class KeepingEmbedder(WrappedEmbedder):
    """Keeps the vectors of questions in a cache; those of passages are the inner embedder's own business."""

    def __init__(self, inner: Embedder, cache: VectorCache, *, batch_size: int) -> None:
        super().__init__(inner)
        self._cache = cache
        self._batch_size = batch_size

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, those that were made before from the cache; see `rag.ports.Embedder`."""
        entries = {question_entry(text): text for text in embeddable(texts)}
        embed = self._inner.embed_queries
        known = await self._cache.known_or_made(self.identity, entries, embed, batch_size=self._batch_size)
        rows = [known[question_entry(text)] for text in embeddable(texts)]
        return np.stack(rows) if rows else np.empty((0, self.dimension), dtype=np.float32)
