"""ResourceShelf: what founders can use, ranked by need, from the pages of the library that a reader may see.

The records of the shipped library know a resource's cost, stages and languages; the index knows what is live and who
may read it. A record is offered only where a live passage that the reader may see holds its address: an installation
without the starter library, or one that keeps it from a reader, offers none of it. Passages of other resource documents
are offered as they stand, with what their document says of itself: nobody can tell their cost or stage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag.cases import CaseShelf as Shelf
from rag.cases import narrowed
from rag.catalogue import LiveChunk
from rag.hanzi import simplified
from rag.kinds.resource import Cost, Resource
from rag.kinds.values import Stage
from rag.ports import Retrieving
from rag.resource_words import Wanted, understood
from rag.sentences import sentence_spans
from rag.terms import index_terms, query_terms
from rag.types import ChunkId, Citation, DocumentKind, Language, Passage, Question, Scope

_CHUNKS = range(500)
_FOUND = 20
_NEAR = 0.5
"""Relevance from which a passage counts without sharing a word, when the search as a whole is sure."""

_NAMED, _TOLD = 1.0, 0.6
"""What a word of the need counts in a resource's name and needs, and in what is told of its purpose."""

_MEANT = 0.5
_FREE_OF_CHARGE = {Cost.FREE: frozenset({Cost.FREE, Cost.OPEN_SOURCE})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaning:
    """What is known of whoever asks, and only orders what fits: it never leaves anything out."""

    stage: Stage | None = None
    sector: str = ""
    language: Language | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One resource that fits. `record` is None for a passage of a document without structured data.

    `matched` are the words of the need that it shares, as they were typed; `leaning` says whether what is known of the
    reader speaks for it.
    """

    citation: Citation
    record: Resource | None
    matched: tuple[str, ...]
    leaning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What fits, best first. `wanted` is what was understood; `relaxed` that nothing met all of it."""

    wanted: Wanted
    offers: tuple[Offer, ...]
    relaxed: bool = False
    empty: bool = False


class ResourceShelf:
    """Finds resources. Raises as `rag.ports.Retrieving.retrieve` does."""

    def __init__(self, shelf: Shelf, retriever: Retrieving, records: Sequence[Resource]) -> None:
        self._shelf = shelf
        self._retriever = retriever
        self._records = tuple(records)
        self._terms = {record.id: _Terms.of(record) for record in records}

    async def find(self, wanted: Wanted, *, scope: Scope, language: Language, leaning: Leaning | None = None) -> Offers:
        """Resources for a need, best first, in the reader's language where their pages have it."""
        scope = narrowed(scope, DocumentKind.RESOURCE)
        held = await self._held(scope, language)
        if not held.chunks:
            return Offers(wanted=wanted, offers=(), empty=True)
        read = understood(wanted)
        found = await self._ranked(read, held, scope, language, leaning or Leaning())
        if found or read == replace(wanted, need=read.need):
            return Offers(wanted=read, offers=tuple(found))
        found = await self._ranked(wanted, held, scope, language, leaning or Leaning())
        nearest = sorted(found, key=lambda each: not (each.record and _meets(each.record, read)))
        return Offers(wanted=wanted, offers=tuple(nearest if read.kind_and_more else found), relaxed=bool(found))

    async def _held(self, scope: Scope, language: Language) -> _Held:
        documents = await self._shelf.documents(scope)
        pages = await self._shelf.chunks_at({each.id: _CHUNKS for each in documents}, scope=scope)
        chunks = [chunk for key in pages for chunk in pages[key]]
        # The reader's own language comes last, so that it is what stays of several.
        chunks.sort(key=lambda each: each.document.language is language)
        places = {record.id: each for each in chunks for record in self._records if record.url in each.chunk.text}
        structured = {
            each.document.id for each in chunks if any(record.url in each.chunk.text for record in self._records)
        }
        return _Held(chunks=tuple(chunks), places=places, structured=frozenset(structured))

    async def _ranked(
        self, wanted: Wanted, held: _Held, scope: Scope, language: Language, leaning: Leaning
    ) -> list[Offer]:
        near = await self._near(wanted, scope, language)
        scored: list[tuple[float, Offer]] = []
        for record in self._records:
            place = held.places.get(record.id)
            if place is None or not _meets(record, wanted):
                continue
            words, share = self._terms[record.id].matched(wanted.need)
            meant = max((near.get(chunk, 0.0) for chunk in held.chunks_of(record)), default=0.0)
            if wanted.need and not share and meant < _NEAR:
                continue
            leans = _leans(record, leaning)
            offer = Offer(citation=_cited(place), record=record, matched=words, leaning=bool(leans))
            scored.append((share + _MEANT * meant + leans, offer))
        scored += self._others(wanted, held, near)
        scored.sort(key=lambda pair: -pair[0])
        return [offer for _, offer in scored]

    async def _near(self, wanted: Wanted, scope: Scope, language: Language) -> Mapping[ChunkId, float]:
        """How near each passage is to the need in meaning; nothing where the search is not sure of itself."""
        if not wanted.need:
            return {}
        question = Question(id="resources", text=wanted.need, language=language, scope=scope)
        retrieval = await self._retriever.retrieve(question, limit=_FOUND)
        return {each.chunk_id: each.score for each in retrieval.passages} if retrieval.answerable else {}

    def _others(self, wanted: Wanted, held: _Held, near: Mapping[ChunkId, float]) -> list[tuple[float, Offer]]:
        if wanted.kind or wanted.stage or wanted.cost:
            return []
        return [
            (_MEANT * near[each.id], Offer(citation=_cited(each), record=None, matched=matched))
            for each in held.chunks
            if near.get(each.id, 0.0) >= _NEAR
            and each.document.id not in held.structured
            and wanted.language in {None, each.document.language}
            and ((matched := _shared(wanted.need, set(index_terms(_text(each))))) or True)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """The live passages about resources, where each record stands, and which documents hold records."""

    chunks: tuple[LiveChunk, ...]
    places: Mapping[str, LiveChunk]
    structured: frozenset[str]

    def chunks_of(self, record: Resource) -> tuple[ChunkId, ...]:
        return tuple(each.id for each in self.chunks if record.url in each.chunk.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """The words of a record: those that name it and its needs, and those of its purpose in both languages."""

    named: frozenset[str]
    told: frozenset[str]

    @staticmethod
    def of(record: Resource) -> _Terms:
        needs = [*record.needs, *(need.replace("-", " ") for need in record.needs)]
        named = index_terms(" \n ".join([record.name, record.name_zh or "", *needs]))
        told = index_terms(f"{record.purpose.zh} \n {record.purpose.en}")
        return _Terms(named=frozenset(named), told=frozenset(told))

    def matched(self, need: str) -> tuple[tuple[str, ...], float]:
        """The words of a need that the record holds, and how much of the need they are, in 0..1."""
        terms = query_terms(need) if need.strip() else []
        if not terms:
            return (), 0.0
        weights = [_NAMED if term in self.named else _TOLD if term in self.told else 0.0 for term in terms]
        return _shared(need, self.named | self.told), sum(weights) / len(terms)


def _meets(record: Resource, wanted: Wanted) -> bool:
    costs = _FREE_OF_CHARGE.get(wanted.cost, frozenset({wanted.cost})) if wanted.cost else frozenset(Cost)
    return (
        wanted.kind in {None, record.kind}
        and (wanted.stage is None or wanted.stage in record.stages)
        and record.cost in costs
        and (wanted.language is None or wanted.language in record.languages or "multi" in record.languages)
    )


def _leans(record: Resource, leaning: Leaning) -> float:
    """What speaks for a record beside the need."""
    sector = set(query_terms(leaning.sector)) if leaning.sector.strip() else set()
    told = set(index_terms(f"{record.purpose.zh} \n {record.purpose.en} \n {' '.join(record.needs)}"))
    points = 0.15 * (leaning.stage in record.stages) + 0.1 * bool(sector & told)
    return points + 0.05 * (leaning.language in record.languages)


def _shared(need: str, held: frozenset[str] | set[str]) -> tuple[str, ...]:
    """The stretches of a need, as it was typed, whose terms are held: "融资" rather than its pairs of characters."""
    words: list[str] = []
    for word in need.split():
        terms = query_terms(word)
        if terms and all(term in held for term in terms):
            words.append(word.strip(".,;:!?，。；：！？"))
        else:
            words += _runs(word, [term for term in terms if term in held])
    return tuple(dict.fromkeys(words))


def _runs(word: str, terms: Sequence[str]) -> list[str]:
    """The stretches of a word that its pairs of characters cover: "投资" and "资人" are "投资人"."""
    plain = simplified(word.casefold())
    covered = {at + offset for term in terms for at in [plain.find(term)] if at >= 0 for offset in range(len(term))}
    marked = "".join(sign if at in covered else " " for at, sign in enumerate(plain))
    return marked.split()


def _text(chunk: LiveChunk) -> str:
    return " \n ".join([*chunk.chunk.section, chunk.chunk.text])


def _cited(chunk: LiveChunk) -> Citation:
    """A passage as a source, quoted by its first sentence; the number is its reader's to give."""
    text = chunk.chunk.text
    first = next((text[span.start : span.end].strip() for span in sentence_spans(text)), text)
    passage = Passage(rank=1, score=1.0, chunk_id=chunk.id, document=chunk.document, chunk=chunk.chunk)
    pages = () if passage.page is None else (passage.page,)
    return Citation(
        number=0,
        document=chunk.document,
        section=chunk.chunk.section,
        page=passage.page,
        quote=first,
        pages=pages,
    )
