"""The search: a question to its passages, best first, with a calibrated confidence and a verdict.

A follow-up is searched as it was asked and as it stands alone; of each passage the best that any form saw in it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.case_chapters import chapter_first, named_cases
from rag.catalogue import Catalogue, LiveChunk
from rag.confidence import Calibration, Evidence, missing_share, names_in, terms_held, unheard_share
from rag.errors import InvalidInput
from rag.follow_ups import RuleQueries, standalone
from rag.fusion import Scored, diversify, fuse
from rag.language import detect_language
from rag.ports import Clock, Embedder, Query, QueryMaker, VectorStore
from rag.searching import Found, Searcher, merged
from rag.sectors import concerning
from rag.settings import RetrievalSettings
from rag.stopwatch import Stopwatch
from rag.terms import query_terms
from rag.topics import topics_of
from rag.types import ChunkId, DocumentId, Language, Passage, Question, Retrieval, Scope

_JUDGED = 3
"""Passages in which a question's names are looked for, and whose surroundings are fetched."""

_LOOKED_INTO = 8
"""Passages in which a question's words are looked for, and those that a follow-up adds."""

_MOSTLY_UNHEARD = 0.5
"""Share of what a follow-up adds from which on it is about something else than what was found."""

_REACH = 40
"""Chunks before and behind a passage among which its siblings are sought."""


_Around = Mapping[DocumentId, Sequence[LiveChunk]]
_Nearest = Mapping[DocumentId, Passage]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """The best passages, however many are asked for: those that are judged, and those near them."""

    judged: Sequence[Passage]
    near: Sequence[Passage]


