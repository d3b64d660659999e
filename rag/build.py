"""The one place that builds backends: from settings to a core that answers."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from rag.answer import AnswerService
from rag.catalogue import Catalogue, CatalogueWriter, Input
from rag.composition import Parts, compose, digest_builder, searching
from rag.confidence import UNCALIBRATED, Calibration, load_calibrations
from rag.digest.builder import DigestBuilder
from rag.digest.likeness import Likeness
from rag.ingest.guard import State
from rag.ingest.index import Indexer
from rag.ingest.inspection import Inspector
from rag.ports import AnswerCache, ChatModel, Embedder, Retrieving, VectorStore
from rag.prompts import Replies, load_replies
from rag.quality import LabelledJudge, QuestionSets
from rag.resources import data_folder
from rag.settings import IngestSettings, Loading, ModelSettings, RagSettings
from rag.templates import load_templates
from rag.writing.events import OnPoolEvent, PoolEvent
from rag.writing.pool import FailoverPool

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
    retriever: Retrieving
    answers: AnswerService
    digests: DigestBuilder
    embedder: Embedder
    calibration: Calibration
    replies: Replies
    models: Sequence[ChatModel] = ()
    cache: AnswerCache | None = None
    quoting: AnswerService | None = None
    """Answers by quoting alone, whatever language models there are."""

    likeness: Likeness = field(default_factory=lambda: Likeness(None))
    questions: QuestionSets | None = None
    """The labelled questions of this home."""
    inspector: Inspector = field(default_factory=lambda: Inspector(IngestSettings()))


def _unheard(_: PoolEvent) -> None:
    """Where events of the language models go when nobody counts them: to the log alone."""


def starter_input() -> Input:
    """The library that ships with the product. Raises InvalidSettings when the installation lacks it."""
    return Input(path=data_folder("corpus") / "library", name=STARTER)


@asynccontextmanager
async def open_catalogue(settings: RagSettings) -> AsyncIterator[Catalogue]:
    """The catalogue alone, for what needs no search: no model and no vector store is loaded, no lock is taken.

    Raises:
        StorageFailed: the catalogue cannot be opened.
    """
    async with _open_database(settings.home) as (catalogue, _, _):
        yield catalogue


@asynccontextmanager
async def open_digests(settings: RagSettings) -> AsyncIterator[tuple[DigestBuilder, Catalogue]]:
    """What builds digests, over the catalogue alone: it works beside a program that owns the index.

    Raises:
        InvalidSettings: data that ships with the product is missing or broken.
        StorageFailed: the catalogue cannot be opened.
    """
    from rag.backends.opening import sentence_embedder

    templates = load_templates(data_folder("prompts"))
    async with _open_database(settings.home) as (catalogue, _, _), open_models(settings.model) as models:
        pool = FailoverPool(models, settings.model) if models else None
        sentences = None if settings.embedding.embedder == "memory" else await sentence_embedder()
        yield digest_builder(catalogue, sentences, templates, pool=pool, settings=settings), catalogue


@asynccontextmanager
async def own_index(settings: RagSettings) -> AsyncIterator[None]:
    """The index in `settings.home` without opening it, for what copies or replaces its files.

    Raises:
        IndexLocked: another process owns the index.
        StorageFailed: the home folder cannot be written.
    """
    from rag.backends.lock import index_lock

    async with index_lock(settings.home, process=os.getpid(), patience_s=settings.lock_patience_s):
        yield


@asynccontextmanager
async def open_rag(
    settings: RagSettings,
    *,
    on_model_event: OnPoolEvent = _unheard,
    cache: AnswerCache | None = None,
    loading: Loading = Loading.NOW,
) -> AsyncIterator[Rag]:
    """The whole core over the index in `settings.home`, which this process owns until the end of the block.

    A Chroma server may be shared with other homes; the lock then keeps this home's catalogue to one process.
    `on_model_event` gets what happens to the language models, besides the log; `cache` keeps what a model wrote, by
    default in memory; `loading` says when and where the packaged models are loaded.

    Raises:
        IndexLocked: another process owns the index.
        InvalidSettings: data that ships with the product is missing or broken, or the embedder lacks a setting.
        StorageFailed: the index cannot be opened, or the Chroma server cannot be reached.
        EmbedderUnavailable: the embedding model cannot be loaded or reached.
    """
    replies, templates = load_replies(data_folder("prompts")), load_templates(data_folder("prompts"))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(own_index(settings))
        catalogue, writer, unborn = await stack.enter_async_context(_open_database(settings.home))
        opening = _open_embedders(settings, stack, catalogue, loading=loading)
        store, (embedder, keeping, sentences) = await _both(stack.enter_async_context(_open_store(settings)), opening)
        models = await stack.enter_async_context(open_models(settings.model))
        parts = Parts(
            catalogue=catalogue,
            store=store,
            embedder=embedder,
            sentences=sentences,
            calibration=_calibrations(settings.home).get(embedder.identity, UNCALIBRATED),
            replies=replies,
            templates=templates,
            pool=FailoverPool(models, settings.model, on_event=on_model_event) if models else None,
            clock=time.perf_counter,
            cache=cache,
        )
        judge, sets = _judge(parts, unborn, settings)
        yield _rag(settings, parts, _indexer(parts, writer, keeping, settings, judge), models, sets)


def _indexer(
    parts: Parts, writer: CatalogueWriter, embedder: Embedder, settings: RagSettings, judge: LabelledJudge
) -> Indexer:
    return Indexer(
        catalogue=parts.catalogue,
        writer=writer,
        store=parts.store,
        embedder=embedder,
        settings=settings.ingest,
        judge=judge,
    )


def _rag(settings: RagSettings, parts: Parts, indexer: Indexer, models: Sequence[ChatModel], sets: QuestionSets) -> Rag:
    composed = compose(parts, settings)
    return Rag(
        home=settings.home,
        catalogue=parts.catalogue,
        store=parts.store,
        indexer=indexer,
        retriever=composed.retriever,
        answers=composed.answers,
        digests=composed.digests,
        embedder=parts.embedder,
        calibration=parts.calibration,
        replies=parts.replies,
        models=models,
        cache=composed.cache,
        quoting=composed.quoting,
        likeness=composed.likeness,
        questions=sets,
        inspector=Inspector(settings.ingest),
    )


def _judge(parts: Parts, unborn: Catalogue, settings: RagSettings) -> tuple[LabelledJudge, QuestionSets]:
    """What holds index runs against labelled questions, and the questions; no language model is asked."""
    sets = QuestionSets(settings.quality, parts.catalogue)
    searches: dict[State, Retrieving] = {
        "live": searching(parts, settings),
        "building": searching(replace(parts, catalogue=unborn), settings),
    }
    return LabelledJudge(sets, searches, settings.quality), sets


def _calibrations(home: Path) -> Mapping[str, Calibration]:
    """The shipped calibrations, under those that were fitted in this home."""
    shipped = load_calibrations(data_folder("corpus") / CALIBRATIONS)
    return {**shipped, **(load_calibrations(home / CALIBRATIONS) if (home / CALIBRATIONS).exists() else {})}


@asynccontextmanager
async def open_models(settings: ModelSettings) -> AsyncIterator[Sequence[ChatModel]]:
    """The configured language models, on connections that are closed at the end. No request is made by opening."""
    if not settings.endpoints:
        yield ()
        return
    from rag.backends.openai_chat import open_chats

    async with open_chats(settings) as models:
        yield models


@asynccontextmanager
async def _open_database(home: Path) -> AsyncIterator[tuple[Catalogue, CatalogueWriter, Catalogue]]:
    """What is live, what changes it, and the generation that is yet to go live."""
    from rag.backends.sqlite.database import open_database
    from rag.backends.sqlite.reading import SqliteCatalogue
    from rag.backends.sqlite.writing import SqliteCatalogueWriter

    await asyncio.to_thread(home.mkdir, parents=True, exist_ok=True)
    async with open_database(home / "library.sqlite3") as database:
        writer = SqliteCatalogueWriter(database, now=lambda: datetime.now(UTC))
        yield SqliteCatalogue(database), writer, SqliteCatalogue(database, state="building")


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


async def _open_embedders(
    settings: RagSettings, stack: AsyncExitStack, catalogue: Catalogue, *, loading: Loading
) -> tuple[Embedder, Embedder, Embedder | None]:
    from rag.backends.opening import open_embedders

    live = await catalogue.live()
    return await open_embedders(settings, stack, loading=loading, made_by=live.embedder if live else "")
