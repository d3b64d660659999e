"""Vectors in Chroma, embedded in this process; `chroma_http.py` is its sister for a Chroma server.

Embedded Chroma serves one process: beside a second one it loses vectors without a word. Whoever opens it must hold the
index lock. Chroma is always given our own vectors, never texts: its default embedding function downloads a model.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from rag.backends.disk_trouble import remedy_of
from rag.backends.heap import forget_what_is_freed, large_blocks_untouched, put_down_programs
from rag.errors import StorageFailed
from rag.ports import DenseHit, Vectors
from rag.types import ChunkId

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import QueryResult

_Result = TypeVar("_Result")

_BATCH = 2000
"""Vectors in one call; Chroma 1.5 refuses more than 5,461."""

_EXPORTER = "opentelemetry.exporter.otlp.proto.grpc.trace_exporter"

CONFIGURATION = {"hnsw": {"space": "cosine", "ef_search": 400}}
"""The default ef_search of 100 found .91 of the nearest ten among 20,000 unclustered vectors; 400 finds .994."""


class ChromaIndex:
    """One collection; implements `rag.ports.VectorIndex`."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def add(self, ids: Sequence[ChunkId], vectors: Vectors) -> None:
        """Store vectors, overwriting known ids."""

        def upsert() -> None:
            for start in range(0, len(ids), _BATCH):
                chosen = slice(start, start + _BATCH)
                self._collection.upsert(ids=[*ids[chosen]], embeddings=vectors[chosen])

        await _guarded(upsert)

    async def delete(self, ids: Sequence[ChunkId]) -> None:
        """Forget vectors."""

        def delete() -> None:
            for start in range(0, len(ids), _BATCH):
                self._collection.delete(ids=[*ids[start : start + _BATCH]])

        await _guarded(delete)

    async def nearest(self, vector: Vectors, *, limit: int) -> list[DenseHit]:
        """The nearest chunks, best first."""

        def query() -> list[DenseHit]:
            row = np.asarray(vector, np.float32)[None]
            return hits(self._collection.query(query_embeddings=row, n_results=limit, include=["distances"]))

        return await _guarded(query)

    async def count(self) -> int:
        """Number of stored vectors."""
        return await _guarded(self._collection.count)


class ChromaStore:
    """The collections of one Chroma database; implements `rag.ports.VectorStore`."""

    def __init__(self, client: ClientAPI) -> None:
        self._client = client
        self._opened: dict[str, ChromaIndex] = {}

    async def collection(self, name: str) -> ChromaIndex:
        """A collection for cosine search; opened once, because no other process may change the database."""
        if name not in self._opened:
            self._opened[name] = ChromaIndex(await _guarded(lambda: self._read(name)))
        return self._opened[name]

    def _read(self, name: str) -> Collection:
        configuration: Any = CONFIGURATION
        collection = self._client.get_or_create_collection(name, configuration=configuration, embedding_function=None)
        with large_blocks_untouched():
            collection.count()  # has the graph read, which else the first search would do
        put_down_programs()
        return collection

    async def names(self) -> tuple[str, ...]:
        """The collections that exist."""
        return await _guarded(lambda: tuple(each.name for each in self._client.list_collections()))

    async def drop(self, name: str) -> None:
        """Delete a collection."""
        self._opened.pop(name, None)
        if name in await self.names():
            await _guarded(lambda: self._client.delete_collection(name))


def hits(found: QueryResult) -> list[DenseHit]:
    """What Chroma found for one vector; it counts in distances, the core in similarities."""
    distances = found["distances"] or [[]]
    return [
        DenseHit(chunk_id=ChunkId(chunk_id), similarity=1.0 - distance)
        for chunk_id, distance in zip(found["ids"][0], distances[0], strict=True)
    ]


@contextmanager
def without_exporter() -> Iterator[None]:
    """Has Chroma imported without what sends traces by gRPC: it imports that always, and uses it where that is set.

    It is not set here, and would take 12 MB and a tenth of a second.
    """
    stand_in = ModuleType(_EXPORTER)
    vars(stand_in)["OTLPSpanExporter"] = None
    absent = sys.modules.setdefault(_EXPORTER, stand_in) is stand_in
    try:
        yield
    finally:
        if absent:
            del sys.modules[_EXPORTER]


@asynccontextmanager
async def open_chroma(folder: Path) -> AsyncIterator[ChromaStore]:
    """The embedded Chroma database in a folder, closed at the end. Raises StorageFailed."""
    client = await _guarded(lambda: _client(folder))
    try:
        yield ChromaStore(client)
    finally:
        await _guarded(client.close)


def _client(folder: Path) -> Any:
    with without_exporter():
        import chromadb
        from chromadb.config import Settings

    folder.mkdir(parents=True, exist_ok=True)
    forget_what_is_freed()
    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))


async def _guarded(work: Callable[[], _Result]) -> _Result:
    """Runs a blocking call of Chroma on a thread and translates what it raises."""
    try:
        return await asyncio.to_thread(work)
    except Exception as error:
        # Chroma's Rust core raises bare exceptions of several families; all of them mean the store did not do its work.
        remedy = remedy_of(str(error), folder="chroma/ in the home")
        told = f"the vector store failed: {type(error).__name__}: {error}"
        raise StorageFailed(f"{told}; {remedy}" if remedy else told) from error
