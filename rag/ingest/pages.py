"""Makes one text with paragraphs and headings of the lines on printed pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.ingest.blocks import Block, BlockKind, ParsedFile, comparable, text_width
from rag.ingest.text import heading_level, is_contents_line, is_title_line
from rag.types import PageMark

_EDGE_LINES = 2
_REPEATED_SHARE = 0.6
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.|第)?\s*[-–—]*\s*(?:\d{1,4}|[ivxl]{1,5})\s*[-–—]*\s*(?:页|(?:/|of|，?共)\s*\d+\s*页?)?", re.I
)
_LIST_ITEM = re.compile(r"(?:[-•·●○▪■–—*]|\d{1,2}[.)、．]|[（(][\d一二三四五六七八九十]{1,3}[)）]|[①-⑳])\s*\S")
_SENTENCE_END = re.compile(r"[。！？!?.…：:；;][”’\"'）)】」』]?$")
_GOES_ON = re.compile(r"[，,、]$|[a-z]-$")
_HYPHEN = re.compile(r"[a-z]-$")
_CJK_EDGE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef、。]")
_SHORT_LINE = 0.75
"""A line narrower than this share of the page's usual line, and closed by punctuation, ends its paragraph."""

_VERY_SHORT_LINE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """An entry of the file's outline; `page` counts from 0."""

    title: str
    level: int
    page: int


