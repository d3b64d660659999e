"""The search: a question to its passages, best first, with a calibrated confidence and a verdict.

Dense and lexical search run side by side. What either finds is checked against the catalogue, which knows what is live
and what the reader may see, before it can influence anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag.catalogue import Catalogue, Generation, LiveChunk
from rag.confidence import Calibration, Evidence, missing_share, names_in
from rag.errors import IndexMismatch, IndexMissing, InvalidInput, StorageFailed
from rag.fusion import Scored, diversify, fuse
from rag.language import detect_language
from rag.ports import Clock, Embedder, VectorIndex, Vectors, VectorStore
from rag.settings import RetrievalSettings
from rag.stopwatch import Stopwatch
from rag.terms import query_terms
from rag.types import ChunkId, Document, DocumentId, Language, Passage, Question, Retrieval, Scope

_TOPICS = 3
_JUDGED = 3
"""Passages in which a question's names are looked for, and whose surroundings are fetched."""

_REACH = 40
"""Chunks before and behind a passage among which its siblings are sought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the two legs saw, after the catalogue's check."""

    similarities: Mapping[ChunkId, float]
    coverages: Mapping[ChunkId, float]
    owners: Mapping[ChunkId, Document]


_Around = Mapping[DocumentId, Sequence[LiveChunk]]


class Retriever:
    """Implements `rag.ports.Retrieving`."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        store: VectorStore,
        embedder: Embedder,
        calibration: Calibration,
        settings: RetrievalSettings,
        clock: Clock,
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._embedder = embedder
        self._calibration = calibration
        self._settings = settings
        self._clock = clock

    async def retrieve(self, question: Question, *, limit: int | None = None) -> Retrieval:
        """Passages for a question, best first; `limit` overrides how many."""
        if not question.text.strip():
            raise InvalidInput("the question is empty; ask something")
        watch = Stopwatch(self._clock)
        language = question.language or detect_language(question.text)
        found = await self._search(question, watch)
        ranked = self._rank(found, language)
        # How many passages somebody wants to see must not change how far they are trusted.
        kept, judged = (self._choose(ranked, found, limit=most) for most in (limit or self._settings.limit, _JUDGED))
        with watch.stage("texts"):
            keys = list(dict.fromkeys(each.key for each in (*kept, *judged)))
            chunks = await self._catalogue.chunks(keys, scope=question.scope)
        passages = _passages(kept, chunks)
        evidence = _evidence(question, language, found, _passages(judged, chunks))
        confidence = self._calibration.confidence(evidence)
        answerable = bool(passages) and confidence >= self._settings.threshold
        with watch.stage("surroundings"):
            around = await self._around(passages, question.scope, siblings=answerable)
            siblings = _siblings(passages, around) if answerable else ()
            passages = _with_neighbours(passages, around, budget=self._settings.neighbour_characters)
        return Retrieval(
            language=language,
            passages=passages,
            confidence=confidence,
            answerable=answerable,
            siblings=siblings,
            topics=_topics(passages, language),
            signals=evidence.model_dump(),
            timings_ms=watch.timings_ms,
        )

    async def _search(self, question: Question, watch: Stopwatch) -> _Found:
        """What the legs find in the live generation; once more when a rebuild has replaced it in the meantime."""
        generation = await self._live()
        try:
            found = await self._search_in(generation, question, watch)
        except StorageFailed:
            if (current := await self._live()).id == generation.id:
                raise
        else:
            # The collection of a generation that is gone looks empty, which is no error of the store's.
            if (current := await self._live()).id == generation.id:
                return found
        return await self._search_in(current, question, watch)

    async def _live(self) -> Generation:
        generation = await self._catalogue.live()
        if generation is None:
            raise IndexMissing("the library is empty; index something: advisor index PATH, or advisor index --starter")
        if generation.embedder != self._embedder.identity:
            raise IndexMismatch(
                f"the index was built with the embedder {generation.embedder!r} but {self._embedder.identity!r} is"
                " configured; run advisor index to rebuild it, or set the embedder back"
            )
        return generation

    async def _search_in(self, generation: Generation, question: Question, watch: Stopwatch) -> _Found:
        (similarities, owners), coverages = await asyncio.gather(
            self._dense(generation, question, watch), self._lexical(question, watch)
        )
        rest = [key for key in coverages if key not in owners]
        owners |= await self._catalogue.owners(rest, scope=question.scope)
        return _Found(
            similarities=similarities,
            coverages={key: value for key, value in coverages.items() if key in owners},
            owners=owners,
        )

    async def _dense(
        self, generation: Generation, question: Question, watch: Stopwatch
    ) -> tuple[dict[ChunkId, float], dict[ChunkId, Document]]:
        with watch.stage("embed"):
            vectors = await self._embedder.embed_queries([question.text])
        with watch.stage("dense"):
            index = await self._store.collection(generation.collection)
            return await self._live_hits(index, vectors[0], question.scope)

    async def _live_hits(
        self, index: VectorIndex, vector: Vectors, scope: Scope
    ) -> tuple[dict[ChunkId, float], dict[ChunkId, Document]]:
        """The nearest chunks that are live and admitted; asks for more until there are enough or no more."""
        wanted, asked = self._settings.candidates, self._settings.candidates
        while True:
            hits = await index.nearest(vector, limit=asked)
            owners = await self._catalogue.owners([hit.chunk_id for hit in hits], scope=scope)
            if len(owners) >= wanted or len(hits) < asked:
                kept = [hit for hit in hits if hit.chunk_id in owners][:wanted]
                return {hit.chunk_id: hit.similarity for hit in kept}, owners
            asked *= 4

    async def _lexical(self, question: Question, watch: Stopwatch) -> dict[ChunkId, float]:
        with watch.stage("lexical"):
            hits = await self._catalogue.lexical(
                query_terms(question.text), limit=self._settings.candidates, scope=question.scope
            )
        return {hit.chunk_id: hit.coverage for hit in hits}

    def _rank(self, found: _Found, language: Language) -> list[Scored[ChunkId]]:
        """Fused candidates, those in the question's language lifted a little, scaled back into 0..1."""
        bonus = self._settings.language_bonus

        def lifted(each: Scored[ChunkId]) -> Scored[ChunkId]:
            own = found.owners[each.key].language == language
            return replace(each, score=(each.score + bonus * own) / (1 + bonus))

        fused = fuse(found.similarities, found.coverages, dense_weight=self._settings.dense_weight)
        return sorted(map(lifted, fused), key=lambda each: -each.score)

    def _choose(self, ranked: Sequence[Scored[ChunkId]], found: _Found, *, limit: int) -> list[Scored[ChunkId]]:
        return diversify(
            ranked, group=lambda key: found.owners[key].id, limit=limit, per_group=self._settings.per_document
        )

    async def _around(self, passages: Sequence[Passage], scope: Scope, *, siblings: bool) -> _Around:
        """The chunks beside each passage, and around the best passage of each of the best documents."""
        wanted: dict[DocumentId, set[int]] = {}
        for passage in passages:
            position = passage.chunk.position
            wanted.setdefault(passage.document.id, set()).update((position - 1, position + 1))
        for document, passage in _nearest(passages).items() if siblings else ():
            wanted[document] |= set(_stretch(passage))
        return await self._catalogue.chunks_at(wanted, scope=scope)


