"""The numbers that a text gives in digits, whatever its script and its units of thousands. Pure."""

from __future__ import annotations

import re
import unicodedata

from rag.hanzi import simplified

UNITS = {
    "": 1.0, "k": 1e3, "thousand": 1e3, "千": 1e3, "万": 1e4, "百万": 1e6, "m": 1e6, "mn": 1e6, "million": 1e6,
    "千万": 1e7, "亿": 1e8, "b": 1e9, "bn": 1e9, "billion": 1e9, "trillion": 1e12, "万亿": 1e12,
}  # fmt: skip
"""What stands behind a number and multiplies it, in small letters."""

_DIGITS = re.compile(
    r"(?<![A-Za-z0-9])(?<![A-Za-z]-)(?<!\d[.,])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?"
    r"(?:\s?(thousand|million|billion|trillion|百万|千万|万亿|千|万|亿)|(bn|mn|k|m|b)(?![A-Za-z0-9]))?",
    re.IGNORECASE,
)


def numbers_in(text: str) -> frozenset[float]:
    """The numbers of a text with their units of thousands: "175B", "175 billion", "1750 亿" and "1750 億" are one."""
    plain = simplified(unicodedata.normalize("NFKC", text.replace("，", "、")))  # Only "," groups thousands.
    found = ((digits.replace(",", "") + part, word or letter) for digits, part, word, letter in _DIGITS.findall(plain))
    return frozenset(rounded(float(number) * UNITS[unit.lower()]) for number, unit in found)


def rounded(number: float) -> float:
    """A number as it is compared: products of units are not exact."""
    return round(number, 6)
