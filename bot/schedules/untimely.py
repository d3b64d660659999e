"""What is wrong with words that ought to say when something is posted, and about what."""

from __future__ import annotations

from enum import StrEnum

from rag.errors import InvalidInput


class Fault(StrEnum):
    """Why a text is no timetable; the values are keys of `prompts/digests.*.toml`."""

    EMPTY = "when_empty"
    UNKNOWN = "when_unknown"
    NEAR = "when_near"
    BARE = "when_bare"
    GAP = "when_gap"
    HOW_MANY = "when_how_many"
    HOURS = "when_hours"
    ZONE_APART = "when_zone_apart"
    HOW_OFTEN = "when_how_often"
    WHICH = "when_which"
    TWO_KINDS = "when_two_kinds"
    NO_TIME = "when_no_time"
    NO_DAY = "when_no_day"
    TOO_OFTEN = "when_too_often"
    NEVER = "when_never"
    CRON = "when_cron"
    ZONE = "when_zone"
    ZONE_AMBIGUOUS = "when_zone_ambiguous"
    TOPICS = "what_topics"


class Untimely(InvalidInput):
    """A text does not say when, or about nothing that there is.

    `word` is the part of it that is not understood, `near` what may have been meant.
    """

    def __init__(self, fault: Fault, word: str = "", near: str = "") -> None:
        super().__init__(f"nothing can be set for this ({fault.value}{f': {word!r}' if word else ''})")
        self.fault = fault
        self.word = word
        self.near = near
