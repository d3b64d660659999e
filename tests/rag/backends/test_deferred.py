"""An embedder that is loaded with the first text."""

from __future__ import annotations

import asyncio

import pytest

from rag.backends.deferred import DeferredEmbedder
from rag.backends.memory import MemoryEmbedder
from rag.backends.packaged import expected, open_packaged
from rag.backends.universal import UniversalEmbedder
from rag.errors import EmbedderUnavailable
from rag.settings import EmbeddingSettings


async def test_it_is_loaded_once_and_only_for_a_text() -> None:
    loaded: list[MemoryEmbedder] = []

    async def load() -> MemoryEmbedder:
        loaded.append(MemoryEmbedder())
        await asyncio.sleep(0)
        return loaded[-1]

    embedder = DeferredEmbedder(identity="memory-64", dimension=64, load=load)
    assert (embedder.identity, embedder.dimension, loaded) == ("memory-64", 64, [])
    await asyncio.gather(embedder.embed_queries(["a"]), embedder.embed_passages(["b"]))
    assert len(loaded) == 1


async def test_a_lesser_model_than_the_named_one_is_refused() -> None:
    async def load() -> MemoryEmbedder:
        return MemoryEmbedder()

    embedder = DeferredEmbedder(identity="bundled:more", dimension=896, load=load)
    with pytest.raises(EmbedderUnavailable, match="'bundled:more' does not load here any more, 'memory-64' does"):
        await embedder.embed_passages(["a"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["use", "bundled"])
async def test_packaged_models_are_called_what_is_expected(name: str) -> None:
    settings = EmbeddingSettings.model_validate({"embedder": name})
    embedder, _ = await open_packaged(settings)
    if name == "bundled" and embedder.identity == UniversalEmbedder.identity:
        pytest.skip("the larger model does not run on this machine")
    assert (embedder.identity, embedder.dimension) == expected(settings)
