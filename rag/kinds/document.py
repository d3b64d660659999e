"""Documents: what the front matter of every text in the shipped library says, and of a guide nothing more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from rag.kinds.values import Line, Month, Slug, Strict, Topics
from rag.types import DocumentKind, Language


class Head(Strict):
    """The front matter of any text of the library; `sections` are headings that its kind must have, in this order."""

    sections: ClassVar[Mapping[Language, tuple[str, ...]]] = {}

    id: Slug
    title: Line
    kind: DocumentKind
    language: Literal[Language.ZH, Language.EN]
    topics: Topics
    date: dt.date
    licence: Literal["CC-BY-4.0"]
    as_of: Month
    sources: tuple[Line, ...] = ()
    questions: Mapping[Line, Annotated[tuple[Line, ...], Field(min_length=1)]] = Field(default_factory=dict)


class DocumentHead(Head):
    """The front matter of a guide."""

    kind: Literal[DocumentKind.DOCUMENT]
