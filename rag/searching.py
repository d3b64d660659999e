"""The search of all queries of one question: two legs side by side, in the live generation, checked by the catalogue.

What either leg finds is held against what is live and what the reader may see before it can influence anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.catalogue import Catalogue, Generation, chunk_of, questions_collection
from rag.errors import IndexMismatch, IndexMissing, StorageFailed
from rag.ports import Embedder, VectorIndex, Vectors, VectorStore
from rag.stopwatch import Stopwatch
from rag.terms import query_terms
from rag.types import ChunkId, Document, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the two legs saw for one query, or for several, after the catalogue's check."""

    similarities: Mapping[ChunkId, float]
    coverages: Mapping[ChunkId, float]
    owners: Mapping[ChunkId, Document]


def merged(found: Sequence[Found]) -> Found:
    """What several queries saw, as if one had: of each chunk the best that any of them saw in it."""
    return Found(
        similarities=_best([each.similarities for each in found]),
        coverages=_best([each.coverages for each in found]),
        owners={key: document for each in found for key, document in each.owners.items()},
    )


def _best(values: Sequence[Mapping[ChunkId, float]]) -> dict[ChunkId, float]:
    best: dict[ChunkId, float] = {}
    for each in values:
        for key, value in each.items():
            best[key] = max(value, best.get(key, value))
    return best


@dataclass(frozen=True, slots=True, kw_only=True)
class _Near:
    """What the dense leg saw for one query."""

    similarities: Mapping[ChunkId, float]
    owners: Mapping[ChunkId, Document]


class Searcher:
    """Searches one library with both legs.

    Args:
        catalogue: what is live.
        store: where the vectors are.
        embedder: that of the index.
        candidates: the hits taken from each leg for each query.
        question_weight: what likeness to a question counts for that a chunk brings along, beside likeness to its text.
    """

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        store: VectorStore,
        embedder: Embedder,
        candidates: int,
        question_weight: float,
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._embedder = embedder
        self._candidates = candidates
        self._question_weight = question_weight

    async def find(self, queries: Sequence[str], scope: Scope, watch: Stopwatch) -> tuple[Found, ...]:
        """What each query finds in the live generation; once more when a rebuild has replaced it in the meantime.

        Raises:
            IndexMissing: nothing is indexed yet.
            IndexMismatch: the index was built by another embedder.
            StorageFailed: the catalogue or the vector store does not answer.
            EmbedderUnavailable: the queries cannot be embedded.
        """
        # None of the three needs the others, and each is a way to another thread and back.
        generation, vectors, words = await asyncio.gather(
            self._live(), self._embedded(queries, watch), self._lexical(queries, scope, watch)
        )
        try:
            near = await self._dense(generation, vectors, scope, watch)
            found, current = await asyncio.gather(self._checked(near, words, scope), self._live())
        except StorageFailed:
            if (current := await self._live()).id == generation.id:
                raise
        else:
            # The collection of a generation that is gone looks empty, which is no error of the store's.
            if current.id == generation.id:
                return found
        near, words = await asyncio.gather(
            self._dense(current, vectors, scope, watch), self._lexical(queries, scope, watch)
        )
        return await self._checked(near, words, scope)

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

    async def _checked(
        self, near: Sequence[_Near], words: Sequence[Mapping[ChunkId, float]], scope: Scope
    ) -> tuple[Found, ...]:
        return tuple(await asyncio.gather(*(self._joined(*legs, scope) for legs in zip(near, words, strict=True))))

    async def _joined(self, near: _Near, coverages: Mapping[ChunkId, float], scope: Scope) -> Found:
        rest = [key for key in coverages if key not in near.owners]
        known = {**near.owners, **await self._catalogue.owners(rest, scope=scope)}
        return Found(
            similarities=near.similarities,
            coverages={key: value for key, value in coverages.items() if key in known},
            owners=known,
        )

    async def _embedded(self, queries: Sequence[str], watch: Stopwatch) -> Vectors:
        with watch.stage("embed"):
            return await self._embedder.embed_queries(queries)

    async def _dense(self, generation: Generation, vectors: Vectors, scope: Scope, watch: Stopwatch) -> list[_Near]:
        with watch.stage("dense"):
            chunks = await self._store.collection(generation.collection)
            questions = None
            if generation.has_questions and self._question_weight:
                questions = await self._store.collection(questions_collection(generation.collection))
            return await asyncio.gather(*(self._near(chunks, questions, vector, scope) for vector in vectors))

    async def _near(self, chunks: VectorIndex, questions: VectorIndex | None, vector: Vectors, scope: Scope) -> _Near:
        if questions is None:
            return await self._live_hits(chunks, vector, scope)
        by_text, by_question = await asyncio.gather(
            self._live_hits(chunks, vector, scope), self._live_hits(questions, vector, scope)
        )
        counted = {key: self._question_weight * value for key, value in by_question.similarities.items()}
        return _Near(
            similarities=_best([by_text.similarities, counted]),
            owners={**by_text.owners, **by_question.owners},
        )

    async def _live_hits(self, index: VectorIndex, vector: Vectors, scope: Scope) -> _Near:
        """The nearest chunks that are live and admitted; asks for more until there are enough or no more."""
        wanted, asked = self._candidates, self._candidates
        while True:
            hits = await index.nearest(vector, limit=asked)
            chunks = list(dict.fromkeys(chunk_of(hit.chunk_id) for hit in hits))
            owners = await self._catalogue.owners(chunks, scope=scope)
            kept = [hit for hit in hits if chunk_of(hit.chunk_id) in owners]
            if len(kept) >= wanted or len(hits) < asked:
                similarities = [{chunk_of(hit.chunk_id): hit.similarity} for hit in kept[:wanted]]
                return _Near(similarities=_best(similarities), owners=owners)
            asked *= 4

    async def _lexical(self, queries: Sequence[str], scope: Scope, watch: Stopwatch) -> list[dict[ChunkId, float]]:
        with watch.stage("lexical"):
            found = await asyncio.gather(
                *(self._catalogue.lexical(query_terms(query), limit=self._candidates, scope=scope) for query in queries)
            )
        return [{hit.chunk_id: hit.coverage for hit in hits} for hits in found]
