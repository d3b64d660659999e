"""Labelled questions: what a good answer rests on, and whether a passage, a citation or an answer meets it.

A passage is a *hit* when its `source` equals the expected one and either its section path fits the expected section or
its text holds the labelled snippet. A path fits when one of its elements contains the expected section; both are
compared after NFKC normalisation, without white space and without Markdown marks. The snippet is searched in the text
after the same normalisation. An expectation without section and snippet is met by the source
alone. Any one of a question's expectations counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.errors import InvalidInput
from rag.types import Answer, AnswerStatus, Citation, Language, Passage, Turn

DEPTH = 10
"""How many passages are looked at for a hit."""

_MARKDOWN_MARKS = re.compile(r"[\s*_`#~>|\\\[\]]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One place of the library that answers a labelled question."""

    source: str
    section: str | None = None
    snippet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledQuestion:
    """A question with what a good answer rests on; `kind` groups figures (`near` or `far` if nothing answers it).

    `history` is the conversation in which a follow-up is asked, oldest first.
    """

    id: str
    question: str
    language: Language
    answerable: bool
    kind: str | None = None
    expect: tuple[Expectation, ...] = ()
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationCheck:
    """What is true of one citation: its quote stands word for word in the library; its place is an expected one."""

    verbatim: bool
    expected: bool


def parse_label(record: Mapping[str, Any]) -> LabelledQuestion:
    """Reads one line of a labelled set.

    Raises:
        InvalidInput: a key is missing or has a value of the wrong kind.
    """
    expect = _objects(record, "expect", "source, section and snippet")
    history = _objects(record, "history", "question and answer")
    answerable = record.get("answerable")
    if not isinstance(answerable, bool):
        raise InvalidInput(f"answerable = {answerable!r}: true or false is needed")
    return LabelledQuestion(
        id=str(record.get("id", "")),
        question=_required_text(record, "question"),
        language=_language(record),
        answerable=answerable,
        kind=_optional_text(record, "kind"),
        expect=tuple(_expectation(entry) for entry in expect),
        history=tuple(
            Turn(question=_required_text(entry, "question"), answer=_optional_text(entry, "answer") or "")
            for entry in history
        ),
    )


def _objects(record: Mapping[str, Any], key: str, keys: str) -> list[Mapping[str, Any]]:
    value = record.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise InvalidInput(f"{key} = {value!r}: a list of objects with {keys} is needed")
    return value


def _expectation(entry: Mapping[str, Any]) -> Expectation:
    return Expectation(
        source=_required_text(entry, "source"),
        section=_optional_text(entry, "section"),
        snippet=_optional_text(entry, "snippet"),
    )


def _language(record: Mapping[str, Any]) -> Language:
    value = _required_text(record, "lang")
    known = [language.value for language in Language]
    if value not in known:
        raise InvalidInput(f"lang = {value!r}: one of {', '.join(known)} is needed")
    return Language(value)


def _required_text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"{key} = {value!r}: a text that is not blank is needed")
    return value


def _optional_text(record: Mapping[str, Any], key: str) -> str | None:
    return None if record.get(key) is None else _required_text(record, key)


def comparable(text: str) -> str:
    """A text as it is compared with a label: NFKC, without white space and Markdown marks."""
    return _MARKDOWN_MARKS.sub("", unicodedata.normalize("NFKC", text))


def meets(expectation: Expectation, *, source: str, section: Sequence[str], text: str) -> bool:
    """Whether a place of the library is the expected one, by the rule in the module's docstring."""
    if source != expectation.source:
        return False
    if expectation.section is None and expectation.snippet is None:
        return True
    wanted, snippet = comparable(expectation.section or ""), comparable(expectation.snippet or "")
    return bool(wanted and any(wanted in comparable(heading) for heading in section)) or bool(
        snippet and snippet in comparable(text)
    )


def first_hit(label: LabelledQuestion, passages: Iterable[Passage]) -> int | None:
    """The rank, from 1, of the first passage that meets an expectation; None when none of the first ten does."""
    for rank, passage in enumerate(passages, start=1):
        if rank > DEPTH:
            return None
        if any(_passage_meets(expectation, passage) for expectation in label.expect):
            return rank
    return None


def _passage_meets(expectation: Expectation, passage: Passage) -> bool:
    return meets(expectation, source=passage.document.source, section=passage.chunk.section, text=passage.chunk.text)


def check_citation(label: LabelledQuestion, citation: Citation, passages: Iterable[Passage]) -> CitationCheck:
    """Holds a citation against the library's own text, as the retrieved passages carry it."""
    texts = [passage.chunk.text for passage in passages if passage.document.id == citation.document.id]
    return CitationCheck(
        verbatim=bool(citation.quote.strip()) and any(citation.quote in text for text in texts),
        expected=any(
            meets(expectation, source=citation.document.source, section=citation.section, text=citation.quote)
            for expectation in label.expect
        ),
    )


def quotes_snippet(label: LabelledQuestion, answer: Answer) -> bool | None:
    """Whether a labelled snippet stands in the answer or in one of its quotes; None without a labelled snippet.

    An answer that was refused or failed quotes nothing.
    """
    snippets = [comparable(expectation.snippet) for expectation in label.expect if expectation.snippet]
    if not snippets:
        return None
    if answer.status is not AnswerStatus.ANSWERED:
        return False
    said = [comparable(answer.text), *(comparable(citation.quote) for citation in answer.citations)]
    return any(snippet in text for snippet in snippets for text in said)