@dataclass(slots=True, kw_only=True)
class _Text:
    """The text that is being put together, with its blocks and page starts."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    blocks: list[Block] = field(default_factory=list)
    pages: list[PageMark] = field(default_factory=list)
    last_line_ends_paragraph: bool = True
    paragraph_start: int = 0

    def append(self, words: str) -> None:
        self.parts.append(words)
        self.length += len(words)

    @property
    def tail(self) -> str:
        return self.parts[-1] if self.parts else ""

    def end_paragraph(self) -> None:
        if self.paragraph_start < self.length:
            self.blocks.append(Block(kind=BlockKind.PARAGRAPH, start=self.paragraph_start, end=self.length))
            self.append("\n\n")
        self.paragraph_start = self.length
        self.last_line_ends_paragraph = True

    def add_heading(self, title: str, level: int) -> int:
        """Add a heading and return where it starts."""
        self.end_paragraph()
        start = self.length
        self.append(title)
        self.blocks.append(Block(kind=BlockKind.HEADING, start=start, end=self.length, level=level, title=title))
        self.append("\n\n")
        self.paragraph_start = self.length
        return start

    def add_line(self, line: str, *, ends_paragraph: bool) -> int:
        """Add a printed line to the paragraph it continues, or as a new one, and return where it starts."""
        if self.last_line_ends_paragraph or _LIST_ITEM.match(line):
            self.end_paragraph()
        elif _HYPHEN.search(self.tail) and line[:1].islower():
            self.parts[-1] = self.tail[:-1]
            self.length -= 1
        elif not (_CJK_EDGE.match(self.tail[-1:]) and _CJK_EDGE.match(line)):
            self.append(" ")
        self.append(line)
        self.last_line_ends_paragraph = ends_paragraph
        return self.length - len(line)


def join_pages(pages: Sequence[str], *, bookmarks: Sequence[Bookmark], title: str | None) -> ParsedFile:
    """One text of many pages, with the places where each page begins.

    Args:
        pages: the text of each page, a line for each printed line.
        bookmarks: the file's outline; without one, numbered lines that stand alone are taken as headings.
        title: the name that the file's properties give.
    """
    cleaned = _without_running_lines([_clean_lines(page) for page in pages])
    text = _Text()
    for number, lines in enumerate(cleaned):
        marks = [mark for mark in bookmarks if mark.page == number]
        _add_page(text, lines, number + 1, marks, numbered_headings=not bookmarks)
    text.end_paragraph()
    first = next((line for lines in cleaned for line in lines), "")
    return ParsedFile(
        text="".join(text.parts).rstrip(),
        blocks=tuple(text.blocks),
        title=title or (first if is_title_line(first) and not heading_level(first) else None),
        pages=tuple(text.pages),
    )


def _clean_lines(page: str) -> list[str]:
    lines = (" ".join(line.split()) for line in page.splitlines())
    return [line for line in lines if line and not is_contents_line(line)]


def _without_running_lines(pages: Sequence[list[str]]) -> list[list[str]]:
    """The pages without the heads, feet and page numbers that most of them repeat."""
    counts = Counter(key for lines in pages for key in {_running_key(line) for line in _edges(lines)})
    least = max(2, _REPEATED_SHARE * len(pages))
    running = {key for key, count in counts.items() if count >= least}
    return [[line for i, line in enumerate(lines) if not _is_running(line, i, lines, running)] for lines in pages]


def _edges(lines: Sequence[str]) -> list[str]:
    return [line for i, line in enumerate(lines) if _at_edge(i, lines)]


def _at_edge(index: int, lines: Sequence[str]) -> bool:
    return index < _EDGE_LINES or index >= len(lines) - _EDGE_LINES


def _is_running(line: str, index: int, lines: Sequence[str], running: set[str]) -> bool:
    return _at_edge(index, lines) and _running_key(line) in running


def _running_key(line: str) -> str:
    """What a line has in common with its like on other pages: all but the page number."""
    return "#" if _PAGE_NUMBER.fullmatch(line) else re.sub(r"^\d{1,4}\b|\b\d{1,4}$", "#", line).lower()


def _add_page(
    text: _Text, lines: Sequence[str], page: int, bookmarks: Sequence[Bookmark], *, numbered_headings: bool
) -> None:
    usual = _usual_width(lines)
    headings = dict(_numbered(lines)) if numbered_headings else {}
    placed = _placed(lines, bookmarks)
    headings |= {index: (lines[index], mark.level) for index, mark in placed.items()}
    missing = [mark for mark in bookmarks if mark not in placed.values()]
    starts = [text.add_heading(mark.title, mark.level) for mark in missing]
    for index, line in enumerate(lines):
        if index in headings:
            starts.append(text.add_heading(*headings[index]))
        else:
            starts.append(text.add_line(line, ends_paragraph=_ends_paragraph(line, usual)))
    text.pages += [PageMark(offset=start, page=page) for start in starts[:1]]


def _usual_width(lines: Sequence[str]) -> float:
    widths = sorted(text_width(line) for line in lines)
    return widths[int(len(widths) * 0.8)] if widths else 0.0


def _ends_paragraph(line: str, usual: float) -> bool:
    width = text_width(line)
    if _GOES_ON.search(line):
        return False
    return width < _VERY_SHORT_LINE * usual or (width < _SHORT_LINE * usual and bool(_SENTENCE_END.search(line)))


def _placed(lines: Sequence[str], bookmarks: Sequence[Bookmark]) -> dict[int, Bookmark]:
    """The lines that print the page's bookmarks."""
    placed: dict[int, Bookmark] = {}
    after = 0
    for mark in bookmarks:
        wanted = comparable(mark.title)
        found = next((i for i in range(after, len(lines)) if _prints(comparable(lines[i]), wanted)), None)
        if found is not None:
            placed[found] = mark
            after = found + 1
    return placed


def _prints(line: str, title: str) -> bool:
    """Whether a line is the title, or the title behind its number."""
    return bool(line) and (line == title or (line.endswith(title) and len(line) - len(title) <= 6))


def _numbered(lines: Sequence[str]) -> Iterator[tuple[int, tuple[str, int]]]:
    for index, (line, following) in enumerate(zip(lines, [*lines[1:], ""], strict=False)):
        level = heading_level(line, following=following)
        if level and (not index or _SENTENCE_END.search(lines[index - 1]) or heading_level(lines[index - 1])):
            yield index, (line, level)
