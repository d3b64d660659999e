"""The catalogue's revision: answers that were made from it are dated by it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rag.backends.sqlite.database import open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.backends.sqlite.writing import SqliteCatalogueWriter
from rag.catalogue import Input


async def test_the_revision_grows_with_each_change_and_stays_without_one(tmp_path: Path) -> None:
    async with open_database(tmp_path / "library.sqlite3") as database:
        catalogue = SqliteCatalogue(database)
        writer = SqliteCatalogueWriter(database, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
        first = await catalogue.revision()
        assert await catalogue.revision() == first
        await writer.register([Input(path=tmp_path)])
        second = await catalogue.revision()
        generation = await writer.begin(identity="one", embedder="memory", collection="c")
        await writer.publish(generation)
        assert first < second < await catalogue.revision()


async def test_the_revision_outlives_the_program(tmp_path: Path) -> None:
    async with open_database(tmp_path / "library.sqlite3") as database:
        writer = SqliteCatalogueWriter(database, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
        await writer.register([Input(path=tmp_path)])
        before = await SqliteCatalogue(database).revision()
    async with open_database(tmp_path / "library.sqlite3") as database:
        assert await SqliteCatalogue(database).revision() == before > 0
