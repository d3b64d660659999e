"""Puts the search and the answering together from opened parts; `rag.build` opens the parts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from rag.answer import AnswerService
from rag.answer_cache import AnswerMemory, MemoryAnswerCache
from rag.catalogue import Catalogue
from rag.confidence import Calibration
from rag.continued import StandaloneWriter
from rag.digest.authoring import Author
from rag.digest.builder import DigestBuilder
from rag.digest.likeness import Likeness
from rag.extract.writer import ExtractiveWriter
from rag.parted import PartedRetriever, PartedWriter
from rag.ports import AnswerCache, Clock, Embedder, ModelPool, QueryMaker, Retrieving, VectorStore, Writer
from rag.prompts import Replies
from rag.queries import ModelQueries
from rag.retrieve import Retriever
from rag.settings import RagSettings
from rag.templates import PromptName, Templates
from rag.types import Language
from rag.writing.writer import Desk, ModelWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What answering rests on.

    Attributes:
        embedder: the encoder of passages and questions.
        sentences: the quick encoder with which writers read; None does without.
        pool: the language models; None where none is configured.
        cache: where answers are kept; None for the memory of this process.
    """

    catalogue: Catalogue
    store: VectorStore
    embedder: Embedder
    sentences: Embedder | None
    calibration: Calibration
    replies: Replies
    templates: Templates
    pool: ModelPool | None
    clock: Clock
    cache: AnswerCache | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """The search, the answering, the answers that are given again, and the digests."""

    retriever: Retrieving
    answers: AnswerService
    digests: DigestBuilder
    cache: AnswerCache | None
    quoting: AnswerService
    likeness: Likeness


def searching(parts: Parts, settings: RagSettings, *, queries: QueryMaker | None = None) -> Retrieving:
    """The search alone; without `queries` no language model has a part in it."""
    retriever = Retriever(
        catalogue=parts.catalogue,
        store=parts.store,
        embedder=parts.embedder,
        calibration=parts.calibration,
        settings=settings.retrieval,
        clock=parts.clock,
        queries=queries,
    )
    return PartedRetriever(retriever, parts.catalogue)


def compose(parts: Parts, settings: RagSettings) -> Composed:
    """The search and the answering: with the language models where there are any, else by quoting alone."""
    retriever = searching(parts, settings, queries=_queries(parts, settings))
    cache = _cache(parts, settings)
    memory = (
        AnswerMemory(cache=cache, catalogue=parts.catalogue, authorship=_authorship(parts, settings)) if cache else None
    )
    answers = AnswerService(
        retriever=retriever, writer=_writer(parts, settings), replies=parts.replies, clock=parts.clock, memory=memory
    )
    digests = digest_builder(parts.catalogue, parts.sentences, parts.templates, pool=parts.pool, settings=settings)
    quoting = AnswerService(
        retriever=searching(parts, settings), writer=_quoting(parts), replies=parts.replies, clock=parts.clock
    )
    return Composed(
        retriever=retriever,
        answers=answers,
        digests=digests,
        cache=cache,
        quoting=quoting,
        likeness=Likeness(parts.sentences),
    )


def digest_builder(
    catalogue: Catalogue,
    sentences: Embedder | None,
    templates: Templates,
    *,
    pool: ModelPool | None,
    settings: RagSettings,
) -> DigestBuilder:
    """What builds digests: by a language model where there is one, else by quoting."""
    author = Author(pool, templates, sentences, most_s=settings.model.total_s) if pool else None
    return DigestBuilder(catalogue, Likeness(sentences), author)


def _queries(parts: Parts, settings: RagSettings) -> QueryMaker | None:
    if parts.pool is None:
        return None
    return ModelQueries(
        pool=parts.pool, templates=parts.templates, catalogue=parts.catalogue, settings=settings.writing
    )


def _quoting(parts: Parts) -> StandaloneWriter:
    quoting = ExtractiveWriter(embedder=parts.sentences, texts=parts.replies)
    return StandaloneWriter(PartedWriter(quoting, parts.replies))


def _writer(parts: Parts, settings: RagSettings) -> Writer:
    quoting = _quoting(parts)
    if parts.pool is None:
        return quoting
    desk = Desk(templates=parts.templates, texts=parts.replies, sentences=parts.sentences, clock=parts.clock)
    return ModelWriter(parts.pool, quoting, desk, writing=settings.writing, model=settings.model)


def _cache(parts: Parts, settings: RagSettings) -> AnswerCache | None:
    """Quoting is as quick as remembering, so that only what a model wrote is kept."""
    if parts.pool is None or settings.writing.cache_minutes == 0:
        return None
    return parts.cache or MemoryAnswerCache(keep_s=60 * settings.writing.cache_minutes, clock=parts.clock)


def _authorship(parts: Parts, settings: RagSettings) -> str:
    """A name for the models and prompts that write."""
    prompts = [parts.templates.prompt(PromptName.ANSWER, language).version for language in (Language.ZH, Language.EN)]
    models = [f"{each.base_url} {each.model}" for each in settings.model.endpoints]
    return hashlib.sha256("\n".join([*prompts, *models, settings.writing.unsupported]).encode()).hexdigest()[:16]
