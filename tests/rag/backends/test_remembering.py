"""What the library says is embedded once; what people ask is not remembered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from rag.backends.memory import MemoryEmbedder
from rag.backends.remembering import RememberingEmbedder
from rag.errors import InvalidInput
from rag.ports import Vectors


class Counting(MemoryEmbedder):
    """Notes what it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[str] = []

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.made += texts
        return await super().embed_passages(texts)


async def test_a_sentence_is_embedded_once_and_each_has_its_own_vector() -> None:
    inner = Counting()
    embedder = RememberingEmbedder(inner)
    first = await embedder.embed_passages(["a b", "c", "a b"])
    again = await embedder.embed_passages(["c", "d", "a b"])
    assert inner.made == ["a b", "c", "d"]
    assert np.array_equal(first, await MemoryEmbedder().embed_passages(["a b", "c", "a b"]))
    assert np.array_equal(again, await MemoryEmbedder().embed_passages(["c", "d", "a b"]))


async def test_what_was_used_longest_ago_is_forgotten_first() -> None:
    inner = Counting()
    embedder = RememberingEmbedder(inner, most=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        await embedder.embed_passages([text])
    assert inner.made == ["a", "b", "c", "b"]


async def test_more_than_is_remembered_is_embedded_all_the_same() -> None:
    texts = [f"sentence {number}" for number in range(7)]
    rows = await RememberingEmbedder(Counting(), most=3).embed_passages(texts)
    assert np.array_equal(rows, await MemoryEmbedder().embed_passages(texts))


async def test_nothing_is_no_work_and_a_blank_text_is_refused() -> None:
    embedder = RememberingEmbedder(Counting())
    assert (await embedder.embed_passages([])).shape == (0, embedder.dimension)
    assert len(await embedder.embed_passages(["a\x00b", "a\ud800"])) == 2
    with pytest.raises(InvalidInput):
        await embedder.embed_passages(["a", " "])


async def test_questions_go_to_the_encoder_each_time() -> None:
    inner = Counting()
    rows = await RememberingEmbedder(inner).embed_queries(["a"])
    assert np.array_equal(rows, await inner.embed_queries(["a"]))