def _with_neighbours(passages: Sequence[Passage], around: _Around, *, budget: int) -> tuple[Passage, ...]:
    """Passages with the texts beside them, best passage first, within a budget of characters."""
    taken = {(passage.document.id, passage.chunk.position) for passage in passages}
    widened = []
    for passage in passages:
        document, position = passage.document.id, passage.chunk.position
        beside = {position - 1: "", position + 1: ""}
        for chunk in (each.chunk for each in around.get(document, ())):
            place = (document, chunk.position)
            if chunk.position in beside and place not in taken and len(chunk.text) <= budget:
                beside[chunk.position] = chunk.text
                budget -= len(chunk.text)
                taken.add(place)
        widened.append(replace(passage, before=beside[position - 1], after=beside[position + 1]))
    return tuple(widened)


def _nearest(passages: Sequence[Passage]) -> dict[DocumentId, Passage]:
    """The best passage of each of the best documents."""
    return {passage.document.id: passage for passage in reversed(passages[:_JUDGED])}


def _stretch(passage: Passage) -> range:
    """The positions around a passage, as far as a chapter usually goes."""
    return range(passage.chunk.position - _REACH, passage.chunk.position + _REACH + 1)


def _siblings(passages: Sequence[Passage], around: _Around) -> tuple[Passage, ...]:
    known = {passage.chunk_id for passage in passages}
    return tuple(
        replace(passage, chunk_id=each.id, chunk=each.chunk, before="", after="")
        for document, passage in _nearest(passages).items()
        for each in around.get(document, ())
        if each.chunk.position in _stretch(passage) and each.id not in known
    )


def _passages(chosen: Sequence[Scored[ChunkId]], chunks: Mapping[ChunkId, LiveChunk]) -> tuple[Passage, ...]:
    """What was chosen, with its text. What an index run has taken away since the search is left out."""
    chosen = [each for each in chosen if each.key in chunks]
    return tuple(
        Passage(
            rank=rank,
            score=each.score,
            chunk_id=each.key,
            document=chunks[each.key].document,
            chunk=chunks[each.key].chunk,
        )
        for rank, each in enumerate(chosen, start=1)
    )


def _evidence(question: Question, language: Language, found: _Found, passages: Sequence[Passage]) -> Evidence:
    same_language = float(bool(passages) and passages[0].document.language == language)
    texts = [" ".join((each.document.title, *each.chunk.section, each.chunk.text)) for each in passages[:_JUDGED]]
    return Evidence(
        similarity=max(found.similarities.values(), default=0.0),
        same_language=same_language,
        coverage=same_language * max(found.coverages.values(), default=0.0),
        missing=missing_share(names_in(question.text), texts),
    )


def _topics(passages: Sequence[Passage], language: Language) -> tuple[str, ...]:
    """What the library does hold near the question, in the question's language where there is any."""
    own = [passage for passage in passages if passage.document.language == language]
    headings = [(passage.chunk.section or (passage.document.title,))[-1] for passage in own or passages]
    return tuple(dict.fromkeys(headings))[:_TOPICS]
