"""Interrupted index runs: whole documents or nothing, and the next run finishes the work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from rag.backends.memory import MemoryVectors, MemoryVectorStore
from rag.errors import StorageFailed
from rag.ports import Vectors
from rag.types import ChunkId

if TYPE_CHECKING:
    from tests.rag.ingest.conftest import Library


class BreakingVectors(MemoryVectors):
    """A vector index whose disk fills up after some writes: the vectors are stored, then the run dies."""

    writes_left = 0

    async def add(self, ids: Sequence[ChunkId], vectors: Vectors) -> None:
        await super().add(ids, vectors)
        self.writes_left -= 1
        if self.writes_left < 0:
            raise StorageFailed("no space left on the device")


class BreakingStore(MemoryVectorStore):
    """Hands out one breaking collection after the other."""

    def __init__(self, writes: int) -> None:
        super().__init__()
        self.writes = writes

    async def collection(self, name: str) -> MemoryVectors:
        if name not in self._collections:
            self._collections[name] = BreakingVectors()
        made = self._collections[name]
        assert isinstance(made, BreakingVectors)
        made.writes_left = self.writes
        return made


@pytest.mark.parametrize("writes", range(4))
async def test_an_interrupted_first_run_shows_nothing_and_the_next_one_finishes(library: Library, writes: int) -> None:
    for n in range(4):
        library.write(f"{n}.md", f"# T{n}\n\nText {n}.")
    library.store = store = BreakingStore(writes)
    with pytest.raises(StorageFailed):
        await library.update()
    assert await library.live_texts() == {}
    store.writes = 100
    report = await library.update()
    assert len(report.added) == 4 - writes
    assert await library.live_texts() == {f"{n}.md": [f"Text {n}."] for n in range(4)}
    assert await (await library.live_vectors()).count() == 4


@pytest.mark.parametrize("writes", range(3))
async def test_an_interrupted_update_leaves_whole_documents(library: Library, writes: int) -> None:
    for n in range(3):
        library.write(f"{n}.md", f"# T{n}\n\nOld {n}.\n\n## More\n\nOld tail {n}.")
    library.store = store = BreakingStore(100)
    await library.update()
    for n in range(3):
        library.write(f"{n}.md", f"# T{n}\n\nFresh {n}.\n\n## More\n\nFresh tail {n}.")
    store.writes = writes
    with pytest.raises(StorageFailed):
        await library.update()
    for n in range(3):
        word = "Fresh" if n < writes else "Old"
        assert (await library.live_texts())[f"{n}.md"] == [f"{word} {n}.", f"{word} tail {n}."]
    store.writes = 100
    assert len((await library.update()).updated) == 3 - writes
    assert await (await library.live_vectors()).count() == 6
