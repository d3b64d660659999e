"""What to ask next: topics that stand near the evidence of an answer and that it did not use."""

from __future__ import annotations

from rag.headings import clean_heading
from rag.types import Answer, AnswerStatus, Retrieval

_MOST = 3


def follow_ups(answer: Answer, retrieval: Retrieval | None) -> tuple[str, ...]:
    """Up to three topics that were found for a question but not cited in its answer, in the answer's language.

    A refusal names the nearest topics itself.
    """
    if answer.status is not AnswerStatus.ANSWERED or retrieval is None:
        return ()
    cited = {(citation.document.id, citation.section) for citation in answer.citations}
    said = {topic_of(citation.section) for citation in answer.citations}
    topics = [
        topic_of(passage.chunk.section)
        for passage in retrieval.passages
        if passage.document.language == answer.language and (passage.document.id, passage.chunk.section) not in cited
    ]
    return tuple(topic for topic in dict.fromkeys(topics) if topic and topic not in said)[:_MOST]


def topic_of(section: tuple[str, ...]) -> str:
    """What a place in a document is about: its last heading."""
    return clean_heading(section[-1]) if section else ""
