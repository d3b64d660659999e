"""Inputs that say how their documents are filed, that are paused, and what a run did to each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rag.backends.memory import MemoryEmbedder, MemoryVectorStore
from rag.backends.sqlite.database import open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.backends.sqlite.writing import SqliteCatalogueWriter
from rag.catalogue import Filing, Input
from rag.errors import InvalidInput
from rag.ingest.index import Indexer
from rag.settings import IngestSettings
from rag.types import Document, DocumentKind, Language

BOARD = Filing(kind=DocumentKind.CASE, language=Language.ZH, topics=("plan",), audience=frozenset({"board"}))


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[Indexer, SqliteCatalogue]]:
    async with open_database(folder / "library.sqlite3") as database:
        catalogue = SqliteCatalogue(database)
        indexer = Indexer(
            catalogue=catalogue,
            writer=SqliteCatalogueWriter(database, now=lambda: datetime(2026, 1, 1, tzinfo=UTC)),
            store=MemoryVectorStore(),
            embedder=MemoryEmbedder(),
            settings=IngestSettings(),
        )
        yield indexer, catalogue


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "deep").mkdir(parents=True)
    (folder / "plain.md").write_text("# Plain\n\nChips are sold.")
    (folder / "said.md").write_text("---\naudience: staff\nkind: risk\n---\n# Said\n\nChips are bought.")
    return folder


async def documents(catalogue: SqliteCatalogue) -> dict[str, Document]:
    return {each.title: each for each in await catalogue.documents()}


async def test_filing_holds_where_a_document_says_nothing(docs: Path, tmp_path: Path) -> None:
    async with opened(tmp_path) as (indexer, catalogue):
        await indexer.enrol(Input(path=docs, filing=BOARD))
        assert await indexer.behind(await catalogue.inputs()) == await catalogue.inputs()
        report = await indexer.update()
        found = await documents(catalogue)
        plain, said = found["Plain"], found["Said"]
        assert (plain.kind, plain.language, plain.topics) == (DocumentKind.CASE, Language.ZH, ("plan",))
        assert plain.audience == {"board"}
        assert (said.kind, said.audience, said.topics) == (DocumentKind.RISK, {"staff"}, ("plan",))
        assert await indexer.behind(await catalogue.inputs()) == ()
        assert [(each.key, each.added) for each in report.by_input] == [(str(docs), 2)]
        assert await catalogue.sizes() == {str(docs): 2}


async def test_other_filing_is_taken_over_by_the_next_run_whoever_starts_it(docs: Path, tmp_path: Path) -> None:
    async with opened(tmp_path) as (indexer, catalogue):
        await indexer.update([Input(path=docs)])
        await indexer.enrol(Input(path=docs, filing=BOARD))
        report = await indexer.update([Input(path=docs)])
        assert len(report.updated) == 2
        assert (await documents(catalogue))["Plain"].audience == {"board"}
        assert (await indexer.update([Input(path=docs)])).unchanged == 2
        assert (await catalogue.inputs())[0].filing == BOARD


async def test_folder_above_never_opens_what_is_for_some(docs: Path, tmp_path: Path) -> None:
    async with opened(tmp_path) as (indexer, catalogue):
        await indexer.enrol(Input(path=docs, filing=BOARD))
        with pytest.raises(InvalidInput, match="of its own"):
            await indexer.update([Input(path=tmp_path)])
        with pytest.raises(InvalidInput, match="below or above"):
            await indexer.enrol(Input(path=docs / "deep"))
        assert [each.path for each in await catalogue.inputs()] == [docs]


async def test_paused_input_is_read_only_when_it_is_named(docs: Path, tmp_path: Path) -> None:
    async with opened(tmp_path) as (indexer, catalogue):
        await indexer.update([Input(path=docs)])
        await indexer.enrol(Input(path=docs, paused=True))
        (docs / "new.md").write_text("# New\n\nChips.")
        report = await indexer.update()
        assert (report.added, report.removed) == ((), ())
        assert len(await documents(catalogue)) == 2
        assert (await indexer.update([Input(path=docs)])).added == ("new.md",)
        assert (await catalogue.inputs())[0].paused


async def test_run_tells_of_each_input(docs: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.md").write_text("# A\n\nOne.")
    (other / "b.pdf").write_bytes(b"%PDF-1.4 broken")
    async with opened(tmp_path) as (indexer, _):
        await indexer.update([Input(path=docs), Input(path=other)])
        (docs / "plain.md").unlink()
        (other / "a.md").write_text("# A\n\nTwo.")
        told = {Path(each.key).name: each for each in (await indexer.update()).by_input}
        assert (told["docs"].removed, told["docs"].unchanged, told["docs"].failed) == (1, 1, 0)
        assert (told["other"].updated, told["other"].failed) == (1, 1)
        assert told["other"].problem is not None
        assert told["other"].problem.source == "b.pdf"
        other.rename(tmp_path / "gone")
        assert {Path(each.key).name: each.away for each in (await indexer.update()).by_input} == {
            "docs": False,
            "other": True,
        }
