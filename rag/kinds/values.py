"""The values that the models of all kinds share: stages, texts in both languages, slugs, months, addresses."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from rag.types import Language


class Stage(StrEnum):
    """How far a young company is, in the order in which companies pass through it."""

    IDEA = "idea"
    PRE_SEED = "pre-seed"
    SEED = "seed"
    SERIES_A = "series-a"
    GROWTH = "growth"


class Strict(BaseModel):
    """A frozen value that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _matching(pattern: str, remedy: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(remedy)
        return text

    return check


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        sound = parts.scheme == "https" and bool(parts.hostname) and "." in parts.netloc and "@" not in parts.netloc
    except ValueError:  # half an IPv6 address
        sound = False
    if not sound or re.search(r"[\s<>()]", text):
        raise ValueError("write an address that begins with https:// and holds no blanks or brackets")
    return text


def _distinct(items: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(items)) < len(items):
        raise ValueError("name each value once")
    return items


def _in_order(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    if list(stages) != [stage for stage in Stage if stage in stages]:
        raise ValueError("name each stage once, in the order " + ", ".join(Stage))
    return stages


Line = Annotated[
    str, StringConstraints(min_length=1), AfterValidator(_matching(r"[^\n\r]+", "write it on one line of text"))
]
"""Text that is not empty and stands on one line."""

Slug = Annotated[str, AfterValidator(_matching(r"[a-z0-9]+(?:-[a-z0-9]+)*", "use lower-case letters, digits and '-'"))]
Slugs = Annotated[tuple[Slug, ...], AfterValidator(_distinct)]
Topics = Annotated[Slugs, Field(min_length=2, max_length=5)]
"""Two to five words by which a document is filed."""

Month = Annotated[str, AfterValidator(_matching(r"20\d\d-(?:0[1-9]|1[0-2])", 'write a month as "YYYY-MM", in quotes'))]
"""Up to which month facts are known to hold."""

Address = Annotated[str, AfterValidator(_address)]
Stages = Annotated[tuple[Stage, ...], Field(min_length=1), AfterValidator(_in_order)]
LanguageCode = Annotated[
    str, AfterValidator(_matching(r"[a-z]{2}|multi", "use a code of ISO 639-1 such as zh or en, or multi"))
]


class Bilingual(Strict):
    """One text in both languages of the library."""

    zh: Line
    en: Line

    def of(self, language: Language) -> str:
        """The text for a reader of Chinese, or the English one for everybody else."""
        return self.zh if language is Language.ZH else self.en


class BilingualList(Strict):
    """The same items in both languages, in the same order."""

    zh: Annotated[tuple[Line, ...], Field(min_length=1)]
    en: Annotated[tuple[Line, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _of_equal_length(self) -> BilingualList:
        if len(self.zh) != len(self.en):
            raise ValueError(f"give as many items in zh ({len(self.zh)}) as in en ({len(self.en)})")
        return self

    def of(self, language: Language) -> tuple[str, ...]:
        """The items for a reader of Chinese, or the English ones for everybody else."""
        return self.zh if language is Language.ZH else self.en


class Record(Strict):
    """An entry of a file of data; its id is unique among all files of its folder."""

    id: Slug
    as_of: Month

    @property
    def shelf(self) -> str:
        """The name of the file that the entry belongs in, without its suffix."""
        raise NotImplementedError
