"""The book of answers with the passages that they rest on; implements `bot.ports.AnswerBook`."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Connection, Row, insert, select

from bot.errors import StoreFailed
from bot.records import AnswerRecord, EvidenceRecord
from bot.store.database import Database
from bot.store.models.conversing import answer_topics, answers, evidence
from rag.authorship import Writing
from rag.types import Answer, AnswerStatus, Citation, Language

_CITATIONS = TypeAdapter(tuple[Citation, ...])
_WRITING = TypeAdapter(Writing)

# Made once: making a statement takes longer than running it.
_ADD, _ADD_EVIDENCE, _ADD_TOPICS = insert(answers), insert(evidence), insert(answer_topics)


class SqlAnswers:
    """Answers are written by `SqlQuestions.finish` alone, in the transaction that ends their question."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, answer_id: str) -> AnswerRecord | None:
        """One answer with its evidence."""
        return await self._database.read(lambda connection: _first(connection, answers.c.id == answer_id))

    async def latest(self, conversation: str) -> AnswerRecord | None:
        """The last answer of a conversation, by the key of its place."""
        return await self._database.read(lambda connection: _first(connection, answers.c.conversation == conversation))


def add_answer(connection: Connection, record: AnswerRecord) -> None:
    """Store an answer, its evidence, and the topics of what it cites."""
    connection.execute(_ADD, _values(record))
    if rows := [_evidence_values(record.id, each) for each in record.evidence]:
        connection.execute(_ADD_EVIDENCE, rows)
    topics = {topic for citation in record.answer.citations for topic in citation.document.topics}
    if topics:
        rows = [{"answer_id": record.id, "topic": topic} for topic in sorted(topics)]
        connection.execute(_ADD_TOPICS, rows)


def _first(connection: Connection, condition: ColumnElement[bool]) -> AnswerRecord | None:
    found = select(answers).where(condition).order_by(answers.c.at.desc(), answers.c.number.desc()).limit(1)
    row = connection.execute(found).first()
    if row is None:
        return None
    order = evidence.c.rank, evidence.c.number
    passages = connection.execute(select(evidence).where(evidence.c.answer_id == row.id).order_by(*order)).all()
    return AnswerRecord(
        id=row.id,
        question_id=row.question_id,
        conversation=row.conversation,
        answer=_answer(row),
        evidence=tuple(_evidence(each) for each in passages),
        suggestions=tuple(row.suggestions),
        at=row.at,
    )


def _values(record: AnswerRecord) -> dict[str, Any]:
    answer, writing = record.answer, record.answer.writing
    return {
        "id": record.id,
        "question_id": record.question_id,
        "conversation": record.conversation,
        "question": answer.question,
        "language": answer.language.value,
        "status": answer.status.value,
        "text": answer.text,
        "confidence": answer.confidence,
        "writer": answer.writer,
        "model": writing.model if writing else "",
        "prompt_hash": writing.prompt_hash if writing else "",
        "writing": _WRITING.dump_python(writing, mode="json") if writing else None,
        "citations": _CITATIONS.dump_python(answer.citations, mode="json"),
        "suggestions": [*record.suggestions],
        "timings_ms": dict(answer.timings_ms),
        "at": record.at,
    }


def _answer(row: Row[Any]) -> Answer:
    try:
        return Answer(
            question_id=row.question_id,
            question=row.question,
            language=Language(row.language),
            status=AnswerStatus(row.status),
            text=row.text,
            citations=_CITATIONS.validate_python(row.citations),
            confidence=row.confidence,
            writer=row.writer,
            timings_ms=row.timings_ms,
            writing=_WRITING.validate_python(row.writing) if row.writing else None,
        )
    except (ValidationError, ValueError) as error:
        raise StoreFailed(f"the answer {row.id!r} was stored in a form that this version cannot read") from error


def _evidence_values(answer_id: str, each: EvidenceRecord) -> dict[str, Any]:
    return {
        "answer_id": answer_id,
        "rank": each.rank,
        "score": each.score,
        "document_id": each.document_id,
        "title": each.title,
        "section": [*each.section],
        "page": each.page,
        "text": each.text,
        "audience": sorted(each.audience),
    }


def _evidence(row: Row[Any]) -> EvidenceRecord:
    return EvidenceRecord(
        rank=row.rank,
        score=row.score,
        document_id=row.document_id,
        title=row.title,
        section=tuple(row.section),
        page=row.page,
        text=row.text,
        audience=frozenset(row.audience),
    )
