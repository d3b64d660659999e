"""Passages, answers and questions to test with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.chat import Person, Place, PlaceKind
from bot.records import AnswerRecord, EvidenceRecord, QuestionRecord
from rag.authorship import Writing
from rag.digest.likeness import Likeness
from rag.types import (
    PUBLIC,
    Answer,
    AnswerEvent,
    AnswerStatus,
    Chunk,
    ChunkId,
    Citation,
    Delta,
    Document,
    DocumentId,
    DocumentKind,
    Finished,
    Language,
    PageMark,
    Passage,
    Retrieval,
    Retrieved,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OVERSEEN: dict[str, Any] = {"quoting": None, "likeness": Likeness(None), "questions": None, "digests": None}
"""What admins oversee of a library that a test makes up."""

PLACE = Place(platform="memory", workspace="w", channel="c", thread="t", kind=PlaceKind.THREAD)
ADA = Person(platform="memory", workspace="w", id="ada", name="Ada")
BOB = Person(platform="memory", workspace="w", id="bob", name="Bob")
ENGLISH = (
    "A data flywheel turns usage into data.[1] It needs a product that people use every day.[1]\n\n"
    "Flywheels fail when nobody reads the data.[2] Owners drift away, and the loop stands still for months.[2]"
)


def document(title: str = "Flywheels", *, language: Language = Language.EN, url: str | None = None) -> Document:
    return Document(
        id=DocumentId(title), kind=DocumentKind.DOCUMENT, language=language, title=title, source="f.md", url=url
    )


def passage(
    section: str, text: str = "text", *, rank: int = 1, language: Language = Language.EN, page: int | None = None
) -> Passage:
    marks = (PageMark(offset=0, page=page),) if page else ()
    return Passage(
        rank=rank,
        score=0.9,
        chunk_id=ChunkId(section),
        document=document(language=language),
        chunk=Chunk(position=rank, section=("Flywheels", section), text=text, page_marks=marks),
    )


def citation(number: int, section: str = "How", *, quote: str = "text", pages: tuple[int, ...] = ()) -> Citation:
    return Citation(
        number=number,
        document=document(url="https://example.org/f"),
        section=("Flywheels", section),
        page=pages[0] if pages else None,
        quote=quote,
        pages=pages,
    )


def answer(
    text: str = ENGLISH,
    *,
    citations: Sequence[Citation] = (),
    status: AnswerStatus = AnswerStatus.ANSWERED,
    language: Language = Language.EN,
    writing: Writing | None = None,
) -> Answer:
    return Answer(
        question_id="q1",
        question="What is a data flywheel?",
        language=language,
        status=status,
        text=text,
        citations=tuple(citations),
        confidence=0.9,
        writer="w",
        timings_ms={},
        writing=writing,
    )


def retrieval(*passages: Passage, language: Language = Language.EN) -> Retrieval:
    return Retrieval(language=language, passages=passages, confidence=0.9, answerable=True)


async def stream(finished: Answer, *deltas: str, found: Retrieval | None = None) -> AsyncIterator[AnswerEvent]:
    yield Retrieved(retrieval=found or retrieval(passage("How"), passage("Why they fail", rank=2)))
    for delta in deltas or (finished.text,):
        yield Delta(text=delta)
    yield Finished(answer=finished)


def question(text: str = "What is a data flywheel?", *, name: str = "q1", place: Place = PLACE) -> QuestionRecord:
    return QuestionRecord(id=name, place=place, person=ADA, text=text, asked_at=NOW, message_id="m0")


def evidence(section: str = "How", *, audience: str = PUBLIC, rank: int = 1) -> EvidenceRecord:
    return EvidenceRecord(
        rank=rank,
        score=0.875,
        document_id="Flywheels",
        title="Flywheels",
        section=("Flywheels", section),
        page=3,
        text=f"The text of {section}",
        audience=frozenset({audience}),
    )


def record(
    finished: Answer | None = None, *, name: str = "a1", suggestions: Sequence[str] = ("Pricing",)
) -> AnswerRecord:
    return AnswerRecord(
        id=name,
        question_id="q1",
        conversation=PLACE.key,
        answer=finished or answer(citations=[citation(1), citation(2, "Why they fail")]),
        evidence=(evidence(), evidence("Why they fail", rank=2)),
        suggestions=tuple(suggestions),
        at=NOW,
    )
