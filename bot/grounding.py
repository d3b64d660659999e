"""Which passages an answer was written from, and which of its sentences rests on which."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.records import AnswerRecord, EvidenceRecord
from rag.citations import split_marks
from rag.sentences import sentence_spans
from rag.types import Answer, Passage, Retrieval

_MOST_PASSAGES = 1000
_BLOCK = re.compile(r"(?<![:：])\n[ \t]*\n")
"""The end of a paragraph; one that ends with a colon belongs to the list or table that it introduces."""

_QUOTE = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
_ITEM = re.compile(r"\A[ \t]*(?:[-*+•][ \t]+|\d{1,3}[.)][ \t]+)")
_HEADING = re.compile(r"\A(?:#{1,6}[ \t][^\n]*|\*\*[^*\n]*[^*\n.!。！]\*\*[ \t]*)(?:\n|\Z)")
_RULE = re.compile(r"\|[ \t:|-]+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of an answer without marks and signs of lists and quotations; `numbers` are those of its sources.

    () for one that states no fact. Headings are no sentences, nor are the heads of tables. `item` is one that begins
    an entry of a list.
    """

    text: str
    numbers: tuple[int, ...]
    item: bool = False


def grounded(record: AnswerRecord) -> tuple[tuple[Sentence, ...], ...]:
    """The sentences of an answer by paragraph.

    Several sentences that are quoted together have one mark, behind the last one. It holds for the others as well
    where they stand in the passage that it cites; a remark of a writer's own does not, and keeps no source.
    """
    texts = {number: _letters(text) for number, text in _cited_texts(record).items()}
    blocks = (_sentences(block) for block in _BLOCK.split(record.answer.text))
    return tuple(_inherited(block, texts) for block in blocks if block)


def evidence_of(retrieval: Retrieval | None, answer: Answer) -> tuple[EvidenceRecord, ...]:
    """The passages that were found, then those of their neighbours that the answer quotes."""
    if retrieval is None:
        return ()
    cited = {(citation.document.id, citation.section, citation.quote) for citation in answer.citations}
    quoted = [
        passage
        for passage in retrieval.siblings
        if any(
            passage.document.id == document and passage.chunk.section == section and quote in passage.chunk.text
            for document, section, quote in cited
        )
    ]
    passages = (*retrieval.passages, *quoted)
    return tuple(_evidence_record(rank, passage) for rank, passage in enumerate(passages, start=1))


def marks_of(evidence: EvidenceRecord, answer: Answer) -> tuple[int, ...]:
    """The numbers under which an answer cites a passage."""
    return tuple(
        citation.number
        for citation in answer.citations
        if citation.document.id == evidence.document_id
        and citation.section == evidence.section
        and citation.quote in evidence.text
    )


def _cited_texts(record: AnswerRecord) -> dict[int, str]:
    texts = {citation.number: citation.quote for citation in record.answer.citations}
    for evidence in record.evidence:
        texts |= dict.fromkeys(marks_of(evidence, record.answer), evidence.text)
    return texts


def _sentences(block: str) -> list[Sentence]:
    found: list[Sentence] = []
    for span in sentence_spans(block):
        marked = split_marks(block[span.start : span.end], passages=_MOST_PASSAGES)
        numbers = tuple(index + 1 for index in marked.cited)
        bare = _QUOTE.sub("", marked.text)
        text = _ITEM.sub("", bare)
        if _RULE.match(text):
            found = found[:-1]
        elif said := _HEADING.sub("", text) or (text if numbers else ""):
            found.append(Sentence(text=said, numbers=numbers, item=text != bare))
    return found


def _inherited(block: list[Sentence], texts: dict[int, str]) -> tuple[Sentence, ...]:
    following: tuple[int, ...] = ()
    told: list[Sentence] = []
    for sentence in reversed(block):
        if sentence.numbers:
            following = sentence.numbers
        letters = _letters(sentence.text)
        holds = letters and any(letters in texts.get(number, "") for number in following)
        told.append(sentence if sentence.numbers or not holds else replace(sentence, numbers=following))
    return tuple(reversed(told))


def _letters(text: str) -> str:
    """What is left to compare of a text when marks, blanks and punctuation are gone."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _evidence_record(rank: int, passage: Passage) -> EvidenceRecord:
    return EvidenceRecord(
        rank=rank,
        score=passage.score,
        document_id=passage.document.id,
        title=passage.document.title,
        section=passage.chunk.section,
        page=passage.page,
        text=passage.chunk.text,
        audience=passage.document.audience,
    )
