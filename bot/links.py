"""Finds links and code in Markdown, so that a platform can show each in its own way and leave code as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_CODE = re.compile(
    r"(?:^|(?<=\n))[ ]{0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:\n[ ]{0,3}(?P=fence)[`~]*(?=\n|$)|$)"
    r"|(?<!`)(?P<ticks>`{1,3})(?!`)[^\n]{1,500}?(?<!`)(?P=ticks)(?!`)",
    re.S,
)
_LINK = re.compile(
    r"!?\[(?P<label>[^\[\]\n]{0,500})\]"
    r"\((?P<target>[^()\s]{1,1500}(?:\([^()\s]{0,200}\)[^()\s]{0,200})?)(?:\s+\"[^\"\n]*\")?\)"
    r"|<(?P<auto>[a-zA-Z][a-zA-Z0-9+.-]{1,30}:[^<>\s]{1,1500})>"
    r"|(?P<bare>(?:[a-zA-Z][a-zA-Z0-9+.-]{1,30}://|www\.|mailto:)[^\s<>`\"“”（）【】。，；！？、]{1,1500})"
)
_DEFINITION = re.compile(r"^(?P<mark>[ ]{0,3}\[[^\]\n]{1,200}\]:)[ \t]*(?=\S)", re.M)
_SENTENCE_END = ".,;:!?)]}*_'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link: `label` is "" where only the address stands, `rest` is what followed an address and is none of it."""

    target: str
    label: str = ""
    rest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a platform shows a link, the text between links, and code."""

    link: Callable[[Link], str]
    text: Callable[[str], str]
    code: Callable[[str], str]


def rewritten(markdown: str, manner: Manner) -> str:
    """Markdown with its links, its code and all the rest shown in a platform's manner.

    What defines a link elsewhere in the text (`[1]: address`) is made to define nothing.
    """
    pieces, end = [], 0
    for code in _CODE.finditer(markdown):
        pieces += [_without_code(markdown[end : code.start()], manner), manner.code(code[0])]
        end = code.end()
    pieces.append(_without_code(markdown[end:], manner))
    return "".join(pieces)


def _without_code(markdown: str, manner: Manner) -> str:
    defined = _DEFINITION.sub(lambda found: found["mark"].replace("[", r"\[", 1) + " ", markdown)
    pieces, end = [], 0
    for found in _LINK.finditer(defined):
        pieces += [_between(defined[end : found.start()], manner), manner.link(_read(found))]
        end = found.end()
    return "".join([*pieces, _between(defined[end:], manner)])


def _between(text: str, manner: Manner) -> str:
    """What is left may still hold a link with brackets in its label."""
    return manner.text(text).replace("](", "]\\(")


def _read(found: re.Match[str]) -> Link:
    if found["bare"]:
        target = _without_end(found["bare"])
        return Link(target=target, rest=found["bare"][len(target) :])
    return Link(target=found["target"] or found["auto"], label=found["label"] or "")


def _without_end(address: str) -> str:
    """An address in a sentence without the signs that end the sentence; brackets of its own stay."""
    while address and address[-1] in _SENTENCE_END:
        if address[-1] == ")" and address.count("(") >= address.count(")"):
            break
        address = address[:-1]
    return address
