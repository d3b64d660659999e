"""What every vector index promises, asked of every index.

An implementation joins by an entry in `OPENERS`: an asynchronous context manager that opens an empty collection in an
empty folder. A server has no folder: each test gets a database of its own there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from rag.backends.chroma import open_chroma
from rag.backends.chroma_http import open_chroma_server
from rag.backends.memory import MemoryVectors, MemoryVectorStore
from rag.errors import StorageFailed
from rag.ports import VectorIndex, Vectors, VectorStore
from rag.types import ChunkId

Opener = Callable[[Path], AbstractAsyncContextManager[VectorStore]]


@asynccontextmanager
async def _open_memory(_folder: Path) -> AsyncIterator[VectorStore]:
    yield MemoryVectorStore()


OPENERS: dict[str, Opener] = {"memory": _open_memory, "chroma": open_chroma}
STORES = [
    "memory",
    pytest.param("chroma", marks=pytest.mark.slow),
    pytest.param("chroma server", marks=pytest.mark.slow),
]


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[VectorStore]:
    if request.param == "chroma server":
        opening: AbstractAsyncContextManager[VectorStore] = open_chroma_server(request.getfixturevalue("chroma"))
    else:
        opening = OPENERS[request.param](tmp_path)
    async with opening as opened:
        yield opened


@pytest.fixture
async def index(store: VectorStore) -> VectorIndex:
    return await store.collection("library-1")


def _ids(*names: str) -> list[ChunkId]:
    return [ChunkId(name) for name in names]


def _directions(*degrees: float) -> Vectors:
    """Unit vectors in a plane of four dimensions: their cosines are those of the angles between them."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles), 0 * angles, 0 * angles], axis=1).astype(np.float32)


async def test_an_empty_index_finds_nothing(index: VectorIndex) -> None:
    assert await index.count() == 0
    assert await index.nearest(_directions(0)[0], limit=5) == []


async def test_the_nearest_come_first_with_their_cosine(index: VectorIndex) -> None:
    await index.add(_ids("right", "near", "opposite"), _directions(90, 10, 180))
    hits = await index.nearest(_directions(0)[0], limit=3)
    assert [hit.chunk_id for hit in hits] == ["near", "right", "opposite"]
    assert [hit.similarity for hit in hits] == pytest.approx([np.cos(np.radians(10)), 0.0, -1.0], abs=1e-5)


@pytest.mark.parametrize(("limit", "expected"), [(1, ["a"]), (2, ["a", "b"]), (50, ["a", "b", "c"])])
async def test_no_more_than_the_limit_are_found(index: VectorIndex, limit: int, expected: list[str]) -> None:
    await index.add(_ids("c", "b", "a"), _directions(50, 30, 10))
    assert [hit.chunk_id for hit in await index.nearest(_directions(0)[0], limit=limit)] == expected


async def test_a_known_id_is_overwritten(index: VectorIndex) -> None:
    await index.add(_ids("moves", "stays"), _directions(0, 90))
    await index.add(_ids("moves"), _directions(180))
    assert await index.count() == 2
    assert [hit.chunk_id for hit in await index.nearest(_directions(0)[0], limit=2)] == ["stays", "moves"]


async def test_deleted_vectors_are_not_found_and_unknown_ids_are_ignored(index: VectorIndex) -> None:
    await index.add(_ids("gone", "kept"), _directions(0, 90))
    await index.delete(_ids("gone", "never-there"))
    assert await index.count() == 1
    assert [hit.chunk_id for hit in await index.nearest(_directions(0)[0], limit=5)] == ["kept"]


async def test_adding_and_deleting_nothing_changes_nothing(index: VectorIndex) -> None:
    await index.add(_ids("only"), _directions(0))
    await index.add([], np.empty((0, 4), dtype=np.float32))
    await index.delete([])
    assert await index.count() == 1


async def test_vectors_of_another_length_are_refused(index: VectorIndex) -> None:
    await index.add(_ids("four"), _directions(0))
    with pytest.raises(StorageFailed, match=r"dimension|numbers"):
        await index.add(_ids("five"), np.full((1, 5), 5**-0.5, dtype=np.float32))
    with pytest.raises(StorageFailed, match=r"dimension|numbers"):
        await index.nearest(np.full(5, 5**-0.5, dtype=np.float32), limit=1)
    assert await index.count() == 1


async def test_ids_without_a_vector_each_are_refused(index: VectorIndex) -> None:
    with pytest.raises(StorageFailed):
        await index.add(_ids("one", "two"), _directions(0))
    assert await index.count() == 0


async def test_many_vectors_are_all_found_by_themselves(index: VectorIndex) -> None:
    rows = np.random.default_rng(3).normal(size=(2500, 16))
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    ids = [ChunkId(f"chunk-{row}") for row in range(2500)]
    await index.add(ids, vectors)
    assert await index.count() == 2500
    for row in range(0, 2500, 250):
        assert (await index.nearest(vectors[row], limit=1))[0].chunk_id == ids[row]


async def test_readers_at_once_find_the_same(index: VectorIndex) -> None:
    await index.add(_ids("a", "b", "c"), _directions(10, 30, 50))
    found = await asyncio.gather(*(index.nearest(_directions(0)[0], limit=3) for _ in range(8)))
    assert all(hits == found[0] for hits in found)


async def test_collections_are_apart_until_they_are_dropped(store: VectorStore) -> None:
    old, new = await store.collection("library-1"), await store.collection("library-2")
    await old.add(_ids("old"), _directions(0))
    await new.add(_ids("new"), _directions(0))
    assert sorted(await store.names()) == ["library-1", "library-2"]
    await store.drop("library-1")
    await store.drop("never-there")
    assert await store.names() == ("library-2",)
    assert [hit.chunk_id for hit in await new.nearest(_directions(0)[0], limit=2)] == ["new"]
    assert await (await store.collection("library-1")).count() == 0


async def test_the_same_name_gives_the_same_collection(store: VectorStore) -> None:
    await (await store.collection("library-1")).add(_ids("kept"), _directions(0))
    assert await (await store.collection("library-1")).count() == 1


async def test_memory_keeps_its_own_copy_of_the_vectors() -> None:
    index, vectors = MemoryVectors(), _directions(0)
    await index.add(_ids("mine"), vectors)
    vectors[:] = 0
    assert (await index.nearest(_directions(0)[0], limit=1))[0].similarity == pytest.approx(1.0)
