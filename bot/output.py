"""What the commands print for other programs: one JSON object a line, in UTF-8, with exactly the documented keys."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

from bot.questions import without_surrogates
from rag.types import Answer, AnswerStatus, Citation, Document, Passage, Retrieval

if TYPE_CHECKING:
    from bot.index_effects import GapEffects
    from rag.evaluation import Report
    from rag.ingest.files import FileProblem
    from rag.ingest.guard import Fall
    from rag.ingest.index import IndexReport

QuestionId = str | int


def write_line(stream: IO[str], record: Mapping[str, Any]) -> None:
    """Writes one object and flushes, so that a reader at the other end of a pipe sees each as it comes."""
    stream.write(without_surrogates(json.dumps(record, ensure_ascii=False)) + "\n")
    stream.flush()


def search_record(question_id: QuestionId, question: str, retrieval: Retrieval) -> dict[str, Any]:
    """The result of a search."""
    return {
        "id": question_id,
        "question": question,
        "language": retrieval.language.value,
        "confidence": retrieval.confidence,
        "answerable": retrieval.answerable,
        "passages": [_passage_record(passage) for passage in retrieval.passages],
    }


def _passage_record(passage: Passage) -> dict[str, Any]:
    return {
        "rank": passage.rank,
        "score": passage.score,
        "document": passage.document.id,
        "source": passage.document.source,
        "section": list(passage.chunk.section),
        "page": passage.page,
        "text": passage.chunk.text,
    }


def answer_record(question_id: QuestionId, answer: Answer) -> dict[str, Any]:
    """A finished answer."""
    return {
        "id": question_id,
        "question": answer.question,
        "language": answer.language.value,
        "status": answer.status.value,
        "text": answer.text,
        "citations": [_citation_record(citation) for citation in answer.citations],
        "confidence": answer.confidence,
        "writer": answer.writer,
        "timings_ms": dict(answer.timings_ms),
    }


def _citation_record(citation: Citation) -> dict[str, Any]:
    return {
        "number": citation.number,
        "document": citation.document.id,
        "source": citation.document.source,
        "section": list(citation.section),
        "page": citation.page,
        "url": citation.document.url,
        "quote": citation.quote,
    }


def failed_record(question_id: QuestionId, question: str, *, language: str, message: str) -> dict[str, Any]:
    """A question that could not be put at all, in the shape of an answer."""
    return {
        "id": question_id,
        "question": question,
        "language": language,
        "status": AnswerStatus.FAILED.value,
        "text": message,
        "citations": [],
        "confidence": 0.0,
        "writer": "",
        "timings_ms": {},
    }


def document_record(document: Document) -> dict[str, Any]:
    """One document of the library."""
    return {
        "id": document.id,
        "kind": document.kind.value,
        "language": document.language.value,
        "title": document.title,
        "topics": list(document.topics),
        "date": document.date.isoformat() if document.date else None,
        "source": document.source,
    }


def index_record(report: IndexReport, effects: GapEffects | None = None) -> dict[str, Any]:
    """What a run of indexing did, to open gaps as well; documents are told by their sources."""
    return {
        "added": list(report.added),
        "updated": list(report.updated),
        "removed": list(report.removed),
        "unchanged": report.unchanged,
        "failed": [_problem_record(each) for each in report.failed],
        "warned": [_problem_record(each) for each in report.warned],
        **({"fall": _fall_record(report.fall)} if report.fall else {}),
        **({"gaps": dataclasses.asdict(effects)} if effects else {}),
    }


def _fall_record(fall: Fall) -> dict[str, Any]:
    """How labelled questions fare after a run that made them worse."""
    return {
        "before": fall.before,
        "after": fall.after,
        "margin": fall.margin,
        "held": fall.held,
        "lost": list(fall.lost),
        "causes": list(fall.causes),
    }


def _problem_record(problem: FileProblem) -> dict[str, str]:
    return {"source": problem.source, "problem": problem.problem, "remedy": problem.remedy}


def report_record(report: Report) -> dict[str, Any]:
    """The figures of one labelled set; a share without anything to take a share of is null."""
    return {
        "questions": report.questions,
        "failed": report.failed,
        "retrieval": {
            name: {
                "questions": figures.questions,
                **{f"hit@{cutoff}": value for cutoff, value in figures.hit_at.items()},
                "mrr@10": figures.mrr,
            }
            for name, figures in report.retrieval.items()
        },
        "verdicts": {name: dataclasses.asdict(figures) for name, figures in report.verdicts.items()},
        "refusal_auc": dict(report.refusal_auc),
        "citations": dataclasses.asdict(report.citations),
        "legibility": {
            "answers": report.legibility.answers,
            "characters": {f"p{percent}": value for percent, value in report.legibility.characters.items()},
            "repeated": report.legibility.repeated,
            "cited": report.legibility.cited,
        },
        "latency_ms": {
            "retrieval": {f"p{percent}": value for percent, value in report.retrieval_ms.items()},
            "answer": {f"p{percent}": value for percent, value in report.answer_ms.items()},
        },
    }
