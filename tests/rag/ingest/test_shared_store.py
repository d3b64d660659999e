"""Several libraries that keep their vectors in one store: nobody touches what belongs to another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rag.backends.memory import MemoryEmbedder, MemoryVectorStore
from rag.backends.sqlite.database import open_database
from rag.errors import StorageFailed

if TYPE_CHECKING:
    from tests.rag.ingest.conftest import Library


@pytest.fixture
async def other(library: Library, tmp_path: Path) -> AsyncIterator[Library]:
    """A second library with a catalogue of its own on the first one's store."""
    folder = tmp_path / "other"
    folder.mkdir()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(tmp_path / "other.sqlite3"))
        yield type(library)(folder, database, library.store)


async def collection_of(library: Library) -> str:
    live = await library.catalogue.live()
    assert live is not None
    return live.collection


async def test_the_same_parser_chunker_and_embedder_still_make_two_collections(
    library: Library, other: Library
) -> None:
    library.write("a.md", "# A\n\nOne.")
    other.write("b.md", "# B\n\nTwo.\n\n## C\n\nThree.")
    await library.update()
    await other.update()
    assert await collection_of(library) != await collection_of(other)
    assert await (await library.live_vectors()).count() == 1
    assert await (await other.live_vectors()).count() == 2


async def test_a_rebuild_drops_its_own_earlier_collection_and_no_other(library: Library, other: Library) -> None:
    await library.store.collection("passages-of-somebody-else")
    for each in (library, other):
        each.write("a.md", "# A\n\nOne.")
        await each.update()
    before = await collection_of(library)
    library.embedder = MemoryEmbedder(dimension=32)
    await library.update()
    names = set(await library.store.names())
    assert before not in names
    assert names == {"passages-of-somebody-else", await collection_of(library), await collection_of(other)}
    assert await library.writer.retired_collections() == ()


class UndroppableStore(MemoryVectorStore):
    """A store that loses its connection when it is told to drop a collection that it has."""

    broken = False

    async def drop(self, name: str) -> None:
        if self.broken and name in await self.names():
            raise StorageFailed(f"the connection broke while {name!r} was dropped")
        await super().drop(name)


async def test_a_collection_that_could_not_be_dropped_is_dropped_by_the_next_run(library: Library) -> None:
    library.store = store = UndroppableStore()
    library.write("a.md", "# A\n\nOne.")
    await library.update()
    before = await collection_of(library)
    library.embedder = MemoryEmbedder(dimension=32)
    store.broken = True
    with pytest.raises(StorageFailed, match=before):
        await library.update()
    assert await library.writer.retired_collections() == (before,)
    store.broken = False
    await library.update()
    assert await store.names() == (await collection_of(library),)


@pytest.mark.parametrize("broken", [False, True], ids=["swept", "not swept meanwhile"])
async def test_going_back_to_an_earlier_embedder_keeps_its_collection(library: Library, broken: bool) -> None:
    library.store = store = UndroppableStore()
    library.write("a.md", "# A\n\nOne.")
    await library.update()
    first = await collection_of(library)
    library.embedder = MemoryEmbedder(dimension=32)
    store.broken = broken
    with pytest.raises(StorageFailed) if broken else nullcontext():
        await library.update()
    store.broken = False
    library.embedder = MemoryEmbedder()
    await library.update()
    assert await collection_of(library) == first
    assert await library.store.names() == (first,)
    assert await (await library.live_vectors()).count() == 1


@pytest.mark.parametrize("looked_at", [False, True], ids=["untouched", "after a question made it empty"])
async def test_a_store_that_was_never_filled_is_filled_by_the_next_run(library: Library, looked_at: bool) -> None:
    library.write("a.md", "# A\n\nOne.")
    await library.update()
    library.store = MemoryVectorStore()
    if looked_at:
        await library.live_vectors()
    assert (await library.update()).added == ("a.md",)
    assert await (await library.live_vectors()).count() == 1
    assert len(await library.store.names()) == 1
    assert (await library.update()).unchanged == 1


async def test_an_installation_keeps_its_name_and_no_two_share_it(library: Library, other: Library) -> None:
    names = {await library.writer.installation(), await library.writer.installation()}
    assert len(names) == 1
    assert await other.writer.installation() not in names
