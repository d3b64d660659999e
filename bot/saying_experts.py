"""The sentences about questions for experts, proposals and gaps, by name, and what the program fills into each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ExpertSay(StrEnum):
    """The sentences there are; the values are their keys in the files."""

    BUTTON = "expert_button"


EXPERT_BLANKS: Mapping[ExpertSay, frozenset[str]] = {}
