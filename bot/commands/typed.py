"""Reading what somebody types behind a command: names as they are compared, and `name=value` in a text. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

_NAMED = re.compile(r"(?:^|(?<=\s))(?P<name>[^\W\d][\w-]{0,31})\s*(?P<sign>[=＝:：])\s*(?=[^\s/])")
"""A name with a sign behind it, and something behind that; an address such as `https://…` has no name."""

_BETWEEN = re.compile(r"[,，、;；]\s*(?=[^\W\d][\w-]{0,31}\s*[=＝:：])")
"""A comma before the next name; one within a value stays."""

_AROUND = " ,，;；、。“”\"'"
_MOST_WORDS = 3
"""Words that a choice may be made of, such as “free in part”."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What stood as `name=value` in a text, and the rest of it. `unknown` are names that no argument has."""

    given: Mapping[str, str]
    rest: str
    unknown: tuple[str, ...] = ()


def plain(name: str) -> str:
    """A name as it is compared: however wide, capital or spaced it was typed."""
    return unicodedata.normalize("NFKC", name).strip().removeprefix("/").casefold()


def take_named(text: str, names: Mapping[str, str], choices: Mapping[str, frozenset[str]]) -> Named:
    """Takes `name=value` out of a text.

    `names` are plain names with the arguments that they are of, `choices` the plain values that an argument may have,
    of which the longest is taken; of any other value the first word is. A colon counts behind a name that is known.
    """
    given: dict[str, str] = {}
    unknown: list[str] = []
    kept, at, typed = [], 0, text
    text = _BETWEEN.sub(" ", text)
    for found in _NAMED.finditer(text):
        name = names.get(plain(found["name"]))
        if found.start() < at:
            continue
        if name is None:
            unknown += [found["name"]] if found["sign"] in "=＝" else []
            continue
        length = _value_length(text[found.end() :], choices.get(name, frozenset()))
        given[name] = text[found.end() : found.end() + length].strip(_AROUND)
        kept.append(text[at : found.start()])
        at = found.end() + length
    rest = " ".join("".join([*kept, text[at:]]).split()) if given else typed
    return Named(given=given, rest=rest, unknown=tuple(unknown))


def _value_length(text: str, choices: frozenset[str]) -> int:
    words = list(re.finditer(r"\S+", text))
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        end = words[count - 1].end()
        if plain(text[:end].strip(_AROUND)) in choices:
            return end
    return words[0].end() if words else 0
