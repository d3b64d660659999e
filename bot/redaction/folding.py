"""A text as its finders read it: plain digits, dashes and blanks, nothing invisible, and the way back."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from bot.redaction.kinds import Span

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u20e3\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
"""Zero-width characters, marks of direction, variation selectors, keycaps and tags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A folded text; `removed` are the offsets in it before which an invisible character was left out, ascending."""

    text: str
    removed: Sequence[int] = ()

    def origin(self, span: Span) -> Span:
        """Where a span of the folded text stands in the original."""
        start, end = span
        return start + bisect_right(self.removed, start), end + bisect_right(self.removed, end - 1)


class _Folding(dict[int, int]):
    """One character for each character, worked out when it is first met."""

    def __missing__(self, code: int) -> int:
        self[code] = folded = ord(_plain(chr(code)))
        return folded


def fold(text: str) -> Folded:
    """The text with full-width and foreign digits, dashes and blanks made ASCII, without invisible characters."""
    if text.isascii():
        return Folded(text=text)
    removed = array("L", (match.start() - before for before, match in enumerate(_INVISIBLE.finditer(text))))
    visible = _INVISIBLE.sub("", text) if removed else text
    return Folded(text=visible.translate(_Folding()), removed=removed)


def _plain(char: str) -> str:
    match unicodedata.category(char):
        case "Nd":
            return str(unicodedata.decimal(char))
        case "Pd":
            return "-"
        case "Zs":
            return " "
    if char == "−":
        return "-"
    compatible = unicodedata.normalize("NFKC", char)
    return compatible if len(compatible) == 1 else char
