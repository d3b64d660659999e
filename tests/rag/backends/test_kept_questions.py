"""The embedder of index runs: what an author asks is kept, in the cache and in packs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from rag.backends.kept_questions import KeepingEmbedder, question_entry
from rag.backends.memory import MemoryEmbedder
from rag.backends.vector_cache import CachedEmbedder, VectorCache
from rag.backends.vector_packs import write_pack
from rag.errors import InvalidInput
from rag.ports import Vectors


class Counting(MemoryEmbedder):
    """Notes which questions it embeds, and tells them from passages."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return -await super().embed_queries(texts)


@pytest.fixture
async def cache(tmp_path: Path) -> AsyncIterator[VectorCache]:
    async with VectorCache.open(tmp_path / "vectors.sqlite3") as opened:
        yield opened


async def test_a_question_is_embedded_once(cache: VectorCache) -> None:
    inner = Counting()
    first = await KeepingEmbedder(inner, cache, batch_size=2).embed_queries(["a b", "c", "d", "a b"])
    again = await KeepingEmbedder(inner, cache, batch_size=2).embed_queries(["d", "a b"])
    assert inner.asked == ["a b", "c", "d"]
    assert np.array_equal(again, first[[2, 0]])
    assert np.allclose(first[0], first[3])


async def test_a_question_and_a_passage_of_the_same_words_keep_their_own_vectors(cache: VectorCache) -> None:
    inner = CachedEmbedder(Counting(), cache)
    keeping = KeepingEmbedder(inner, cache, batch_size=2)
    passage, question = await keeping.embed_passages(["price"]), await keeping.embed_queries(["price"])
    assert np.allclose(passage, -question)
    assert np.array_equal(await keeping.embed_passages(["price"]), passage)


async def test_questions_in_a_pack_are_not_embedded_again(tmp_path: Path) -> None:
    inner = Counting()
    vector = np.eye(1, inner.dimension, dtype=np.float32)
    write_pack(tmp_path / "a.npz", inner.identity, [question_entry("how much?")], vector)
    async with VectorCache.open(tmp_path / "vectors.sqlite3", [tmp_path / "a.npz"]) as packed:
        found = await KeepingEmbedder(inner, packed, batch_size=2).embed_queries(["how much?"])
    assert inner.asked == []
    assert np.array_equal(found, vector)


async def test_nothing_and_blanks_are_treated_as_by_any_embedder(cache: VectorCache) -> None:
    keeping = KeepingEmbedder(Counting(), cache, batch_size=2)
    assert (await keeping.embed_queries([])).shape == (0, keeping.dimension)
    with pytest.raises(InvalidInput):
        await keeping.embed_queries(["  "])
