"""Backups of a home: made beside a running program, whole when they are restored."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import stat
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from bot.errors import BackupFailed
from bot.records import QuestionState
from bot.store.backup import BackupJob, make_backup
from bot.store.contents import CHROMA, LIBRARY
from bot.store.keys import KEY_NAME, people_key
from bot.store.opening import open_store
from bot.store.restore import restore_backup
from bot.store.snapshot import copy_index
from rag.build import Rag, open_rag
from rag.catalogue import Input
from rag.settings import EmbeddingSettings, RagSettings
from rag.types import ChunkId, Question

from .conftest import Making

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def settings(home: Path) -> RagSettings:
    return RagSettings(home=home, embedding=EmbeddingSettings(embedder="memory"), lock_patience_s=0)


@asynccontextmanager
async def opened(home: Path, library: Path | None = None) -> AsyncIterator[Rag]:
    async with open_rag(settings(home)) as rag:
        if library:
            await rag.indexer.update([Input(path=library)])
        yield rag


async def found(rag: Rag, text: str = "What is a flywheel?") -> list[tuple[str, str, float]]:
    retrieval = await rag.retriever.retrieve(Question(id="q", text=text))
    return [(each.chunk_id, each.chunk.text, round(each.score, 6)) for each in retrieval.passages]


async def test_restored_home_answers_and_remembers_the_same(tmp_path: Path, library: Path, make: Making) -> None:
    home, file = tmp_path / "home", tmp_path / "backup.tar.gz"
    question = make.question()
    async with opened(home, library) as rag, open_store(None, home=home) as store:
        before = await found(rag)
        await store.questions.admit(question)
        await make_backup(BackupJob(home=home, file=file), at=AT)
        (library / "late.md").write_text("# Flywheel\n\nA later flywheel.\n")
        await rag.indexer.update()
        await store.questions.finish(question.id, QuestionState.CANCELLED)
        assert await found(rag) != before

    assert (await restore_backup(home, file)).made_at == AT
    await restore_backup(tmp_path / "elsewhere", file)

    for place in (home, tmp_path / "elsewhere"):
        async with opened(place) as rag, open_store(None, home=place) as store:
            assert before
            assert await found(rag) == before
            assert await store.questions.unfinished() == (question,)


async def test_index_goes_on_after_restoring(tmp_path: Path, library: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "backup.tar.gz"
    async with opened(home, library):
        await make_backup(BackupJob(home=home, file=file), at=AT)
    await restore_backup(home, file)
    (library / "late.md").write_text("# Ovens\n\nA later text about ovens and bread.\n")

    async with opened(home) as rag:
        report = await rag.indexer.update()

        assert report.added == ("late.md",)
        assert any("ovens and bread" in text for _, text, _ in await found(rag, "ovens bread"))


async def test_backup_while_the_store_is_written_holds_whole_transactions(
    tmp_path: Path, library: Path, make: Making
) -> None:
    home, file = tmp_path / "home", tmp_path / "backup.tar.gz"
    admitted: list[str] = []

    async with opened(home, library), open_store(None, home=home) as store:

        async def ask() -> None:
            while True:
                question = make.question()
                await store.questions.admit(question, claim=[f"event {question.id}"])
                admitted.append(question.id)

        asking = asyncio.ensure_future(ask())
        while len(admitted) < 20:
            await asyncio.sleep(0)
        known = list(admitted)
        await make_backup(BackupJob(home=home, file=file), at=AT)
        asking.cancel()
        await asyncio.wait([asking])

    await restore_backup(home, file)
    async with open_store(None, home=home) as store:
        restored = [each.id for each in await store.questions.unfinished()]
        assert set(restored) >= set(known)
        for number in restored:
            assert not await store.events.claim([f"event {number}"], at=AT)


async def assert_vectors_are_whole(home: Path) -> int:
    """Every chunk of the catalogue is found in the vector index; returns how many there are."""
    with closing(sqlite3.connect(home / LIBRARY)) as connection:
        chunks = {row[0] for row in connection.execute("SELECT id FROM chunks")}
    async with opened(home) as rag:
        (name,) = await rag.store.names()
        vectors = await rag.store.collection(name)
        (vector,) = await rag.embedder.embed_queries(["flywheel"])
        assert {hit.chunk_id for hit in await vectors.nearest(vector, limit=1000)} >= chunks
    return len(chunks)


async def test_backup_during_indexing_is_whole_or_refused(tmp_path: Path, library: Path) -> None:
    home = tmp_path / "home"
    outcomes: list[Path | str] = []
    async with opened(home, library) as rag:
        for number in range(40):
            (library / f"{number}.md").write_text(f"# Text {number}\n\nA flywheel, number {number}, with data.\n")
        indexing = asyncio.ensure_future(rag.indexer.update())
        while not indexing.done():
            outcomes.append(await attempted(home, tmp_path / f"{len(outcomes)}.tar.gz"))
        assert len((await indexing).added) == 40
        outcomes.append(await attempted(home, tmp_path / "last.tar.gz"))

    made = [outcome for outcome in outcomes if isinstance(outcome, Path)]
    assert len(outcomes) > 1
    assert all("being indexed" in outcome for outcome in outcomes if isinstance(outcome, str))
    assert made[-1] == tmp_path / "last.tar.gz"
    for file in made[-2:]:
        await restore_backup(tmp_path / "restored", file)
        assert await assert_vectors_are_whole(tmp_path / "restored") > 0
    assert await assert_vectors_are_whole(tmp_path / "restored") >= 42


async def attempted(home: Path, file: Path) -> Path | str:
    try:
        return (await make_backup(BackupJob(home=home, file=file), at=AT)).file
    except BackupFailed as failure:
        return str(failure)


async def test_vectors_that_chroma_has_written_to_its_own_files_are_in_the_backup(tmp_path: Path) -> None:
    """Chroma keeps the latest vectors in its database, and writes its graph to files every thousand of them."""
    home, file = tmp_path / "home", tmp_path / "backup.tar.gz"
    vectors = np.random.default_rng(7).normal(size=(2_500, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    async with opened(home) as rag:
        collection = await rag.store.collection("many")
        await collection.add([ChunkId(f"c{number}") for number in range(2_500)], vectors)
        before = await collection.nearest(vectors[3], limit=20)
        await make_backup(BackupJob(home=home, file=file), at=AT)
        await collection.delete([hit.chunk_id for hit in before])

    await restore_backup(home, file)

    assert list((home / CHROMA).rglob("data_level0.bin"))
    async with opened(home) as rag:
        collection = await rag.store.collection("many")
        assert await collection.count() == 2_500
        assert [hit.chunk_id for hit in await collection.nearest(vectors[3], limit=20)] == [
            hit.chunk_id for hit in before
        ]


@pytest.mark.parametrize("changes", [1, 2, 99], ids=["once", "twice", "all the time"])
def test_index_that_changes_under_the_copy_is_copied_again(tmp_path: Path, changes: int) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    segment = home / CHROMA / "segment" / "data_level0.bin"
    segment.parent.mkdir(parents=True)
    segment.write_bytes(b"0")
    attempts = count(1)

    def change() -> None:
        if (number := next(attempts)) <= changes:
            segment.write_bytes(b"x" * (number + 1))

    if changes > 2:
        with pytest.raises(BackupFailed, match="being indexed"):
            copy_index(home, copy, between=change)
        assert not (copy / CHROMA).exists()
        return
    copy_index(home, copy, between=change)
    assert (copy / CHROMA / "segment" / "data_level0.bin").read_bytes() == segment.read_bytes()
    assert next(attempts) == changes + 2


async def test_backup_tells_its_checksum_and_is_for_its_owner_alone(tmp_path: Path, make: Making) -> None:
    home, file = tmp_path / "home", tmp_path / "backup.tar.gz"
    async with open_store(None, home=home) as store:
        await store.events.claim(["event"], at=AT)
        report = await make_backup(BackupJob(home=home, file=file), at=AT)

    assert report.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert report.file_bytes == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar.gz", "home"]


@pytest.mark.parametrize("with_keys", [False, True], ids=["left out", "asked for"])
async def test_key_travels_on_request_alone(tmp_path: Path, with_keys: bool) -> None:
    home, file, elsewhere = tmp_path / "home", tmp_path / "backup.tar.gz", tmp_path / "elsewhere"
    key = people_key(home)
    (home / "advisor.toml").write_text("[model]\napi_key = 'swordfish'\n")
    async with open_store(None, home=home):
        await make_backup(BackupJob(home=home, file=file, with_keys=with_keys), at=AT)
    with tarfile.open(file) as archive:
        names = set(archive.getnames())
    own = people_key(elsewhere)

    await restore_backup(elsewhere, file)

    assert names == {"manifest.json", "store.sqlite3"} | ({KEY_NAME} if with_keys else set())
    assert people_key(elsewhere) == (key if with_keys else own)


async def test_what_was_read_from_the_web_goes_along(tmp_path: Path, library: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "backup.tar.gz"
    async with opened(home, library), open_store(None, home=home):
        for name in ("pages/example.org-1/page.md", "pages/example.org-1/.page.json", "feeds/1/2026-01-01-a.md"):
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(name)
        await make_backup(BackupJob(home=home, file=file), at=AT)
    await restore_backup(tmp_path / "elsewhere", file)
    kept = sorted(each.relative_to(tmp_path / "elsewhere").as_posix() for each in (tmp_path / "elsewhere").rglob("*.*"))
    assert {"pages/example.org-1/page.md", "pages/example.org-1/.page.json", "feeds/1/2026-01-01-a.md"} <= {*kept}
