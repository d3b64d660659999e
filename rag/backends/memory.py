"""Backends that live in memory: for tests, for trying the program out, and as the plainest form of each port."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

import numpy as np

from rag.authorship import Usage
from rag.backends.embedding import embeddable, unit_rows
from rag.backends.tokens import estimated_tokens
from rag.errors import ModelUnavailable, StorageFailed
from rag.ports import ChatMessage, DenseHit, ModelInfo, Piece, Vectors
from rag.terms import index_terms
from rag.types import ChunkId

Step = str | float | Usage | ModelUnavailable
"""What a scripted model does next: writes a text, pauses for seconds, tells the usage, or fails."""


class MemoryEmbedder:
    """Embeds without a model: texts that share words are near each other. Other languages' words are not shared."""

    def __init__(self, *, dimension: int = 64) -> None:
        self.dimension = dimension
        self.identity = f"memory-{dimension}"

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; see `rag.ports.Embedder`."""
        return self._embed(embeddable(texts))

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of pieces of documents; see `rag.ports.Embedder`."""
        return self._embed(embeddable(texts))

    def _embed(self, texts: list[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for term in index_terms(text):
                vectors[row, self._place(term)] += 1
            if not vectors[row].any():  # nothing but stop words or signs
                vectors[row, self._place(text)] = 1
        return unit_rows(vectors)

    def _place(self, term: str) -> int:
        digest = hashlib.sha256(term.encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.dimension


class MemoryVectors:
    """A vector index in memory that compares with every vector: exact, and quick up to some ten thousand chunks."""

    def __init__(self) -> None:
        self._rows: dict[ChunkId, Vectors] = {}
        self._dimension: int | None = None

    async def add(self, ids: Sequence[ChunkId], vectors: Vectors) -> None:
        """Store vectors; see `rag.ports.VectorIndex`."""
        if len(ids) != len(vectors):
            raise StorageFailed(f"{len(ids)} ids came with {len(vectors)} vectors; pass one vector for each id")
        if not ids:
            return
        self._dimension = self._dimension or vectors.shape[1]
        self._check(vectors.shape[1])
        self._rows.update(zip(ids, vectors.copy(), strict=True))

    async def delete(self, ids: Sequence[ChunkId]) -> None:
        """Forget vectors; see `rag.ports.VectorIndex`."""
        for chunk_id in ids:
            self._rows.pop(chunk_id, None)

    async def nearest(self, vector: Vectors, *, limit: int) -> list[DenseHit]:
        """The nearest chunks, best first; see `rag.ports.VectorIndex`."""
        if not self._rows:
            return []
        self._check(vector.shape[0])
        ids = list(self._rows)
        similarities = np.stack(list(self._rows.values())) @ vector
        best = np.argsort(-similarities, kind="stable")[:limit]
        return [DenseHit(chunk_id=ids[row], similarity=float(similarities[row])) for row in best]

    async def count(self) -> int:
        """Number of stored vectors; see `rag.ports.VectorIndex`."""
        return len(self._rows)

    def _check(self, dimension: int) -> None:
        if dimension != self._dimension:
            raise StorageFailed(
                f"a vector has {dimension} numbers, the index holds {self._dimension}; rebuild the index"
            )


class MemoryVectorStore:
    """A vector database in memory: collections by name, each of them exact."""

    def __init__(self) -> None:
        self._collections: dict[str, MemoryVectors] = {}

    async def collection(self, name: str) -> MemoryVectors:
        """A collection, made when it does not exist; see `rag.ports.VectorStore`."""
        return self._collections.setdefault(name, MemoryVectors())

    async def names(self) -> tuple[str, ...]:
        """The collections that exist; see `rag.ports.VectorStore`."""
        return tuple(self._collections)

    async def drop(self, name: str) -> None:
        """Delete a collection; see `rag.ports.VectorStore`."""
        self._collections.pop(name, None)


class ScriptedModel:
    """A language model that does what it is told; implements `rag.ports.ChatModel`.

    Args:
        scripts: the steps of each call in turn; the last script serves all further calls.
        name: the model's name, from which the endpoint's is made.
        context_tokens: what prompt and answer share.
        sleep: how a pause passes; a test gives one that returns at once or waits for an event.

    Attributes:
        asked: the prompts of all calls so far.
        closed: how many streams were ended, by themselves or by whoever read them.
    """

    def __init__(
        self,
        *scripts: Sequence[Step],
        name: str = "scripted",
        context_tokens: int = 8192,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.endpoint = f"memory:{name}"
        self.asked: list[tuple[ChatMessage, ...]] = []
        self.closed = 0
        self._scripts = scripts or ((),)
        self._info = ModelInfo(name=name, context_tokens=context_tokens)
        self._sleep = sleep

    async def info(self) -> ModelInfo:
        """The name and length that it was made with; see `rag.ports.ChatModel`."""
        return self._info

    async def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        """An estimate; see `rag.ports.ChatModel`."""
        return estimated_tokens(messages)

    async def stream(self, messages: Sequence[ChatMessage], *, most_tokens: int) -> AsyncGenerator[Piece, None]:
        """The next script; see `rag.ports.ChatModel`."""
        script = self._scripts[min(len(self.asked), len(self._scripts) - 1)]
        self.asked.append(tuple(messages))
        try:
            for step in script:
                match step:
                    case str():
                        yield Piece(text=step)
                    case Usage():
                        yield Piece(usage=step)
                    case ModelUnavailable():
                        raise step
                    case _:
                        await self._sleep(step)
        finally:
            self.closed += 1
