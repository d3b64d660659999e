"""The numbers that headings carry: 第三章, Part II, 2.4.1, 附录 B.

Authors choose heading levels by looks, and get them wrong; the numbers tell the true order of a document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_DIGITS = "零一二三四五六七八九"
_COUNT = r"[0-9０-９〇零一二两三四五六七八九十百]+"
_ENGLISH_COUNT = r"(?:\d+|[ivxlc]+|one|two|three|four|five|six|seven|eight|nine|ten)\b"


class NumberKind(StrEnum):
    """Styles of numbering, from those that hold most of a document to those that hold least."""

    PART = "part"
    CHAPTER = "chapter"
    APPENDICES = "appendices"
    """The heading that all appendices stand under."""

    APPENDIX = "appendix"
    SECTION = "section"
    DECIMAL = "decimal"
    """At least two components: 2.4 or A.1."""

    LOOSE = "loose"
    """1. or 一、: the same style serves chapters and list items, so the heading's level decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """The number of a heading: its style and its components, such as ("2", "4", "1")."""

    kind: NumberKind
    parts: tuple[str, ...] = ()


_STYLES: tuple[tuple[NumberKind, re.Pattern[str]], ...] = (
    (
        NumberKind.PART,
        re.compile(rf"第\s*({_COUNT})\s*(?:部分(?!析)|部(?![分族])|篇|编|卷)|part\s+({_ENGLISH_COUNT})", re.I),
    ),
    (NumberKind.CHAPTER, re.compile(rf"第\s*({_COUNT})\s*(?:章|讲|回)|chapter\s+({_ENGLISH_COUNT})", re.I)),
    (NumberKind.SECTION, re.compile(rf"第\s*({_COUNT})\s*节|section\s+(\d+)\b(?!\.\d)", re.I)),
    (
        NumberKind.APPENDIX,
        re.compile(r"(?:附录|附錄|appendix)\s*([A-Z]|[一二三四五六七八九十]|\d{1,2})(?![A-Za-z])", re.I),
    ),
    (NumberKind.APPENDICES, re.compile(r"(?:附录|附錄|appendix|appendices)(?=$|[\s:：])()", re.I)),
    (NumberKind.DECIMAL, re.compile(r"(\d{1,3}(?:\.\d{1,3})+|[A-Z](?:\.\d{1,3})+)(?=[\s.、:：]|[^\W\d_a-z])")),
    (NumberKind.LOOSE, re.compile(r"(\d{1,3})[.、．)]|[（(]?([一二三四五六七八九十]{1,3})[、.．)）]|(\d{1,2})(?=\s)")),
)


def numbering_of(title: str) -> Numbering | None:
    """The number that a title begins with, or None."""
    for kind, pattern in _STYLES:
        found = pattern.match(title)
        if found:
            number = next((group for group in found.groups() if group), "")
            return Numbering(kind=kind, parts=_parts(number))
    return None


def _parts(number: str) -> tuple[str, ...]:
    return tuple(_normal(part) for part in number.split(".")) if number else ()


def _normal(part: str) -> str:
    """Digits for Chinese numerals below a hundred, so that 第三章 holds 3.1."""
    if part.isdecimal():
        return str(int(part))
    found = re.fullmatch(r"([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)", part)
    if not found or not part:
        return part.upper()
    tens = (_DIGITS.index(found[1]) if found[1] else 1) * 10 if found[2] else 0
    ones = found[3] or ("" if found[2] else found[1])
    return str(tens + (_DIGITS.index(ones) if ones else 0))
