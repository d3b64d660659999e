"""CaseLibrary: the case studies of the library, found by company, by what is known of them, or by a sentence."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Protocol

from rag.catalogue import LiveChunk
from rag.companies import plain, standing_alone, story_of, without_brackets
from rag.ports import Retrieving
from rag.sectors import sectors_of, without_sectors
from rag.sentences import sentence_spans
from rag.terms import index_terms, query_terms
from rag.types import (
    CaseFacts,
    Citation,
    Document,
    DocumentId,
    DocumentKind,
    Language,
    Outcome,
    Passage,
    Question,
    Scope,
)

_CHUNKS = range(500)
"""The positions at which the text of a case is looked for; no case study is longer."""

_TELLS = 0.25
"""Share of a statement's words that a passage has to hold before it is cited for it."""

_HEADED = 0.3
"""What a heading that promises such a statement counts, beside the words of the passage."""

_HEADINGS = tuple(set(index_terms(words)) for words in ("did 做了 做法", "decided 关键 成败", "lesson 教训 启示"))
"""Words of the headings below which a case study tells what was done, what decided it, and what to learn."""

_FOUND = 24
_NEARLY = 0.75
"""Share of the best passage's score that makes another case worth showing."""

_ITEM = re.compile(r"(?:[-*+•>#]+|\d+[.)])\s+")
"""What stands before an item of a list."""

_OUTCOME_WORDS: Mapping[Outcome, re.Pattern[str]] = {
    Outcome.FAILURE: re.compile(r"\b(?:fail(?:s|ed|ure|ures|ing)?|bankrupt(?:cy)?|shut down)\b|失败|倒闭|破产|关闭"),
    Outcome.SUCCESS: re.compile(r"\b(?:success(?:es|ful|fully)?|succeed(?:s|ed)?|thriv(?:e|es|ed|ing))\b|成功"),
    Outcome.MIXED: re.compile(r"\b(?:mixed)\b|有成有败|喜忧参半|好坏参半"),
}
_PARTICLES = "的和与及、, "
"""What is left between words that were taken out of a Chinese phrase."""

_GENERIC = re.compile(
    r"\b(?:case|stud(?:y|ies)|cases|compan(?:y|ies)|start-?ups?|firms?|business(?:es)?|ai|artificial intelligence)\b"
    r"|\b(?:went|gone|goes)\b"
    r"|案例|公司|企业|创业|一家|人工智能|(?<![a-z])ai(?![a-z])|哪[个些家]?|什么|有没有|[做搞](?![空多大笑梦])|从事|专门|[了吗呢？]"
)
"""Words that fit every case, so that they tell none from another."""


