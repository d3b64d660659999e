"""What the items of a profile are, and reading what somebody typed for one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.commands.call import Call
from bot.records import Profile
from bot.wording import LANGUAGES, Say
from rag.kinds.values import Stage
from rag.kinds.wording import STAGES
from rag.resource_words import stage_named
from rag.types import Language

ITEMS: Final = ("sector", "stage", "model", "team", "runway", "language")
FIELDS: Mapping[str, str] = {**{name: name for name in ITEMS}, "team": "people"}
"""Items by name, and the fields of a profile that hold them."""

NOTHING: Final = "-"
"""What is typed to take an item out."""

_MOST_CHARACTERS = 80
_MOST = {"team": 100_000, "runway": 600}
_ABOUT = r"(?:about|around|ca\.?|约|大约|差不多|~)?\s*(?P<number>\d{1,9})\s*"
_NUMBERS: Mapping[str, re.Pattern[str]] = {
    "team": re.compile(rf"{_ABOUT}(?:people|persons?|employees|members|founders|of us|个人|人|名|位)?"),
    "runway": re.compile(rf"{_ABOUT}(?:months?|mos?\.?|个月|月|(?P<years>years?|年))?"),
}
"""Numbers as people say them, with their units."""

_MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A value that an item cannot have, and what it can."""

    name: str
    text: str
    choices: str


def read_value(call: Call, name: str, text: str) -> Any:
    """The value that somebody typed for an item, in either language; `Unusable` where it cannot be one."""
    text = unicodedata.normalize("NFKC", text).strip()
    if text == NOTHING:
        return getattr(Profile(), FIELDS[name])
    match name:
        case "stage" | "language":
            return _choice(call, name, text)
        case "team" | "runway":
            number = _number(name, text)
            told = call.words(Say.PROFILE_NUMBER, most=_MOST[name])
            return number if 0 <= number <= _MOST[name] else Unusable(name=name, text=text, choices=told)
        case _:
            told = call.words(Say.PROFILE_TEXT, most=_MOST_CHARACTERS)
            plain = " ".join(text.split())
            return plain if len(plain) <= _MOST_CHARACTERS else Unusable(name=name, text=text[:40], choices=told)


def stages(call: Call, language: Language | None = None) -> dict[Stage, str]:
    """The stages by their values, as the reader calls them."""
    return {stage: STAGES[stage].of(language or call.language) for stage in Stage}


def languages(call: Call, language: Language | None = None) -> dict[Language, str]:
    """The languages of a profile by their values, as the reader calls them."""
    return {each: call.means.wording.word("language", each, language or call.language) for each in LANGUAGES}


def _choice(call: Call, name: str, text: str) -> Any:
    listed = stages if name == "stage" else languages
    for words in (listed(call, each) for each in LANGUAGES):
        for key, word in words.items():
            if _fits(text, key, word):
                return key
    other = stage_named(text) if name == "stage" else call.means.wording.synonyms("language").get(text.casefold())
    unusable = Unusable(name=name, text=text, choices=call.words(Say.LIST_SEPARATOR).join(listed(call).values()))
    return (Language(other) if name == "language" else other) if other else unusable


def _fits(text: str, key: str, word: str) -> bool:
    return text.casefold().replace(" ", "") in {key, key.replace("-", ""), word.casefold().replace(" ", "")}


def _number(name: str, text: str) -> int:
    """The number that a text says, in months where it is of time; -1 where it says none."""
    found = _NUMBERS[name].fullmatch(text.casefold())
    if found is None:
        return -1
    return int(found["number"]) * (_MONTHS if found.groupdict().get("years") else 1)