class Retriever:
    """Implements `rag.ports.Retrieving`. Without `queries`, follow-ups are made to stand alone by rules."""

    def __init__(  # noqa: PLR0913 - what a search rests on; each is a port or one group of settings
        self,
        *,
        catalogue: Catalogue,
        store: VectorStore,
        embedder: Embedder,
        calibration: Calibration,
        settings: RetrievalSettings,
        clock: Clock,
        queries: QueryMaker | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._searcher = Searcher(
            catalogue=catalogue,
            store=store,
            embedder=embedder,
            candidates=settings.candidates,
            question_weight=settings.question_weight,
        )
        self._queries = queries or RuleQueries()
        self._calibration = calibration
        self._settings = settings
        self._clock = clock

    async def retrieve(self, question: Question, *, limit: int | None = None) -> Retrieval:
        """Passages for a question, best first; `limit` overrides how many."""
        if not question.text.strip():
            raise InvalidInput("the question is empty; ask something")
        generation = await self._catalogue.live()
        found = await self._retrieve(question, limit)
        # Texts and surroundings are read after the search: a rebuild that ended in between would be seen in half.
        return found if await self._catalogue.live() == generation else await self._retrieve(question, limit)

    async def _retrieve(self, question: Question, limit: int | None) -> Retrieval:
        watch = Stopwatch(self._clock)
        language = question.language or detect_language(question.text)
        with watch.stage("queries"):
            queries = await self._queries.queries(question, language)
        by_query = await self._searcher.find([query.text for query in queries], question.scope, watch)
        found = merged(by_query)
        ranked = self._rank(found, language)
        # How many passages somebody wants to see must not change how far they are trusted.
        judged, near = (self._choose(ranked, found, limit=most) for most in (_JUDGED, _LOOKED_INTO))
        # Nor must it change what is answered for whom: who asks orders what is kept, and nothing that is judged.
        plain = self._choose(ranked, found, limit=limit or self._settings.limit)
        kept, suited = self._suited(ranked, found, question.reader, plain)
        with watch.stage("texts"):
            keys = list(dict.fromkeys(each.key for each in (*kept, *judged, *near)))
            chunks = await self._catalogue.chunks(keys, scope=question.scope)
        passages = _passages(kept, chunks)
        sight = _Sight(judged=_passages(judged, chunks), near=_passages(near, chunks))
        languages = (language, *(detect_language(query.text) for query in queries[1:]))
        evidence = self._evidence(zip(queries, languages, by_query, strict=True), sight)
        confidence = self._calibration.confidence(evidence)
        answerable = bool(passages) and confidence >= self._settings.threshold
        with watch.stage("surroundings"):
            passages, siblings = await self._surrounded(question, passages, language, siblings=answerable)
        return Retrieval(
            language=language,
            passages=passages,
            confidence=confidence,
            answerable=answerable,
            siblings=siblings,
            topics=topics_of(passages, language),
            suited=suited,
            signals=evidence.model_dump(),
            timings_ms=watch.timings_ms,
        )

    def _rank(self, found: Found, language: Language) -> list[Scored[ChunkId]]:
        """Fused candidates, those in the question's language lifted a little, scaled back into 0..1."""
        bonus = self._settings.language_bonus

        def lifted(each: Scored[ChunkId]) -> Scored[ChunkId]:
            own = found.owners[each.key].language == language
            return replace(each, score=(each.score + bonus * own) / (1 + bonus))

        fused = fuse(found.similarities, found.coverages, dense_weight=self._settings.dense_weight)
        return sorted(map(lifted, fused), key=lambda each: -each.score)

    def _suited(
        self, ranked: Sequence[Scored[ChunkId]], found: Found, reader: str, plain: list[Scored[ChunkId]]
    ) -> tuple[list[Scored[ChunkId]], frozenset[DocumentId]]:
        """What is kept for a reader, and the documents that made it other than what is kept for everybody.

        What concerns their sector or stage is lifted over what is about as good.
        """
        if not reader:
            return plain, frozenset()
        concerns, bonus = concerning(reader), self._settings.reader_bonus
        ordered = sorted(ranked, key=lambda each: -each.score - bonus * concerns(found.owners[each.key]))
        kept = self._choose(ordered, found, limit=len(plain))
        if [each.key for each in kept] == [each.key for each in plain]:
            return plain, frozenset()
        owners = (found.owners[each.key] for each in kept)
        return kept, frozenset(owner.id for owner in owners if concerns(owner))

    def _choose(self, ranked: Sequence[Scored[ChunkId]], found: Found, *, limit: int) -> list[Scored[ChunkId]]:
        return diversify(
            ranked, group=lambda key: found.owners[key].id, limit=limit, per_group=self._settings.per_document
        )

    def _evidence(self, forms: Iterable[tuple[Query, Language, Found]], sight: _Sight) -> Evidence:
        """The strongest of what the forms of a question saw: it is answered when any of them is."""
        text = _asked_text if self._settings.question_weight else _text
        held = terms_held(map(text, sight.near))
        seen = [
            _evidence(query.text, language, found, sight.judged, held=held, text=text)
            for number, (query, language, found) in enumerate(forms)
            if number == 0 or _holds(query, language, sight.near)
        ]
        return max(seen, key=self._calibration.confidence)

    async def _surrounded(
        self, question: Question, passages: tuple[Passage, ...], language: Language, *, siblings: bool
    ) -> tuple[tuple[Passage, ...], tuple[Passage, ...]]:
        """The passages with their neighbours, a chapter that is asked for in front, and their siblings if wanted."""
        alone = standalone(question.text, question.history).text
        nearest = _nearest(alone, passages, language) if siblings else {}
        around = await self._around(passages, nearest, question.scope)
        passages, beside = chapter_first(alone, passages, _siblings(passages, nearest, around), language)
        return _with_neighbours(passages, around, budget=self._settings.neighbour_characters), beside

    async def _around(self, passages: Sequence[Passage], nearest: _Nearest, scope: Scope) -> _Around:
        """The chunks beside each passage, and around the best passage of each of the nearest documents."""
        wanted: dict[DocumentId, set[int]] = {}
        for passage in passages:
            position = passage.chunk.position
            wanted.setdefault(passage.document.id, set()).update((position - 1, position + 1))
        for document, passage in nearest.items():
            wanted[document] |= set(_stretch(passage))
        return await self._catalogue.chunks_at(wanted, scope=scope)


def _with_neighbours(passages: Sequence[Passage], around: _Around, *, budget: int) -> tuple[Passage, ...]:
    """Passages with the texts beside them, best passage first, within a budget of characters."""
    taken = {(passage.document.id, passage.chunk.position) for passage in passages}
    widened = []
    for passage in passages:
        document, position = passage.document.id, passage.chunk.position
        beside = {position - 1: "", position + 1: ""}
        for chunk in (
            each.chunk for each in around.get(document, ()) if _version(each.id) == _version(passage.chunk_id)
        ):
            place = (document, chunk.position)
            if chunk.position in beside and place not in taken and len(chunk.text) <= budget:
                beside[chunk.position] = chunk.text
                budget -= len(chunk.text)
                taken.add(place)
        widened.append(replace(passage, before=beside[position - 1], after=beside[position + 1]))
    return tuple(widened)


def _nearest(question: str, passages: Sequence[Passage], language: Language) -> _Nearest:
    """The best passage of each of the best documents, and of the case study that the question names."""
    told = named_cases(question, passages, language)
    near = (each for place, each in enumerate(passages) if place < _JUDGED or each.document.id in told)
    return {passage.document.id: passage for passage in reversed([*near])}


def _stretch(passage: Passage) -> range:
    """The positions around a passage, as far as a chapter usually goes."""
    return range(passage.chunk.position - _REACH, passage.chunk.position + _REACH + 1)


def _siblings(passages: Sequence[Passage], nearest: _Nearest, around: _Around) -> tuple[Passage, ...]:
    known = {passage.chunk_id for passage in passages}
    return tuple(
        replace(passage, chunk_id=each.id, chunk=each.chunk, before="", after="")
        for document, passage in nearest.items()
        for each in around.get(document, ())
        if each.chunk.position in _stretch(passage) and each.id not in known
        if _version(each.id) == _version(passage.chunk_id)
    )


def _version(chunk: ChunkId) -> str:
    """The version of a document that a chunk is of: an index run may exchange a document during a search."""
    return chunk.rpartition(":")[0]


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


def _holds(query: Query, language: Language, passages: Sequence[Passage]) -> bool:
    """Whether passages hold most of what the query wants; nobody can tell where all are in another language."""
    texts = [_text(passage) for passage in passages if passage.document.language == language]
    return not query.wanted or not texts or unheard_share(query.wanted, terms_held(texts)) < _MOSTLY_UNHEARD


def _text(passage: Passage) -> str:
    return " ".join((passage.document.title, *passage.chunk.section, passage.chunk.text))


def _asked_text(passage: Passage) -> str:
    """What a passage speaks of, the words included in which its author expects to be asked."""
    return " ".join((_text(passage), *passage.chunk.questions))


def _evidence(
    query: str,
    language: Language,
    found: Found,
    passages: Sequence[Passage],
    *,
    held: Container[str],
    text: Callable[[Passage], str],
) -> Evidence:
    # What another form of the question found, be it in whatever language, says nothing for this one.
    best = next((each.chunk_id for each in passages if each.chunk_id in found.owners), None)
    same_language = float(bool(passages) and (best is None or found.owners[best].language == language))
    return Evidence(
        similarity=max(found.similarities.values(), default=0.0),
        same_language=same_language,
        coverage=same_language * (found.coverages.get(best, 0.0) if best else 0.0),
        missing=missing_share(names_in(query), map(text, passages)),
        unheard=same_language * unheard_share(query_terms(query), held),
        prepared=float(text is _asked_text and bool(passages) and bool(passages[0].chunk.questions)),
    )
