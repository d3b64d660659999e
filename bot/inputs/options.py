"""Reads what people type after an input: `readers=board,staff kind=case language=zh topics=… every=6h`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from bot.inputs.values import Wanted
from bot.wording import LANGUAGES, Wording
from rag.catalogue import Filing
from rag.types import PUBLIC, DocumentKind, Language

NAMES = ("kind", "language", "audience", "topics", "every")
_OPTION = re.compile(r"(?:^|(?<=\s))(?P<name>[^\s=＝/:：]{1,20})[=＝](?P<value>\"[^\"]*\"|“[^”]*”|\S+)")
_SPAN = re.compile(r"(\d{1,5}(?:\.\d+)?)\s*(m|min|minutes?|h|hours?|d|days?|分钟|分|小时|时|天|日)")
_UNITS = {"m": 60, "分": 60, "h": 3600, "小": 3600, "时": 3600, "d": 86_400, "天": 86_400, "日": 86_400}
_LEAST, _MOST = timedelta(minutes=15), timedelta(days=365)
_LABEL = re.compile(r"[\w.-]{1,40}")
_SEPARATORS = re.compile(r"[,，、;；]")
_WORDS_OF_ALL = {"auto", "all"}


class WrongOption(Exception):
    """An option has a value that it cannot have; `name` is the option's."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(f"{name}={value}")
        self.name = name
        self.value = value


def wanted_of(text: str, wording: Wording) -> Wanted:
    """The input that a line of text asks for. Raises WrongOption."""
    known = {name: name for name in NAMES}
    for language in LANGUAGES:
        known |= {word.casefold(): name for name, word in wording.words("input_option", language).items()}
    given: dict[str, str] = {}

    def take(found: re.Match[str]) -> str:
        name = known.get(found["name"].casefold())
        if name is None:
            return found[0]
        given[name] = found["value"].strip('"“”')
        return ""

    target = " ".join(_OPTION.sub(take, text).split()) if "://" in text else _OPTION.sub(take, text).strip()
    return wanted_from({"target": target, **given}, wording)


def wanted_from(given: Mapping[str, str], wording: Wording) -> Wanted:
    """The input that named values ask for, as a form and the command line give them. Raises WrongOption."""
    value = {name: given.get(name, "").strip() for name in NAMES}
    filing = Filing(
        kind=_kind(value["kind"], wording),
        language=_language(value["language"], wording),
        topics=tuple(_listed(value["topics"])),
        audience=_audience(value["audience"]),
    )
    return Wanted(target=given.get("target", ""), filing=filing, every=_span(value["every"]))


def _kind(text: str, wording: Wording) -> DocumentKind | None:
    if not text:
        return None
    names = {each.value: each for each in DocumentKind}
    names |= {wording.kind(each, language).casefold(): each for each in DocumentKind for language in LANGUAGES}
    if text.casefold() not in names:
        raise WrongOption("kind", text)
    return names[text.casefold()]


def _language(text: str, wording: Wording) -> Language | None:
    if not text or text.casefold() in _WORDS_OF_ALL:
        return None
    names = {each.value: each for each in Language}
    for language in LANGUAGES:
        names |= {
            word.casefold(): Language(key) for key, word in wording.words("language", language).items() if key in names
        }
    if text.casefold() not in names:
        raise WrongOption("language", text)
    return names[text.casefold()]


def _audience(text: str) -> frozenset[str] | None:
    labels = _listed(text)
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise WrongOption("audience", text)
    # One that is for somebody is not for everybody.
    return frozenset(labels) - {PUBLIC} or frozenset(labels) or None


def _listed(text: str) -> list[str]:
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


def _span(text: str) -> timedelta | None:
    if not text:
        return None
    found = _SPAN.fullmatch(text.casefold())
    span = timedelta(seconds=float(found[1]) * _UNITS[found[2][0]]) if found else timedelta()
    if not _LEAST <= span <= _MOST:
        raise WrongOption("every", text)
    return span
