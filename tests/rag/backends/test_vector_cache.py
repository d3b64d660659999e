"""A passage is embedded once, and a cache that breaks never stops an answer."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from rag.backends.memory import MemoryEmbedder
from rag.backends.vector_cache import CachedEmbedder, VectorCache
from rag.backends.vector_packs import write_pack
from rag.errors import EmbedderUnavailable, InvalidInput, StorageFailed
from rag.ports import Vectors

TEXTS = [
    "融资节奏",
    "cash, cash, cash and seven months of runway",
    "客户流失的原因",
    "licence of an open model",
    "推理成本",
]


class CountingEmbedder(MemoryEmbedder):
    """Notes every batch that it embeds."""

    def __init__(self, *, dimension: int = 64) -> None:
        super().__init__(dimension=dimension)
        self.passages: list[list[str]] = []
        self.queries: list[list[str]] = []

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.passages.append([*texts])
        return await super().embed_passages(texts)

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.queries.append([*texts])
        return await super().embed_queries(texts)


class FailingAfterOneBatch(CountingEmbedder):
    """Loses its model after the first batch."""

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if self.passages:
            raise EmbedderUnavailable("gone")
        return await super().embed_passages(texts)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "vectors.db"


async def _embed(file: Path, texts: Sequence[str], *, packs: Sequence[Path] = ()) -> tuple[Vectors, list[list[str]]]:
    """The vectors as one run of the program gets them, and what it had to embed."""
    inner = CountingEmbedder()
    async with VectorCache.open(file, packs) as cache:
        return await CachedEmbedder(inner, cache).embed_passages(texts), inner.passages


async def test_a_passage_is_embedded_once_for_all_runs(file: Path) -> None:
    made, embedded = await _embed(file, TEXTS)
    found, embedded_again = await _embed(file, [*TEXTS[::-1], "新的一段"])
    assert embedded == [TEXTS]
    assert embedded_again == [["新的一段"]]
    assert np.array_equal(found[:5], made[::-1])
    assert np.abs(made - await MemoryEmbedder().embed_passages(TEXTS)).max() < 1e-3


async def test_missing_passages_are_embedded_in_batches_without_repeats(file: Path) -> None:
    inner = CountingEmbedder()
    async with VectorCache.open(file) as cache:
        vectors = await CachedEmbedder(inner, cache, batch_size=2).embed_passages([*TEXTS, TEXTS[0]])
    assert inner.passages == [TEXTS[:2], TEXTS[2:4], TEXTS[4:]]
    assert np.array_equal(vectors[0], vectors[5])


async def test_what_was_embedded_before_a_failure_is_kept(file: Path) -> None:
    async with VectorCache.open(file) as cache:
        with pytest.raises(EmbedderUnavailable):
            await CachedEmbedder(FailingAfterOneBatch(), cache, batch_size=2).embed_passages(TEXTS)
    assert (await _embed(file, TEXTS))[1] == [TEXTS[2:]]


async def test_a_blank_passage_is_refused_before_any_work(file: Path) -> None:
    inner = CountingEmbedder()
    async with VectorCache.open(file) as cache:
        with pytest.raises(InvalidInput, match="text 2 of 2"):
            await CachedEmbedder(inner, cache, batch_size=1).embed_passages(["fine", " "])
    assert inner.passages == []


async def test_another_embedder_finds_nothing(file: Path) -> None:
    await _embed(file, TEXTS)
    async with VectorCache.open(file) as cache:
        assert await cache.get_many("memory-65", TEXTS) == {}
        assert set(await cache.get_many("memory-64", TEXTS)) == set(TEXTS)


async def test_more_texts_than_one_statement_takes_are_found(file: Path) -> None:
    texts = [f"chunk {number}" for number in range(1203)]
    made, _ = await _embed(file, texts)
    found, embedded = await _embed(file, texts)
    assert embedded == []
    assert np.array_equal(found, made)


async def test_packs_of_the_same_embedder_are_asked_first(file: Path, tmp_path: Path) -> None:
    own, foreign = tmp_path / "own.npz", tmp_path / "foreign.npz"
    write_pack(own, "memory-64", TEXTS[:2], await MemoryEmbedder().embed_passages(TEXTS[:2]))
    write_pack(foreign, "memory-8", TEXTS[2:], await MemoryEmbedder(dimension=8).embed_passages(TEXTS[2:]))
    vectors, embedded = await _embed(file, TEXTS, packs=[own, foreign])
    assert embedded == [TEXTS[2:]]
    assert np.abs(vectors - await MemoryEmbedder().embed_passages(TEXTS)).max() < 1e-3


async def test_a_damaged_pack_is_named_at_start(file: Path, tmp_path: Path) -> None:
    (tmp_path / "case.npz").write_bytes(b"torn")
    with pytest.raises(StorageFailed, match=r"case\.npz"):
        await _embed(file, TEXTS, packs=[tmp_path / "case.npz"])


def _garbage(file: Path) -> bytes:
    file.write_bytes(b"this is no database " * 500)
    return _content(file)


def _torn_pages(file: Path) -> bytes:
    content = bytearray(_content(file))
    content[4096:] = b"\xff" * (len(content) - 4096)  # the first page, with the schema, stays readable
    file.write_bytes(content)
    return bytes(content)


def _content(file: Path) -> bytes:
    return file.read_bytes()


@pytest.mark.parametrize("damage", [_garbage, _torn_pages])
async def test_a_broken_file_is_put_aside_and_made_anew(
    file: Path, damage: Callable[[Path], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    await _embed(file, TEXTS)
    damaged = damage(file)
    with caplog.at_level(logging.WARNING):
        vectors, embedded = await _embed(file, TEXTS)
    assert embedded == [TEXTS]
    assert vectors.shape == (5, 64)
    assert _content(file.with_name("vectors.db.broken")) == damaged
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "is broken" in caplog.text
    assert (await _embed(file, TEXTS))[1] == []


async def test_a_place_that_cannot_be_written_costs_one_log_line_and_no_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "home").write_text("a file where a folder should be")
    with caplog.at_level(logging.WARNING):
        async with VectorCache.open(tmp_path / "home" / "vectors.db") as cache:
            embedder = CachedEmbedder(MemoryEmbedder(), cache, batch_size=1)
            assert (await embedder.embed_passages(TEXTS)).shape == (5, 64)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "going on without it" in caplog.text


async def test_a_disk_that_fills_up_costs_one_log_line_and_no_answer(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with VectorCache.open(file) as cache:
        with contextlib.closing(sqlite3.connect(file)) as other:
            # The insert fails by an error of the class that a full disk raises.
            other.execute("CREATE TRIGGER full BEFORE INSERT ON vector BEGIN SELECT abs(-9223372036854775808); END")
            other.commit()
        with caplog.at_level(logging.WARNING):
            embedder = CachedEmbedder(MemoryEmbedder(), cache, batch_size=1)
            assert (await embedder.embed_passages(TEXTS)).shape == (5, 64)
    assert len(caplog.records) == 1
    assert file.name in caplog.text


async def test_callers_at_once_get_the_same_vectors(file: Path) -> None:
    async with VectorCache.open(file) as cache:
        embedder = CachedEmbedder(MemoryEmbedder(), cache, batch_size=2)
        answers = await asyncio.gather(*(embedder.embed_passages(TEXTS) for _ in range(8)))
    assert all(np.array_equal(answer, answers[0]) for answer in answers)


async def test_a_repeated_question_is_embedded_once(file: Path) -> None:
    inner = CountingEmbedder()
    async with VectorCache.open(file) as cache:
        embedder = CachedEmbedder(inner, cache)
        first = await embedder.embed_queries(["怎么融资？", "怎么融资？"])
        second = await embedder.embed_queries(["how to hire", "怎么融资？"])
    assert inner.queries == [["怎么融资？"], ["how to hire"]]
    assert np.array_equal(first[0], first[1])
    assert np.array_equal(first[0], second[1])


async def test_the_256_latest_questions_are_remembered(file: Path) -> None:
    inner = CountingEmbedder()
    async with VectorCache.open(file) as cache:
        embedder = CachedEmbedder(inner, cache)
        questions = [f"question {number}" for number in range(256)]
        await embedder.embed_queries(questions)
        await embedder.embed_queries([questions[0]])  # now the latest
        await embedder.embed_queries(["one more"])
        await embedder.embed_queries([questions[0], questions[2], questions[1]])
    assert inner.queries == [questions, ["one more"], [questions[1]]]


async def test_no_text_is_written_to_disk(file: Path) -> None:
    inner = MemoryEmbedder()
    async with VectorCache.open(file) as cache:
        embedder = CachedEmbedder(inner, cache)
        await embedder.embed_passages(["canary-passage"])
        await embedder.embed_queries(["canary-question"])
        written = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert b"memory-64" in written
    assert b"canary" not in written


async def test_a_text_that_utf_8_cannot_write_is_cached_too(file: Path) -> None:
    odd = "half\ud83d a pair"
    await _embed(file, [odd])
    assert (await _embed(file, [odd]))[1] == []
