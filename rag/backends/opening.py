"""Opens what embeds: the configured embedder behind its cache, and the quick one that reads sentences."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from typing import assert_never

from rag.backends.background import open_background
from rag.backends.deferred import DeferredEmbedder
from rag.backends.folding import FoldingEmbedder
from rag.backends.kept_questions import KeepingEmbedder
from rag.backends.memory import MemoryEmbedder
from rag.backends.packaged import expected, open_packaged
from rag.backends.remembering import RememberingEmbedder
from rag.backends.universal import UniversalEmbedder
from rag.backends.vector_cache import CachedEmbedder, VectorCache
from rag.backends.vouched import VouchedEmbedder
from rag.errors import EmbedderUnavailable
from rag.ports import Embedder
from rag.resources import data_folder
from rag.settings import EmbeddingSettings, Loading, RagSettings

log = logging.getLogger(__name__)


async def open_embedders(
    settings: RagSettings, stack: AsyncExitStack, *, loading: Loading, made_by: str
) -> tuple[Embedder, Embedder, Embedder | None]:
    """The cached embedder, the same for index runs, and the quick one with which the extractive writer reads.

    Args:
        settings: what to open.
        stack: where what has to be closed is closed.
        loading: when and where the packaged models are loaded.
        made_by: the identity of the embedder that made the live index; "" where there is none.

    Raises:
        InvalidSettings: the embedder lacks a setting.
        EmbedderUnavailable: the model cannot be loaded or reached.
        StorageFailed: vectors that ship with the product are damaged.
    """
    embedder, sentences = await _load_embedders(settings, stack, loading=loading, made_by=made_by)
    packs = sorted((data_folder("corpus") / "vectors").glob("*.npz"))
    cache = await stack.enter_async_context(VectorCache.open(settings.home / "vectors.sqlite3", packs))
    if settings.embedding.embedder == "openai":
        embedder = VouchedEmbedder(embedder, cache, server=str(settings.embeddings.base_url))
    cached = CachedEmbedder(embedder, cache, batch_size=_batch_size(settings))
    keeping = KeepingEmbedder(cached, cache, batch_size=_batch_size(settings))
    reading = FoldingEmbedder(RememberingEmbedder(sentences)) if sentences else None
    return FoldingEmbedder(cached), FoldingEmbedder(keeping), reading


async def _load_embedders(
    settings: RagSettings, stack: AsyncExitStack, *, loading: Loading, made_by: str
) -> tuple[Embedder, Embedder | None]:
    match settings.embedding.embedder:
        case "memory":
            return MemoryEmbedder(), None
        case "openai":
            from rag.backends.openai_embeddings import open_openai

            return await stack.enter_async_context(open_openai(settings.embeddings)), await sentence_embedder()
        case "use" | "bundled":
            return await _load_packaged(settings.embedding, stack, loading=loading, made_by=made_by)
        case unknown:
            assert_never(unknown)


async def _load_packaged(
    settings: EmbeddingSettings, stack: AsyncExitStack, *, loading: Loading, made_by: str
) -> tuple[Embedder, Embedder | None]:
    identity, dimension = expected(settings)
    if loading is Loading.LATER and made_by == identity:

        async def load() -> Embedder:
            return (await open_packaged(settings))[0]

        return DeferredEmbedder(identity=identity, dimension=dimension, load=load), None
    embedder, sentences = await open_packaged(settings)
    if loading is not Loading.APART:
        return embedder, sentences
    return await stack.enter_async_context(open_background(embedder, settings)), sentences


async def sentence_embedder() -> Embedder | None:
    """The packaged model beside a server: reading sentences by HTTP would cost a request an answer."""
    try:
        return await UniversalEmbedder.open()
    except EmbedderUnavailable as error:
        log.warning("%s; answers are chosen by words alone", error)
        return None


def _batch_size(settings: RagSettings) -> int:
    """Texts that go through the cache at once: enough for all requests that a server may get together."""
    if settings.embedding.embedder == "openai":
        return settings.embeddings.batch_size * settings.embeddings.concurrency
    return settings.embedding.batch_size
