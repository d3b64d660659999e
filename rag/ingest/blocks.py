"""The common form of every readable file: one text, and the blocks that it is made of.

Readers of all formats end here, so that outline and chunks are decided in one place. Blocks point into the text, never
copy it: what is shown as a quote is what the file says.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from rag.ingest.frontmatter import FrontMatter
from rag.types import PageMark

_WIDE = re.compile(
    r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
    r"\U0001f300-\U0001faff\U00020000-\U0003fffd]"
)


class BlockKind(StrEnum):
    """What a block is, as far as cutting the text depends on it."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    CODE = "code"
    BREAK = "break"
    """A rule, or something that is never indexed such as a diagram: what stands around it is not joined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a text from `start` to `end`.

    `level` and `title` belong to headings; the title is free of markup. `cuts` are the offsets at which a reader would
    divide the block if it is too long: the starts of list items, of table rows, of the parts of a listing.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    title: str = ""
    cuts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFile:
    """What a reader makes of a file.

    `title` is a name that stands outside the headings (a PDF's properties, a page's title); `pages` say where in the
    text each page begins.
    """

    text: str
    blocks: tuple[Block, ...]
    title: str | None = None
    front_matter: FrontMatter = field(default_factory=FrontMatter)
    pages: tuple[PageMark, ...] = ()


Reader = Callable[[bytes, str], ParsedFile]
"""Reads the bytes of a file; the second argument is the name that errors show. Raises UnreadableDocument."""


def text_width(text: str) -> float:
    """Length of a text in characters of full width: a Chinese character counts 1, a Latin letter a half."""
    return (len(text) + len(_WIDE.findall(text))) / 2


class Ruler:
    """Widths of any stretch of one text, as `text_width` counts them, without reading the stretch again."""

    def __init__(self, text: str) -> None:
        self._wide = array("Q", (found.start() for found in _WIDE.finditer(text)))

    def width(self, start: int, end: int) -> float:
        """Width of the text from `start` to `end`."""
        return (end - start + bisect_left(self._wide, end) - bisect_left(self._wide, start)) / 2


def comparable(title: str) -> str:
    """A form of a title in which spelling variants are equal: letters and digits alone, in lower case."""
    return re.sub(r"[\W_]+", "", title).lower()
