"""Front matter: what an author says of a document in YAML between `---` lines at the top of the file.

A mistake in it is reported, never guessed at: a wrong audience would show a private document to everyone.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import reprlib
from collections.abc import Mapping
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from rag.errors import UnreadableDocument
from rag.types import CaseFacts, DocumentKind, Language, Outcome

_OPENING = re.compile(r"\A\s*---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_KNOWN_KEY = re.compile(
    r"^(?:title|kind|language|topics|date|source|url|licen[cs]e|audience|id"
    r"|company|sector|stage|outcome|lessons|region|founded|did|decided|sources|illustrative|questions)[ \t]*:",
    re.MULTILINE,
)
_CASE_FACTS = tuple(field.name for field in dataclasses.fields(CaseFacts))
_LANGUAGE_TAG = re.compile(r"([a-z]{2}|und)(?:[-_][a-z0-9]+)*", re.IGNORECASE)
_REMEDIES = {
    "kind": "use one of " + ", ".join(DocumentKind),
    "outcome": "use one of " + ", ".join(Outcome),
    "language": "use a language code such as zh or en",
    "date": "write it as YYYY-MM-DD",
    "audience": "name at least one label",
    "topics": "write one topic or a list of topics",
    "lessons": "write one sentence or a list of sentences",
    "sources": "write one name or a list of names",
    "founded": "write the year as YYYY",
    "illustrative": "write true or false",
    "questions": "write headings of the document, each with a question or a list of up to 20 that its section answers,"
    " of at most 200 characters",
}


def _lowered(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _blank_to_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _none_to_empty(value: object) -> object:
    return {} if value is None or value == "" else value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) and value.strip() else value or []


_Text = Annotated[str | None, BeforeValidator(_blank_to_none)]
_Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]
_Word = Annotated[str, BeforeValidator(_lowered), Field(min_length=1)]
_Asked = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], BeforeValidator(_listed), Field(max_length=20)
]
_Year = Annotated[int | None, Field(ge=1000, le=9999), BeforeValidator(_blank_to_none)]


class FrontMatter(BaseModel):
    """What the author said; None and empty stand for what was left to inference."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    title: _Text = None
    kind: Annotated[DocumentKind, BeforeValidator(_lowered)] = DocumentKind.DOCUMENT
    language: Language | None = None
    topics: _Texts = ()
    date: Annotated[dt.date | None, BeforeValidator(_blank_to_none)] = None
    source: _Text = None
    url: _Text = None
    licence: _Text = None
    audience: frozenset[str] | None = None
    id: _Text = None
    company: _Text = None
    sector: _Text = None
    stage: _Text = None
    outcome: Annotated[Outcome | None, BeforeValidator(_lowered), BeforeValidator(_blank_to_none)] = None
    lessons: _Texts = ()
    region: _Text = None
    founded: _Year = None
    did: _Text = None
    decided: _Text = None
    sources: _Texts = ()
    illustrative: bool = False
    questions: Annotated[Mapping[str, _Asked], BeforeValidator(_none_to_empty)] = Field(default_factory=dict)

    @field_validator("language", mode="before")
    @classmethod
    def _primary_language(cls, value: object) -> object:
        tag = _LANGUAGE_TAG.fullmatch(str(value).strip())
        if tag is None:
            raise ValueError("no language code")
        primary = tag[1].lower()
        return Language(primary) if primary in set(Language) else Language.OTHER

    @field_validator("date", mode="before")
    @classmethod
    def _calendar_date(cls, value: object) -> object:
        return dt.datetime.fromisoformat(value.strip()).date() if isinstance(value, str) and value.strip() else value

    @field_validator("audience", mode="before")
    @classmethod
    def _labels(cls, value: object) -> object:
        labels = re.split(r"[,，、]", value) if isinstance(value, str) else value
        if not isinstance(labels, list) or not labels or not all(isinstance(x, str) and x.strip() for x in labels):
            raise ValueError("no labels")
        return frozenset(label.strip() for label in labels)

    @property
    def web_address(self) -> str | None:
        """The address that a citation may link to."""
        candidates = (self.url, self.source)
        return next((x for x in candidates if x and re.match(r"https?://\S+$", x, re.IGNORECASE)), None)

    def case_facts(self, *, title: str) -> CaseFacts | None:
        """The facts of a case study; a case that names no company goes by the document's title."""
        # Any document may name its sources, so they alone make no case of it.
        stated = (getattr(self, key) for key in _CASE_FACTS if key != "sources")
        if self.kind is not DocumentKind.CASE and not any(stated):
            return None
        said = {key: getattr(self, key) for key in _CASE_FACTS}
        return CaseFacts(**{**said, "company": self.company or title})


def split_front_matter(text: str, source: str) -> tuple[FrontMatter, str]:
    """The front matter of a text and the text after it; a text that merely begins with a rule is left as it is.

    Raises:
        UnreadableDocument: the front matter is no YAML, is not closed, or a key has a value that it cannot have.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return FrontMatter(), text
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        if _KNOWN_KEY.match(text, opening.end()):
            problem = "the front matter that begins with '---' is not closed"
            raise UnreadableDocument(source, problem=problem, remedy="end it with a line '---'")
        return FrontMatter(), text
    fields = _load(text[opening.end() : closing.start()], text.count("\n", 0, opening.end()) + 1, source)
    if fields is None:
        return FrontMatter(), text
    return validated(fields, source), text[closing.end() :].lstrip("\n")


def validated(fields: Mapping[str, Any], source: str, *, where: str = "front matter") -> FrontMatter:
    """Front matter of plain fields; keys that it does not know are left out.

    Args:
        fields: the values by key.
        source: the file, as errors show it.
        where: what errors call the place that the fields stand in.

    Raises:
        UnreadableDocument: a key has a value that it cannot have.
    """
    if "license" in fields:
        fields = {"licence": fields["license"], **fields}
    try:
        return FrontMatter.model_validate(fields)
    except ValidationError as error:
        key = str(error.errors()[0]["loc"][0])
        problem = f"{where} key {key!r} has the value {_shown(fields[key])}"
        remedy = _REMEDIES.get(key, "write plain text")
        raise UnreadableDocument(source, problem=problem, remedy=remedy) from error


def _load(block: str, first_line: int, source: str) -> Mapping[str, Any] | None:
    """The fields of a block, or None when it is not meant as front matter."""
    meant = _KNOWN_KEY.search(block) is not None
    try:
        # Every scalar stays a string: "title: 2024" and "title: no" are titles, and an odd date fails with our message.
        fields = yaml.load(block, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        if not meant:
            return None
        problem = f"the front matter is not valid YAML{_place(error, first_line)}"
        remedy = "correct the line; put a value that holds ': ' or '#' in quotes"
        raise UnreadableDocument(source, problem=problem, remedy=remedy) from error
    if isinstance(fields, dict):
        return {str(key): value for key, value in fields.items()}
    return {} if meant else None


def _place(error: Exception, first_line: int) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" at line {first_line + mark.line}" if mark is not None else ""


def _shown(value: object) -> str:
    """A value for a message, cut short: aliases let a few lines of YAML unfold into gigabytes."""
    short = reprlib.Repr()
    short.maxlevel, short.maxlist, short.maxdict, short.maxstring = 2, 3, 3, 80
    return short.repr(value)
