"""What stands in front of an embedder and is taken for it."""

from __future__ import annotations

from collections.abc import Sequence

from rag.ports import Embedder, Vectors


class WrappedEmbedder:
    """Hands everything on to an inner embedder; a subclass does otherwise with what it is there for."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner

    @property
    def identity(self) -> str:
        """The inner embedder's; see `rag.ports.Embedder`."""
        return self._inner.identity

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._inner.dimension

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; see `rag.ports.Embedder`."""
        return await self._inner.embed_queries(texts)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of pieces of documents; see `rag.ports.Embedder`."""
        return await self._inner.embed_passages(texts)
