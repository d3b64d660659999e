"""The one place that builds backends: from settings to a core that answers."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, assert_never

from rag.answer import AnswerService
from rag.catalogue import Catalogue, CatalogueWriter, Input
from rag.confidence import UNCALIBRATED, Calibration, load_calibrations
from rag.errors import EmbedderUnavailable
from rag.extract.writer import ExtractiveWriter
from rag.ingest.index import Indexer
from rag.ports import Embedder, VectorStore
from rag.prompts import Replies, load_replies
from rag.resources import data_folder
from rag.retrieve import Retriever
from rag.settings import RagSettings

STARTER = "starter"
CALIBRATIONS = "calibration.json"
"""The file of calibrations, shipped and in a home; one in the home comes first."""

_First = TypeVar("_First")
_Second = TypeVar("_Second")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rag:
    """An opened core. Whoever opened it closes it; nothing in it outlives the block of `open_rag`."""

    home: Path
    catalogue: Catalogue
    store: VectorStore
    indexer: Indexer
    retriever: Retriever
    answers: AnswerService
    embedder: Embedder
    calibration: Calibration


def starter_input() -> Input:
    """The library that ships with the product. Raises InvalidSettings when the installation lacks it."""
    return Input(path=data_folder("corpus") / "library", name=STARTER)


@asynccontextmanager
async def open_catalogue(settings: RagSettings) -> AsyncIterator[Catalogue]:
    """The catalogue alone, for what needs no search: no model and no vector store is loaded, no lock is taken.

    Raises:
        StorageFailed: the catalogue cannot be opened.
    """
    async with _open_database(settings.home) as (catalogue, _):
        yield catalogue


@asynccontextmanager
async def open_rag(settings: RagSettings) -> AsyncIterator[Rag]:
    """The whole core over the index in `settings.home`, which this process owns until the end of the block.

    A Chroma server may be shared with other homes; the lock then keeps this home's catalogue to one process.

    Raises:
        IndexLocked: another process owns the index.
        InvalidSettings: data that ships with the product is missing or broken, or the embedder lacks a setting.
        StorageFailed: the index cannot be opened, or the Chroma server cannot be reached.
        EmbedderUnavailable: the embedding model cannot be loaded or reached.
    """
    from rag.backends.lock import index_lock

    replies = load_replies(data_folder("prompts"))
    calibrations = dict(load_calibrations(data_folder("corpus") / CALIBRATIONS))
    if (settings.home / CALIBRATIONS).exists():
        calibrations |= load_calibrations(settings.home / CALIBRATIONS)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(
            index_lock(settings.home, process=os.getpid(), patience_s=settings.lock_patience_s)
        )
        catalogue, writer = await stack.enter_async_context(_open_database(settings.home))
        store, (embedder, sentences) = await _both(
            stack.enter_async_context(_open_store(settings)), _open_embedders(settings, stack)
        )
        calibration = calibrations.get(embedder.identity, UNCALIBRATED)
        retriever = _retriever(settings, catalogue, store, embedder, calibration)
        yield Rag(
            home=settings.home,
            catalogue=catalogue,
            store=store,
            indexer=Indexer(
                catalogue=catalogue, writer=writer, store=store, embedder=embedder, settings=settings.ingest
            ),
            retriever=retriever,
            answers=_answers(retriever, sentences, replies),
            embedder=embedder,
            calibration=calibration,
        )


def _retriever(
    settings: RagSettings, catalogue: Catalogue, store: VectorStore, embedder: Embedder, calibration: Calibration
) -> Retriever:
    return Retriever(
        catalogue=catalogue,
        store=store,
        embedder=embedder,
        calibration=calibration,
        settings=settings.retrieval,
        clock=time.perf_counter,
    )


def _answers(retriever: Retriever, sentences: Embedder | None, replies: Replies) -> AnswerService:
    writer = ExtractiveWriter(embedder=sentences, texts=replies)
    return AnswerService(retriever=retriever, writer=writer, replies=replies, clock=time.perf_counter)


@asynccontextmanager
async def _open_database(home: Path) -> AsyncIterator[tuple[Catalogue, CatalogueWriter]]:
    from rag.backends.sqlite.database import open_database
    from rag.backends.sqlite.reading import SqliteCatalogue
    from rag.backends.sqlite.writing import SqliteCatalogueWriter

    await asyncio.to_thread(home.mkdir, parents=True, exist_ok=True)
    async with open_database(home / "library.sqlite3") as database:
        yield SqliteCatalogue(database), SqliteCatalogueWriter(database, now=lambda: datetime.now(UTC))


async def _both(first: Coroutine[Any, Any, _First], second: Coroutine[Any, Any, _Second]) -> tuple[_First, _Second]:
    """Both results. When one fails the other is ended first: nothing may open on a stack that is being closed."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = group.create_task(first), group.create_task(second)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed.exceptions[0].__cause__
    return tasks[0].result(), tasks[1].result()


@asynccontextmanager
async def _open_store(settings: RagSettings) -> AsyncIterator[VectorStore]:
    if settings.chroma.url is None:
        from rag.backends.chroma import open_chroma

        async with open_chroma(settings.home / "chroma") as embedded:
            yield embedded
        return
    from rag.backends.chroma_http import open_chroma_server

    async with open_chroma_server(settings.chroma) as store:
        yield store


async def _open_embedders(settings: RagSettings, stack: AsyncExitStack) -> tuple[Embedder, Embedder | None]:
    """The cached embedder of passages and questions, and the quick one with which the extractive writer reads."""
    from rag.backends.folding import FoldingEmbedder
    from rag.backends.vector_cache import CachedEmbedder, VectorCache

    embedder, sentences = await _load_embedders(settings, stack)
    packs = sorted((data_folder("corpus") / "vectors").glob("*.npz"))
    cache = await stack.enter_async_context(VectorCache.open(settings.home / "vectors.sqlite3", packs))
    cached = CachedEmbedder(embedder, cache, batch_size=_batch_size(settings))
    return FoldingEmbedder(cached), FoldingEmbedder(sentences) if sentences else None


async def _load_embedders(settings: RagSettings, stack: AsyncExitStack) -> tuple[Embedder, Embedder | None]:
    match settings.embedding.embedder:
        case "memory":
            from rag.backends.memory import MemoryEmbedder

            return MemoryEmbedder(), None
        case "openai":
            from rag.backends.openai_embeddings import open_openai

            return await stack.enter_async_context(open_openai(settings.embeddings)), await _sentence_embedder()
        case "use" | "bundled":
            from rag.backends.bundled import open_bundled
            from rag.backends.universal import UniversalEmbedder

            use = await UniversalEmbedder.open()
            if settings.embedding.embedder == "use":
                return use, use
            return await open_bundled(use, threads=settings.embedding.threads), use
        case unknown:
            assert_never(unknown)


async def _sentence_embedder() -> Embedder | None:
    """The packaged model beside a server: reading sentences by HTTP would cost a request an answer."""
    from rag.backends.universal import UniversalEmbedder

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
