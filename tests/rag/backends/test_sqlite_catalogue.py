"""The catalogue on SQLite: what is live, for whom, and what a killed run leaves behind."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rag.backends.sqlite.database import open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.backends.sqlite.writing import SqliteCatalogueWriter
from rag.catalogue import Counts, Fingerprint, Generation, IndexedDocument, Input
from rag.errors import StorageFailed
from rag.terms import index_terms
from rag.types import CaseFacts, Chunk, ChunkId, Document, DocumentId, DocumentKind, Language, Outcome, PageMark, Scope

NOW = datetime(2026, 1, 2, tzinfo=UTC)
EVERYONE, BOARD = Scope(), Scope(audience=frozenset({"board"}))


@dataclass
class Shelf:
    path: Path
    catalogue: SqliteCatalogue
    writer: SqliteCatalogueWriter

    async def begin(self, identity: str = "one") -> Generation:
        return await self.writer.begin(identity=identity, embedder="memory", collection=f"passages-{identity}")

    async def filled(self, *documents: IndexedDocument) -> Generation:
        generation = await self.begin()
        for document in documents:
            await self.writer.replace(generation, document)
        await self.writer.publish(generation)
        live = await self.catalogue.live()
        assert live is not None
        return live


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Shelf]:
    async with open_database(path) as database:
        yield Shelf(path, SqliteCatalogue(database), SqliteCatalogueWriter(database, now=lambda: NOW))


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    async with opened(tmp_path / "library.sqlite3") as shelf:
        yield shelf


def indexed(
    name: str, texts: Sequence[str], *, version: str = "v1", audience: frozenset[str] | None = None
) -> IndexedDocument:
    document = Document(
        id=DocumentId(name),
        kind=DocumentKind.CASE,
        language=Language.EN,
        title=name.title(),
        source=f"{name}.md",
        topics=("health",),
        date=date(2025, 3, 4),
        audience=audience or frozenset({"public"}),
        case=CaseFacts(
            company="IBM",
            outcome=Outcome.FAILURE,
            lessons=("Ask doctors first.",),
            region="United States",
            founded=1911,
            did="IBM sold advice to hospitals.",
            decided="Hospitals did not trust the advice.",
            sources=("Annual report 2021",),
            illustrative=True,
        ),
    )
    chunks = tuple(
        Chunk(position=n, section=("Part", f"S{n}"), text=text, page_marks=(PageMark(offset=0, page=n + 1),))
        for n, text in enumerate(texts)
    )
    return IndexedDocument(
        document=document,
        input_key="here",
        fingerprint=Fingerprint(modified_ns=1, size=2, content_hash=version),
        chunk_ids=tuple(ChunkId(f"{name}:{version}:{n}") for n in range(len(texts))),
        chunks=chunks,
        terms=tuple(" ".join(index_terms(text)) for text in texts),
    )


async def test_a_document_comes_back_as_it_went_in(shelf: Shelf) -> None:
    put = indexed("watson", ["Watson failed in hospitals."])
    await shelf.filled(put)
    assert await shelf.catalogue.documents() == (put.document,)
    (live,) = (await shelf.catalogue.chunks(put.chunk_ids, scope=EVERYONE)).values()
    assert (live.document, live.chunk) == (put.document, put.chunks[0])


async def test_nothing_is_live_before_a_generation_is_published(shelf: Shelf) -> None:
    put = indexed("watson", ["Watson failed."])
    await shelf.writer.replace(await shelf.begin(), put)
    assert await shelf.catalogue.live() is None
    assert await shelf.catalogue.documents() == ()
    assert await shelf.catalogue.lexical(["watson"], limit=5, scope=EVERYONE) == []
    assert await shelf.catalogue.chunks(put.chunk_ids, scope=EVERYONE) == {}


async def test_a_new_version_replaces_the_old_one_whole(shelf: Shelf) -> None:
    old = indexed("watson", ["An old story of Watson.", "Another old part."])
    generation = await shelf.filled(old)
    new = indexed("watson", ["A new story of Watson."], version="v2")
    await shelf.writer.announce(generation, new.chunk_ids)
    await shelf.writer.replace(generation, new)
    assert await shelf.catalogue.chunks(old.chunk_ids, scope=EVERYONE) == {}
    (hit,) = await shelf.catalogue.lexical(["watson"], limit=5, scope=EVERYONE)
    assert (hit.chunk_id,) == new.chunk_ids
    assert await shelf.catalogue.lexical(["another"], limit=5, scope=EVERYONE) == []
    assert await shelf.writer.dead_vectors(generation, limit=10) == tuple(sorted(old.chunk_ids))


async def test_vectors_of_a_killed_run_are_known_to_be_dead(shelf: Shelf) -> None:
    generation = await shelf.filled(indexed("watson", ["Watson failed."]))
    await shelf.writer.announce(generation, [ChunkId("lost:1"), ChunkId("lost:2")])
    assert await shelf.writer.dead_vectors(generation, limit=1) == (ChunkId("lost:1"),)
    await shelf.writer.forget_vectors(generation, [ChunkId("lost:1")])
    assert await shelf.writer.dead_vectors(generation, limit=10) == (ChunkId("lost:2"),)


async def test_reindexing_the_same_version_leaves_its_vectors_alive(shelf: Shelf) -> None:
    put = indexed("watson", ["Watson failed."])
    generation = await shelf.filled(put)
    await shelf.writer.announce(generation, put.chunk_ids)
    await shelf.writer.replace(generation, put)
    assert await shelf.writer.dead_vectors(generation, limit=10) == ()


async def test_a_killed_reindexing_of_the_same_version_leaves_its_vectors_alive(shelf: Shelf) -> None:
    put = indexed("watson", ["Watson failed."])
    generation = await shelf.filled(put)
    await shelf.writer.announce(generation, put.chunk_ids)
    assert await shelf.writer.dead_vectors(generation, limit=10) == ()
    await shelf.writer.remove(generation, put.document.id)
    assert await shelf.writer.dead_vectors(generation, limit=10) == put.chunk_ids


async def test_publishing_drops_the_earlier_generation_with_its_words(shelf: Shelf) -> None:
    await shelf.filled(indexed("old", ["obsolete wisdom"]))
    second = await shelf.begin("two")
    await shelf.writer.replace(second, indexed("new", ["fresh wisdom"]))
    await shelf.writer.publish(second)
    assert [document.id for document in await shelf.catalogue.documents()] == ["new"]
    with sqlite3.connect(shelf.path) as connection:
        assert connection.execute("SELECT terms FROM chunk_terms").fetchall() == [("fresh wisdom",)]
        assert connection.execute("SELECT count(*) FROM generations").fetchone() == (1,)
    connection.close()


async def test_a_discarded_generation_leaves_the_live_one_alone(shelf: Shelf) -> None:
    live = await shelf.filled(indexed("old", ["wisdom"]))
    second = await shelf.begin("two")
    await shelf.writer.replace(second, indexed("new", ["other"]))
    await shelf.writer.discard(second)
    await shelf.writer.discard(live)
    assert await shelf.writer.building() is None
    assert await shelf.catalogue.live() == live


async def test_a_reader_without_the_label_sees_nothing_of_a_document(shelf: Shelf) -> None:
    secret = indexed("board", ["secret runway"], audience=frozenset({"founders"}))
    await shelf.filled(secret, indexed("open", ["public runway"]))
    founders = Scope(audience=frozenset({"public", "founders"}))
    assert [each.id for each in await shelf.catalogue.documents(EVERYONE)] == ["open"]
    assert len(await shelf.catalogue.lexical(["runway"], limit=5, scope=EVERYONE)) == 1
    assert await shelf.catalogue.chunks(secret.chunk_ids, scope=EVERYONE) == {}
    assert len(await shelf.catalogue.lexical(["runway"], limit=5, scope=founders)) == 2


async def test_readers_see_a_change_that_was_made_after_they_looked(shelf: Shelf) -> None:
    generation = await shelf.filled(indexed("watson", ["one"]))
    assert len(await shelf.catalogue.documents()) == 1
    await shelf.writer.replace(generation, indexed("second", ["two"]))
    assert len(await shelf.catalogue.documents()) == 2
    await shelf.writer.remove(generation, DocumentId("watson"))
    assert [each.id for each in await shelf.catalogue.documents()] == ["second"]


@pytest.mark.parametrize(
    ("terms", "first", "least", "most"),
    [
        pytest.param(["watson", "hospital"], "a:v1:0", 0.5, 1.0, id="all_words"),
        pytest.param(["watson", "zebra", "yak", "emu"], "a:v1:0", 0.0, 0.4, id="most_words_unknown"),
        pytest.param(["c++"], "b:v1:0", 0.3, 1.0, id="punctuation_in_a_term"),
        pytest.param(["融资"], "c:v1:0", 0.3, 1.0, id="chinese"),
        pytest.param(["watson", "don't"], "a:v1:0", 0.4, 1.0, id="common_word_with_an_apostrophe"),
    ],
)
async def test_coverage_tells_how_much_of_the_question_matched(
    shelf: Shelf, terms: list[str], first: str, least: float, most: float
) -> None:
    await shelf.filled(
        indexed("a", ["Watson in the hospital"]),
        indexed("b", ["Write it in C++"]),
        indexed("c", ["天使融资"]),
        *(indexed(f"filler{n}", [f"something else, don't {n}"]) for n in range(20)),
    )
    best = (await shelf.catalogue.lexical(terms, limit=5, scope=EVERYONE))[0]
    assert best.chunk_id == first
    assert least <= best.coverage <= most


@pytest.mark.parametrize("term", ['"', 'a"b', "NEAR(", "*", "", "a AND b"])
async def test_no_term_can_break_the_query(shelf: Shelf, term: str) -> None:
    await shelf.filled(indexed("a", ["text"]))
    hits = await shelf.catalogue.lexical([term, "text"], limit=5, scope=EVERYONE)
    assert [hit.chunk_id for hit in hits] == ["a:v1:0"]


async def test_a_question_without_terms_matches_nothing(shelf: Shelf) -> None:
    await shelf.filled(indexed("a", ["text"]))
    assert await shelf.catalogue.lexical([], limit=5, scope=EVERYONE) == []


async def test_inputs_are_remembered_and_move_by_name(shelf: Shelf) -> None:
    await shelf.writer.register([Input(path=Path("/old"), name="starter"), Input(path=Path("/docs"))])
    await shelf.writer.register([Input(path=Path("/new"), name="starter")])
    assert await shelf.catalogue.inputs() == (Input(path=Path("/new"), name="starter"), Input(path=Path("/docs")))
    await shelf.writer.unregister("starter")
    assert await shelf.catalogue.inputs() == (Input(path=Path("/docs")),)


async def test_new_stamps_are_noted_without_touching_the_content(shelf: Shelf) -> None:
    generation = await shelf.filled(indexed("a", ["text"]))
    stamps = Fingerprint(modified_ns=9, size=2, content_hash="ignored")
    await shelf.writer.touch(generation, DocumentId("a"), stamps)
    assert await shelf.writer.fingerprints(generation, "here") == {
        "a.md": Fingerprint(modified_ns=9, size=2, content_hash="v1")
    }
    assert await shelf.writer.filed_under(generation) == ("here",)


async def test_chunks_are_found_by_their_places_by_those_who_may(shelf: Shelf) -> None:
    await shelf.filled(indexed("a", ["zero", "one", "two", "three"]), indexed("b", ["other"]))
    wanted = {DocumentId("a"): [2, 1, 7, -1], DocumentId("b"): [9], DocumentId("unknown"): [0]}
    found = await shelf.catalogue.chunks_at(wanted, scope=Scope())
    assert {key: [each.chunk.text for each in chunks] for key, chunks in found.items()} == {"a": ["one", "two"]}
    assert [each.id for each in found[DocumentId("a")]] == ["a:v1:1", "a:v1:2"]
    assert await shelf.catalogue.chunks_at(wanted, scope=BOARD) == {}
    assert await shelf.catalogue.counts() == Counts(documents=2, chunks=5)


async def test_the_owners_of_chunks_are_told_to_those_who_may_see_them(shelf: Shelf) -> None:
    await shelf.filled(indexed("a", ["zero", "one"]))
    owners = await shelf.catalogue.owners(ids := [ChunkId("a:v1:1"), ChunkId("a:v0:1")], scope=EVERYONE)
    assert [(key, document.id) for key, document in owners.items()] == [("a:v1:1", "a")]
    assert await shelf.catalogue.owners(ids, scope=BOARD) == {}


async def test_what_is_stored_survives_reopening(tmp_path: Path) -> None:
    async with opened(tmp_path / "library.sqlite3") as shelf:
        await shelf.filled(indexed("a", ["text"]))
    async with opened(tmp_path / "library.sqlite3") as shelf:
        assert [each.id for each in await shelf.catalogue.documents()] == ["a"]


async def test_a_failed_transaction_changes_nothing(shelf: Shelf) -> None:
    generation = await shelf.filled(indexed("a", ["text"]))
    twice = indexed("b", ["one", "two"])
    broken = IndexedDocument(
        document=twice.document,
        input_key="here",
        fingerprint=twice.fingerprint,
        chunk_ids=(twice.chunk_ids[0], twice.chunk_ids[0]),
        chunks=twice.chunks,
        terms=twice.terms,
    )
    with pytest.raises(StorageFailed):
        await shelf.writer.replace(generation, broken)
    assert [each.id for each in await shelf.catalogue.documents()] == ["a"]
    assert await shelf.catalogue.lexical(["one"], limit=5, scope=EVERYONE) == []


async def test_any_number_of_hits_can_be_checked(shelf: Shelf) -> None:
    put = indexed("a", ["text"])
    await shelf.filled(put)
    asked = [*(ChunkId(f"dead:{n}") for n in range(300_000)), *put.chunk_ids]
    assert [*await shelf.catalogue.chunks(asked, scope=EVERYONE)] == [*put.chunk_ids]


async def test_terms_too_common_to_afford_leave_the_order_to_the_rarer_ones(shelf: Shelf) -> None:
    generation = await shelf.begin()
    for n in range(45):
        await shelf.writer.replace(generation, indexed(f"d{n:02}", [("delta", "alpha beta")[n % 2]] * 500))
    await shelf.writer.replace(generation, indexed("rare", ["alpha gamma"]))
    await shelf.writer.publish(generation)
    found = await shelf.catalogue.lexical(["alpha", "beta", "gamma"], limit=5, scope=EVERYONE)
    assert [hit.chunk_id for hit in found] == ["rare:v1:0"]
