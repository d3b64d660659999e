"""Notices when another model answers under the name of the one that made the library's vectors.

A server that pays no heed to the name it is asked for, or an alias that was led elsewhere, gives vectors of the same
length that mean something else, and every answer would be chosen by chance. So the vector of one text is kept with the
others, and is made and held against the kept one before the first use.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from rag.backends.vector_cache import VectorCache
from rag.backends.wrapped import WrappedEmbedder
from rag.errors import EmbedderUnavailable
from rag.ports import Embedder, Vectors

_TEXT = "A company that sells what it has measured. 一家只卖自己量过的东西的公司。"
_ENTRY = f"vouched\0{_TEXT}"
_SAME = 0.95
"""Least cosine between two vectors of one text by one model: precision and batches change the third decimal."""


class VouchedEmbedder(WrappedEmbedder):
    """Asks its inner embedder for one known vector before the first work, and refuses when it is another."""

    def __init__(self, inner: Embedder, cache: VectorCache, *, server: str) -> None:
        super().__init__(inner)
        self._cache = cache
        self._server = server
        self._looking = asyncio.Lock()
        self._vouched = False

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; see `rag.ports.Embedder`."""
        # In this order, since a question has less patience with a server than a passage has.
        vectors = await self._inner.embed_queries(texts)
        await self._vouch()
        return vectors

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of pieces of documents; see `rag.ports.Embedder`."""
        await self._vouch()
        return await self._inner.embed_passages(texts)

    async def _vouch(self) -> None:
        """Raises EmbedderUnavailable when the model is another one, or cannot be asked."""
        async with self._looking:
            if self._vouched:
                return
            (made,) = await self._inner.embed_passages([_TEXT])
            kept = (await self._cache.get_many(self.identity, [_ENTRY])).get(_ENTRY)
            if kept is None:
                await self._cache.put_many(self.identity, [_ENTRY], made[None])
            elif float(kept @ made) < _SAME:
                raise self._other(float(kept @ made))
            self._vouched = True

    def _other(self, likeness: float) -> EmbedderUnavailable:
        found = f"the embeddings server at {self._server!r} runs another model than before under the same name"
        error = EmbedderUnavailable(
            f"{found}: one text's vectors are alike by {likeness:.2f} only; put the model back, or set"
            " ADVISOR_EMBEDDINGS_MODEL to the new one's own name and index again"
        )
        error.retryable = False
        return error
