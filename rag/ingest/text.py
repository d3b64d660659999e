"""Reads plain text: paragraphs between blank lines, and the lines that stand as headings by their numbers.

Much of what is saved as `.txt` is Markdown; it is told by its headings and read as such.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.ingest.blocks import Block, BlockKind, ParsedFile, text_width
from rag.ingest.decode import decode_text
from rag.ingest.frontmatter import split_front_matter
from rag.ingest.markdown import parse_markdown, plain_title
from rag.ingest.numbering import NumberKind, numbering_of

_ATX = re.compile(r"^ {0,3}#{1,6} \S", re.MULTILINE)
_LIST_ITEM = re.compile(r"\s*(?:[-*•·●○▪–—]|\d{1,3}[.)、．]|[（(][\d一二三四五六七八九十]{1,3}[)）]|[①-⑳])\s*\S")
_SENTENCE_END = re.compile(r"[。！？!?；;，,、：:.…]\s*[”’\"'）)】」』]?$")
_LEADER = re.compile(r"(?:[.…·‧﹒_] ?){4,}$")
_PAGE_AT_END = re.compile(r"\d{1,4}$")
_LONGEST_LEADER = 12
"""Characters that are looked at: a leader is told by its end, and some files hold lines of a million dots."""

_HEADING_WIDTH = 40
_LEVELS = {
    NumberKind.PART: 2,
    NumberKind.APPENDICES: 2,
    NumberKind.CHAPTER: 3,
    NumberKind.APPENDIX: 3,
    NumberKind.SECTION: 4,
    NumberKind.LOOSE: 5,
}
"""Level 1 is the title's. A decimal number stands as deep as it has components, below chapters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text.rstrip())


def read_text(data: bytes, source: str) -> ParsedFile:
    """Reads a text file, as Markdown when it has Markdown headings. Raises UnreadableDocument."""
    front_matter, body = split_front_matter(decode_text(data, source=source), source)
    blocks = parse_markdown(body) if is_markdown(body) else parse_plain(body)
    return ParsedFile(text=body, blocks=blocks, front_matter=front_matter)


def is_markdown(text: str) -> bool:
    """Whether a text has headings that a Markdown parser accepts: a `#` in a listing does not count."""
    if not _ATX.search(text):
        return False
    headings = [
        b for b in parse_markdown(text) if b.kind is BlockKind.HEADING and text[b.start : b.end].startswith("#")
    ]
    return bool(headings) and (len(headings) > 1 or headings[0].level <= 2)


def parse_plain(text: str) -> tuple[Block, ...]:
    """The blocks of a plain text: a title line, headings by their numbers, paragraphs and lists."""
    lines = _lines(text)
    filled = [index for index, line in enumerate(lines) if line.text.strip()]
    headings = {i: level for i, level in _headings(lines, filled) if level}
    blocks: list[Block] = []
    run: list[_Line] = []
    for index, line in enumerate(lines):
        if index in headings or not line.text.strip() or is_contents_line(line.text):
            blocks += _paragraph(run)
            run = []
        else:
            run.append(line)
        if index in headings:
            blocks.append(_heading(line, headings[index]))
    return (*blocks, *_paragraph(run))


def heading_level(line: str, *, following: str = "") -> int:
    """The level at which a numbered line stands as a heading, 0 for any other line.

    A line of the same style right after it makes both items of a list.
    """
    title = plain_title(line.strip())
    number = numbering_of(title)
    if number is None or text_width(title) > _HEADING_WIDTH or _SENTENCE_END.search(title) or "**" in title:
        return 0
    after = numbering_of(following.strip())
    if number.kind is NumberKind.LOOSE and (not re.match(r"[一二三四五六七八九十]", title) or after == number):
        return 0
    if number.kind is NumberKind.DECIMAL and not re.search(r"[^\W\d_]{2}", title):
        return 0  # a figure such as "3.5", not a title
    if number.kind in {NumberKind.LOOSE, NumberKind.DECIMAL} and after and after.kind is number.kind:
        return 0 if len(after.parts) <= len(number.parts) else _level(number.kind, number.parts)
    return _level(number.kind, number.parts)


def is_title_line(line: str) -> bool:
    """Whether a line that stands alone reads as a name rather than as a sentence or an item."""
    words = line.strip()
    return (
        bool(words)
        and text_width(words) <= _HEADING_WIDTH
        and not (_SENTENCE_END.search(words) or _LIST_ITEM.match(words) or re.search(r"https?://|@", words))
    )


def is_contents_line(line: str) -> bool:
    """Whether a line is an entry of a printed table of contents: a title, a leader of dots and a page number."""
    number = _PAGE_AT_END.search(line.rstrip()[-_LONGEST_LEADER:])
    title = line.rstrip().removesuffix(number[0]).rstrip() if number else ""
    return _LEADER.search(title[-_LONGEST_LEADER:]) is not None


def _level(kind: NumberKind, parts: Sequence[str]) -> int:
    return min(_LEVELS.get(kind, len(parts) + 2), 6)


def _lines(text: str) -> list[_Line]:
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append(_Line(start=start, text=line))
        start += len(line) + 1
    return lines


def _headings(lines: Sequence[_Line], filled: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of line and level, level 0 for lines that are no headings."""
    followers = [*(lines[i].text for i in filled[1:]), ""]
    levels = [heading_level(lines[i].text, following=after) for i, after in zip(filled, followers, strict=True)]
    found = list(zip(filled, levels, strict=True))
    if found and not levels[0] and _titles_document(lines, filled):
        found[0] = (filled[0], 1)
    return found


def _titles_document(lines: Sequence[_Line], filled: Sequence[int]) -> bool:
    first = filled[0]
    alone = len(filled) > 1 and filled[1] > first + 1
    return alone and is_title_line(lines[first].text)


def _heading(line: _Line, level: int) -> Block:
    start = line.end - len(line.text.strip())
    return Block(kind=BlockKind.HEADING, start=start, end=line.end, level=level, title=plain_title(line.text.strip()))


def _paragraph(run: Sequence[_Line]) -> list[Block]:
    if not run:
        return []
    items = [bool(_LIST_ITEM.match(line.text)) for line in run]
    kind = BlockKind.LIST if items[0] and sum(items) > 1 else BlockKind.PARAGRAPH
    cuts = [line.start for line, item in zip(run, items, strict=True) if item or kind is BlockKind.PARAGRAPH]
    start = run[0].end - len(run[0].text.strip())
    return [Block(kind=kind, start=start, end=run[-1].end, cuts=tuple(cut for cut in cuts if cut > start))]
