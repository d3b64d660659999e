"""How an answer was made: what wrote it, what it took, and what its reader should know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The tokens that an answer took, as its server counts them; `cached` are those of the prompt that it knew."""

    prompt: int
    completion: int
    cached: int = 0


class Notice(StrEnum):
    """What a reader is told about how an answer came about; the texts stand in `prompts/`."""

    WITHOUT_MODEL = "without_model"
    """A language model is configured but did not answer: the library is quoted instead."""

    BROKEN_OFF = "broken_off"
    """The language model broke off; the rest is quoted from the library."""

    UNSUPPORTED = "unsupported"
    """Sentences that no passage supports were left out, or are marked."""

    CACHED = "cached"
    """The same question was answered before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """How an answer was made: what wrote it, on which model and prompt, and what the reader should know."""

    writer: str
    model: str = ""
    prompt_hash: str = ""
    usage: Usage | None = None
    notices: tuple[Notice, ...] = ()
