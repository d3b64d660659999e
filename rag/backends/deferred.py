"""An embedder whose model is loaded with the first text: an index run that finds nothing changed needs none."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from rag.errors import EmbedderUnavailable
from rag.ports import Embedder, Vectors


class DeferredEmbedder:
    """Stands for an embedder of which the name is known.

    Args:
        identity: the embedder's identity.
        dimension: the length of its vectors.
        load: opens it; called once.
    """

    def __init__(self, *, identity: str, dimension: int, load: Callable[[], Awaitable[Embedder]]) -> None:
        self.identity = identity
        self.dimension = dimension
        self._load = load
        self._loaded: Embedder | None = None
        self._loading = asyncio.Lock()

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; see `rag.ports.Embedder`."""
        return await (await self._inner()).embed_queries(texts)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of pieces of documents; see `rag.ports.Embedder`."""
        return await (await self._inner()).embed_passages(texts)

    async def _inner(self) -> Embedder:
        async with self._loading:
            if self._loaded is None:
                loaded = await self._load()
                if loaded.identity != self.identity:
                    # The index would be rebuilt by the lesser model; whoever started this decides about that.
                    problem = f"the embedder {self.identity!r} does not load here any more, {loaded.identity!r} does"
                    raise EmbedderUnavailable(f"{problem}; advisor doctor says why")
                self._loaded = loaded
        return self._loaded
