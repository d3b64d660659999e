"""Both Chinese scripts get one vector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from rag.backends.folding import FoldingEmbedder
from rag.backends.memory import MemoryEmbedder
from rag.ports import Vectors


class Recorder(MemoryEmbedder):
    """A memory embedder that tells what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def _embed(self, texts: list[str]) -> Vectors:
        self.seen += texts
        return super()._embed(texts)


async def embedded(embedder: FoldingEmbedder, texts: Sequence[str], *, as_queries: bool) -> Vectors:
    return await (embedder.embed_queries(texts) if as_queries else embedder.embed_passages(texts))


@pytest.mark.parametrize("as_queries", [True, False], ids=["queries", "passages"])
@pytest.mark.parametrize(
    ("text", "given"),
    [
        pytest.param("創業團隊", "创业团队", id="traditional"),
        pytest.param("创业团队", "创业团队", id="simplified"),
        pytest.param("東京の創業者たち", "東京の創業者たち", id="Japanese keeps its characters"),
        pytest.param("Startup teams", "Startup teams", id="English"),
    ],
)
async def test_the_model_sees_the_simplified_form_of_chinese(text: str, given: str, as_queries: bool) -> None:
    inner = Recorder()
    vectors = await embedded(FoldingEmbedder(inner), [text], as_queries=as_queries)
    assert inner.seen == [given]
    assert np.array_equal(vectors, await inner.embed_queries([given]))


def test_the_identity_and_the_dimension_are_those_of_the_model() -> None:
    inner = MemoryEmbedder(dimension=32)
    folding = FoldingEmbedder(inner)
    assert (folding.identity, folding.dimension) == ("memory-32", 32)
