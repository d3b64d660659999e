"""Values that travel through the core: documents, passages, questions, citations and answers.

Everything here is frozen and knows no platform, no database and no model. The shapes of `Question`, `Retrieved`,
`Delta`, `Finished`, `Answer` and `Citation` are a contract with every adapter: fields may be added, never renamed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NewType

from rag.authorship import Writing

DocumentId = NewType("DocumentId", str)
ChunkId = NewType("ChunkId", str)

PUBLIC = "public"
"""The audience label that every reader holds."""


class Language(StrEnum):
    """Languages that the product tells apart; `OTHER` is the BCP 47 code for an undetermined language."""

    ZH = "zh"
    EN = "en"
    JA = "ja"
    KO = "ko"
    OTHER = "und"


class DocumentKind(StrEnum):
    """What a document of the library is for."""

    DOCUMENT = "document"
    CASE = "case"
    RESOURCE = "resource"
    TREND = "trend"
    RISK = "risk"


class Outcome(StrEnum):
    """How the story of a case study ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What a case study says of its company, from the document's front matter.

    `founded` is a year; `did` and `decided` are one sentence each: what the company did, and what decided its outcome.
    `sources` names what the facts rest on. An `illustrative` company is made up to teach with.
    """

    company: str
    sector: str | None = None
    stage: str | None = None
    outcome: Outcome | None = None
    lessons: tuple[str, ...] = ()
    region: str | None = None
    founded: int | None = None
    did: str | None = None
    decided: str | None = None
    sources: tuple[str, ...] = ()
    illustrative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of the library, as its readers know it.

    `source` is the path relative to the registered folder (POSIX separators), or the address of a page.
    `translation_of` links the versions of one text in several languages: they share its value.
    """

    id: DocumentId
    kind: DocumentKind
    language: Language
    title: str
    source: str
    topics: tuple[str, ...] = ()
    date: dt.date | None = None
    url: str | None = None
    licence: str | None = None
    audience: frozenset[str] = frozenset({PUBLIC})
    translation_of: str | None = None
    case: CaseFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMark:
    """From the character at `offset` of a chunk's text on, the text stands on `page` (counted from 1)."""

    offset: int
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of a document that is embedded and found as one.

    `section` is the heading path from the outermost heading in; `text` is the source's own words, without the headings.
    `questions` are those that its section answers, as the document's author has put them: they are searched, and never
    shown or quoted.
    """

    position: int
    section: tuple[str, ...]
    text: str
    page_marks: tuple[PageMark, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A chunk found for a question, with the document it belongs to.

    `score` is the fused relevance in 0..1 that ordered it; `before` and `after` are the neighbouring chunks' texts,
    where the budget admitted them: context for a writer, never a source of quotes.
    """

    rank: int
    score: float
    chunk_id: ChunkId
    document: Document
    chunk: Chunk
    before: str = ""
    after: str = ""

    @property
    def page(self) -> int | None:
        """The page on which the passage begins, or None for a document without pages."""
        return self.page_at(0)

    def page_at(self, offset: int) -> int | None:
        """The page that holds the character at `offset` of the passage's text."""
        marks = self.chunk.page_marks
        reached = [mark.page for mark in marks if mark.offset <= offset]
        return reached[-1] if reached else (marks[0].page if marks else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a search may look at.

    `audience` are the labels that the least-privileged reader holds; None elsewhere means no limit.
    """

    audience: frozenset[str] = frozenset({PUBLIC})
    kinds: frozenset[DocumentKind] | None = None
    topics: frozenset[str] | None = None

    def admits(self, document: Document) -> bool:
        """Whether a reader with this scope may see the document at all."""
        return (
            bool(self.audience & document.audience)
            and (self.kinds is None or document.kind in self.kinds)
            and (self.topics is None or bool(self.topics & set(document.topics)))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One earlier exchange of the conversation. Refusals are left out by the caller."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a person asks. `language` is detected from the text when it is None.

    `reader` says in a few words for what company it is asked: it orders what fits, and never leaves anything out.
    """

    id: str
    text: str
    language: Language | None = None
    scope: Scope = field(default_factory=Scope)
    history: tuple[Turn, ...] = ()
    reader: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """The passages found for one question, best first, and how far they can be trusted to answer it.

    `confidence` is in 0..1; `answerable` says whether it reaches the threshold of the evidence gate; `topics` are the
    titles or sections nearest to the question that the reader may see, for a helpful refusal; `signals` are the numbers
    that the confidence was computed from. `siblings` are the chunks that stand around the best passages in their
    documents, in reading order: not found by the question, but needed to answer with everything below one heading.
    `parts` are there when several things were asked for at once: the question as a whole, then each thing in its order.
    `suited` are the documents that concern the reader's company, where that has changed the order of the passages.
    """

    language: Language
    passages: tuple[Passage, ...]
    confidence: float
    answerable: bool
    siblings: tuple[Passage, ...] = ()
    topics: tuple[str, ...] = ()
    suited: frozenset[DocumentId] = frozenset()
    signals: Mapping[str, float] = field(default_factory=dict)
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    parts: tuple[PartFound, ...] = ()

    @property
    def quotable(self) -> tuple[Passage, ...]:
        """Everything that a statement may rest on, `Support.passage` being its index: passages, then siblings."""
        return (*self.passages, *self.siblings)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFound:
    """A question that asks for several things, or one of them as it stands alone, and what was found for it.

    What it can be answered from is among the passages and siblings of the whole. A `side` of a comparison stands for
    all that is asked of one company.
    """

    question: str
    retrieval: Retrieval
    side: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One numbered source under an answer.

    `quote` is a verbatim substring of the cited passage's text and `page` the page on which it begins; `pages` are
    those of all that the answer quotes from the passage.
    """

    number: int
    document: Document
    section: tuple[str, ...]
    page: int | None
    quote: str
    pages: tuple[int, ...] = ()


class AnswerStatus(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A finished answer. `text` is Markdown with citation marks such as `[1]`; `writer` names what wrote it."""

    question_id: str
    question: str
    language: Language
    status: AnswerStatus
    text: str
    citations: tuple[Citation, ...]
    confidence: float
    writer: str
    timings_ms: Mapping[str, float]
    writing: Writing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """First event of an answer: what was found."""

    retrieval: Retrieval
    type: Literal["retrieved"] = "retrieved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """Text to append to the answer. Final: what a reader has seen is never taken back."""

    text: str
    type: Literal["delta"] = "delta"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """Last event of an answer; its text is the concatenation of all deltas."""

    answer: Answer
    type: Literal["finished"] = "finished"


AnswerEvent = Retrieved | Delta | Finished