class CaseShelf(Protocol):
    """What is read of the catalogue."""

    async def documents(self, scope: Scope | None = None) -> tuple[Document, ...]:
        """Documents that a reader may see. Raises StorageFailed."""
        ...

    async def chunks_at(
        self, wanted: Mapping[DocumentId, Collection[int]], *, scope: Scope
    ) -> dict[DocumentId, tuple[LiveChunk, ...]]:
        """Their texts, by position. Raises StorageFailed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case study: the version that suits the reader, its facts, and all versions that the reader may see."""

    document: Document
    facts: CaseFacts
    versions: tuple[Document, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What the company is called, in every language, the reader's first."""
        companies = (each.case.company for each in (self.document, *self.versions) if each.case)
        return tuple(dict.fromkeys(companies))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """The places of a case study that tell what decided it, and the rest of its facts."""

    did: Citation
    decided: Citation
    lessons: Citation

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Each place once, by number."""
        return tuple({each.number: each for each in (self.did, self.decided, self.lessons)}.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Cases that were found, best first; `near` says that none of them has the sector or outcome that was asked for."""

    cases: tuple[Case, ...] = ()
    near: bool = False


class CaseLibrary:
    """Finds the case studies that a reader may see. Every method raises as `rag.ports.Retrieving.retrieve` does."""

    def __init__(self, shelf: CaseShelf, retriever: Retrieving) -> None:
        self._shelf = shelf
        self._retriever = retriever

    async def all(self, *, scope: Scope, language: Language) -> tuple[Case, ...]:
        """All case studies, by company; of each the version in the reader's language where there is one."""
        documents = [each for each in await self._shelf.documents(narrowed(scope, DocumentKind.CASE)) if each.case]
        documents.sort(key=story_of)
        cases = [_case([*versions], language) for _, versions in groupby(documents, key=story_of)]
        return tuple(sorted(cases, key=lambda case: plain(case.facts.company)))

    async def named(self, text: str, *, scope: Scope, language: Language) -> tuple[Case, ...]:
        """The cases whose company a text names: in full, else in part, else within the text; () where it names none."""
        return _named(text, await self.all(scope=scope, language=language))

    async def find(self, text: str, *, scope: Scope, language: Language) -> Findings:
        """The cases that fit a company's name, a sector, a region, an outcome or a sentence, best first."""
        cases = await self.all(scope=scope, language=language)
        if known := _named(text, cases) or _by_facts(text, cases):
            return Findings(cases=known)
        found = await self._by_meaning(text, cases, scope, language)
        outcomes, sectors = _outcomes(text), sectors_of(text)
        fits = [
            case
            for case in found
            if (not outcomes or case.facts.outcome in outcomes)
            and (not sectors or not sectors.isdisjoint(sectors_of(_told(case))))
        ]
        return Findings(cases=tuple(fits)) if fits else Findings(cases=found, near=bool(found))

    async def grounds(self, case: Case, *, scope: Scope, first: int = 1) -> Grounds:
        """Where the case study says what its facts say, numbered from `first`."""
        key, facts = case.document.id, case.facts
        found = await self._shelf.chunks_at({key: _CHUNKS}, scope=narrowed(scope, DocumentKind.CASE))
        chunks = found.get(key, ())
        statements = (facts.did or "", facts.decided or "", " ".join(facts.lessons))
        told = zip(statements, _HEADINGS, strict=True)
        places = [_citation(case.document, text, chunks, headed=words) for text, words in told]
        distinct = list(dict.fromkeys(places))
        return Grounds(
            **{
                name: replace(place, number=first + distinct.index(place))
                for name, place in zip(("did", "decided", "lessons"), places, strict=True)
            }
        )

    async def _by_meaning(self, text: str, cases: Sequence[Case], scope: Scope, language: Language) -> tuple[Case, ...]:
        if len(plain(text)) < 2 or not cases:
            return ()
        question = Question(id="case", text=text, language=language, scope=narrowed(scope, DocumentKind.CASE))
        retrieval = await self._retriever.retrieve(question, limit=_FOUND)
        if not retrieval.answerable:
            return ()
        owners = {version.id: case for case in cases for version in case.versions}
        keys = dict.fromkeys(_telling(retrieval.passages))
        found = {owners[key].document.id: owners[key] for key in keys if key in owners}
        return tuple(found.values())


def _telling(passages: Sequence[Passage]) -> list[DocumentId]:
    """The documents of the passages that are nearly as good as the best one, best first."""
    best = max((passage.score for passage in passages), default=0.0)
    return [passage.document.id for passage in passages if passage.score >= _NEARLY * best]


def narrowed(scope: Scope, kind: DocumentKind) -> Scope:
    """The part of a scope that holds one kind of document; nothing where the scope leaves that kind out."""
    admitted = scope.kinds is None or kind in scope.kinds
    return replace(scope, kinds=frozenset({kind}) if admitted else frozenset())


def _case(versions: list[Document], language: Language) -> Case:
    chosen = next((each for each in versions if each.language is language), versions[0])
    if chosen.case is None:
        raise ValueError(f"the document {chosen.source!r} has no facts of a case; leave it out")
    return Case(document=chosen, facts=chosen.case, versions=tuple(versions))


def _forms(case: Case) -> set[str]:
    """A company's names, with and without what stands in brackets, and what stands in them."""
    names = {plain(name) for name in case.names}
    return {form for name in names for form in (name, without_brackets(name)) if form}


def _named(text: str, cases: Sequence[Case]) -> tuple[Case, ...]:
    wanted = plain(text).strip("“”\"'。.?？!！ ")
    if not wanted:
        return ()
    for fits in (
        lambda form: form == wanted,
        lambda form: len(wanted) > 1 and standing_alone(wanted).search(form) is not None,
        lambda form: len(form) > 1 and standing_alone(form).search(wanted) is not None,
    ):
        if found := [case for case in cases if any(map(fits, _forms(case)))]:
            return tuple(found)
    return ()


def _outcomes(text: str) -> set[Outcome]:
    return {outcome for outcome, words in _OUTCOME_WORDS.items() if words.search(plain(text))}


def _by_facts(text: str, cases: Sequence[Case]) -> tuple[Case, ...]:
    """Cases of which sector, region, stage or topics hold every word, and whose outcome is as it is said."""
    outcomes, rest = _outcomes(text), plain(text)
    for words in (*_OUTCOME_WORDS.values(), _GENERIC):
        rest = words.sub(" ", rest)
    of_outcome = [case for case in cases if not outcomes or case.facts.outcome in outcomes]
    left = rest.strip(_PARTICLES)
    wanted = set(query_terms(left)) if index_terms(left) else set()
    if not wanted and not outcomes:
        return ()
    found = [case for case in of_outcome if wanted <= _facets(case)]
    others = [case for case in _by_sectors(rest, of_outcome) if case not in found]
    return (*found, *others)


def _by_sectors(plain: str, cases: Sequence[Case]) -> tuple[Case, ...]:
    """Cases of the sectors that a text names, whatever it calls them, where it names nothing else; else ()."""
    sectors, left = sectors_of(plain), without_sectors(plain).strip(_PARTICLES)
    others = set(query_terms(left)) if sectors and index_terms(left) else set()
    if not sectors:
        return ()
    found = [case for case in cases if not sectors.isdisjoint(sectors_of(_told(case)))]
    return tuple(case for case in found if others <= _facets(case))


def _facets(case: Case) -> set[str]:
    return set(index_terms(_told(case)))


def _told(case: Case) -> str:
    """What is known of a case beside its company and its outcome."""
    texts: list[str] = []
    for version in case.versions:
        facts = version.case
        if facts is not None:
            texts += [facts.sector or "", facts.region or "", facts.stage or "", *version.topics]
    return " \n ".join(texts)


def _citation(document: Document, statement: str, chunks: Iterable[LiveChunk], *, headed: set[str]) -> Citation:
    """Where a document tells a statement; the document as a whole where no passage of it does."""
    terms = set(query_terms(statement)) if statement else set()
    shares = [(_share(terms, each.chunk.text) + _HEADED * _is_headed(each, headed), each) for each in chunks]
    share, best = max(shares, key=lambda pair: pair[0], default=(0.0, None))
    if best is None or share < _TELLS:
        return Citation(number=0, document=document, section=(), page=None, quote="")
    text = best.chunk.text
    spans = [text[span.start : span.end].strip() for span in sentence_spans(text)]
    sentence = max(spans, key=lambda each: _share(terms, each), default=text)
    quote = _ITEM.sub("", sentence, count=1) if _ITEM.match(sentence) else sentence
    passage = Passage(rank=1, score=share, chunk_id=best.id, document=document, chunk=best.chunk)
    page = passage.page_at(max(text.find(quote), 0))
    pages = () if page is None else (page,)
    return Citation(number=0, document=document, section=best.chunk.section, page=page, quote=quote, pages=pages)


def _is_headed(chunk: LiveChunk, words: set[str]) -> bool:
    return bool(words & set(index_terms(" \n ".join(chunk.chunk.section[1:]))))


def _share(terms: set[str], text: str) -> float:
    return len(terms & set(index_terms(text))) / len(terms) if terms else 0.0
