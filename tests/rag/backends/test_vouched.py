"""A server's model is held against the one that made the vectors, once a start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from rag.backends.memory import MemoryEmbedder
from rag.backends.vector_cache import VectorCache
from rag.backends.vouched import VouchedEmbedder
from rag.errors import EmbedderUnavailable
from rag.ports import Vectors


class Served(MemoryEmbedder):
    """A model that can be another one, or a little less precise, under one name, and counts what it is asked."""

    def __init__(self, *, turned: int = 0, blurred: float = 0.0) -> None:
        super().__init__()
        self.asked: list[str] = []
        self._turned = turned
        self._blurred = blurred

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        rows = np.roll(await super().embed_passages(texts), self._turned, axis=1) + np.float32(self._blurred)
        scaled: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return scaled


@asynccontextmanager
async def vouched(home: Path, model: Served) -> AsyncIterator[VouchedEmbedder]:
    async with VectorCache.open(home / "vectors.sqlite3") as cache:
        yield VouchedEmbedder(model, cache, server="http://127.0.0.1/v1")


async def test_the_same_model_is_asked_for_one_text_more_once_a_start(tmp_path: Path) -> None:
    for _ in range(2):
        model = Served()
        async with vouched(tmp_path, model) as embedder:
            await asyncio.gather(embedder.embed_passages(["a"]), embedder.embed_queries(["b"]))
            await embedder.embed_passages(["c"])
        assert len(model.asked) == 3


async def test_another_model_under_the_same_name_is_refused_with_what_to_do(tmp_path: Path) -> None:
    async with vouched(tmp_path, Served()) as embedder:
        await embedder.embed_passages(["a"])
    async with vouched(tmp_path, Served(turned=7)) as embedder:
        for work in (embedder.embed_passages, embedder.embed_queries):
            with pytest.raises(EmbedderUnavailable, match=r"runs another model.*_MODEL.*index again") as failed:
                await work(["a"])
            assert not failed.value.retryable


async def test_less_precision_is_no_other_model(tmp_path: Path) -> None:
    async with vouched(tmp_path, Served()) as embedder:
        await embedder.embed_passages(["a"])
    async with vouched(tmp_path, Served(blurred=0.005)) as embedder:
        assert (await embedder.embed_passages(["a"])).shape == (1, 64)


async def test_where_nothing_is_kept_nothing_is_held_against_it(tmp_path: Path) -> None:
    async with vouched(tmp_path / "one", Served()) as embedder:
        await embedder.embed_passages(["a"])
    async with vouched(tmp_path / "two", Served(turned=7)) as embedder:
        assert (await embedder.embed_passages(["a"])).shape == (1, 64)
