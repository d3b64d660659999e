"""Cuts a document into the pieces that are embedded, found and cited.

A chunk is a stretch of one section, never across headings. Paragraphs are packed together; a list, a table or a listing
stays whole with the paragraph that introduces it where it fits. What does not fit is cut where a reader would cut it:
between items, then lines, sentences, words. Each part of a table begins with the table's head, without which its rows
say little.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.ingest.blocks import Block, BlockKind, ParsedFile, Ruler, text_width
from rag.ingest.contents import without_pointers
from rag.ingest.outline import Section, find_sections
from rag.types import Chunk, PageMark

_LINE_END = re.compile(r"\n")
_SENTENCE_END = re.compile(r"[。！？!?；;…]+[”’\"'）)】」』]*\s*|\.[”’\"')]*\s+")
_WORD_END = re.compile(r"[，,、：:]\s*|\s+")
_WORD = re.compile(r"[^\W_]")
_LABEL = re.compile(r"[:：]\W*$")
_ANNOUNCEMENT_WIDTH = 40
_LABEL_END = 200
"""Characters of a paragraph's end that are looked at."""

_EMPHASISED = re.compile(r"\*\*[^*]+\*\*[:：]?|__[^_]+__[:：]?")
_INTRODUCED = frozenset({BlockKind.LIST, BlockKind.TABLE, BlockKind.CODE})
_TABLE_HEAD = re.compile(r".*\n.*\n")
_HEAD_SHARE = 0.4
"""Most of a chunk that a table's head may take in each part; a longer one stays with the first part alone."""


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of the text, and the place of the table's head that is repeated before it."""

    start: int
    end: int
    head: tuple[int, int] = (0, 0)


def chunk_file(parsed: ParsedFile, *, limit: int) -> tuple[Chunk, ...]:
    """The chunks of a file in reading order, each at most `limit` characters of full width."""
    chunker = _Chunker(text=parsed.text, ruler=Ruler(parsed.text), limit=limit)
    pieces = [
        (section.path, span)
        for section in find_sections(parsed.text, without_pointers(parsed))
        for span in chunker.spans(section)
    ]
    return tuple(
        Chunk(
            position=position,
            section=path,
            text=parsed.text[slice(*span.head)] + parsed.text[span.start : span.end],
            page_marks=_page_marks(parsed.pages, span),
        )
        for position, (path, span) in enumerate(pieces)
    )


def _page_marks(pages: Sequence[PageMark], span: _Span) -> tuple[PageMark, ...]:
    """The pages of a span, offsets counted from where its chunk begins."""
    begun = [mark for mark in pages if mark.offset <= span.start][-1:]
    inside = [mark for mark in pages if span.start < mark.offset < span.end]
    first = span.start - (span.head[1] - span.head[0])
    return tuple(
        PageMark(offset=mark.offset - first if mark in inside else 0, page=mark.page) for mark in begun + inside
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunker:
    text: str
    ruler: Ruler
    limit: int

    def spans(self, section: Section) -> Iterator[_Span]:
        """The stretches of a section's text that become its chunks."""
        for run in _runs(section.blocks):
            units = [unit for group in self._groups(run) for unit in self._units(group)]
            trimmed = (self._trimmed(span) for span in self._pack(units))
            yield from (span for span in trimmed if self._says_something(span))

    def _says_something(self, span: _Span) -> bool:
        """Whether there is more than an announcement of the sections that follow."""
        words = self.text[span.start : span.end]
        short = text_width(words) <= _ANNOUNCEMENT_WIDTH
        announces = short and _LABEL.search(words) and not _SENTENCE_END.search(words)
        return _WORD.search(words) is not None and not announces

    def _groups(self, run: Sequence[Block]) -> Iterator[list[Block]]:
        """Blocks that belong together: what introduces, and what it introduces."""
        group: list[Block] = []
        for block, following in zip(run, [*run[1:], None], strict=True):
            group.append(block)
            if following is None or not self._introduces(block, following):
                yield group
                group = []

    def _introduces(self, block: Block, following: Block) -> bool:
        if block.kind is not BlockKind.PARAGRAPH:
            return False
        words = self.text[max(block.start, block.end - _LABEL_END) : block.end]
        label = _LABEL.search(words) or _EMPHASISED.fullmatch(words)
        return following.kind in _INTRODUCED or label is not None

    def _units(self, group: Sequence[Block]) -> list[_Span]:
        """The group as one span where it fits, else in spans that each fit, the introduction with the first of them."""
        whole = _Span(group[0].start, group[-1].end)
        if self._fits(whole):
            return [whole]
        pieces: list[_Span] = []
        for block in group:
            parts = self._parts(block)
            if pieces and self._fits(replace(pieces[-1], end=parts[0].end)):
                parts[0] = replace(pieces.pop(), end=parts[0].end)
            pieces += parts
        return self._pack(pieces)

    def _parts(self, block: Block) -> list[_Span]:
        """A block in spans that each fit; those of a table that begin with a row have its head."""
        head = self._head(block)
        taken = self.ruler.width(*head)
        room = replace(self, limit=self.limit - math.ceil(taken))
        parts = room._pieces(_Span(block.start, block.end), room._tiers(block))
        if len(parts) == 1 or not taken:
            return parts
        return [replace(part, head=head) if part.start in block.cuts else part for part in parts]

    def _head(self, block: Block) -> tuple[int, int]:
        """Where the head of a table lies that is repeated in each of its parts."""
        found = _TABLE_HEAD.match(self.text, block.start, block.end) if block.kind is BlockKind.TABLE else None
        short = found and self.ruler.width(*found.span()) <= _HEAD_SHARE * self.limit
        return found.span() if found and short else (0, 0)

    def _tiers(self, block: Block) -> list[Sequence[int]]:
        """Where the block may be cut, from the best places to the worst."""
        sentences, words = (self._ends(pattern, block) for pattern in (_SENTENCE_END, _WORD_END))
        lines = self._ends(_LINE_END, block)
        by_line = [lines, sentences] if block.kind is not BlockKind.PARAGRAPH else [sentences, lines]
        return [block.cuts, *by_line, words, range(block.start + self.limit, block.end, self.limit)]

    def _ends(self, pattern: re.Pattern[str], block: Block) -> list[int]:
        return [found.end() for found in pattern.finditer(self.text, block.start, block.end)]

    def _pieces(self, span: _Span, tiers: Sequence[Sequence[int]]) -> list[_Span]:
        if self._fits(span) or not tiers:
            return [span]
        cuts = tiers[0][bisect_right(tiers[0], span.start) : bisect_left(tiers[0], span.end)]
        points = [span.start, *cuts, span.end]
        pieces: list[_Span] = []
        for start, end in pairwise(points):
            part = _Span(start, end)
            pieces += [part] if self._fits(part) else self._pack(self._pieces(part, tiers[1:]))
        return pieces

    def _pack(self, spans: Sequence[_Span]) -> list[_Span]:
        """Joins neighbours up to the limit into pieces of about one size, so that no crumb is left at the end."""
        if not spans:
            return []
        total = self._width(_Span(spans[0].start, spans[-1].end))
        goal = total / math.ceil(total / self.limit)
        packed = [spans[0]]
        for span in spans[1:]:
            joined = replace(packed[-1], end=span.end)
            if self._width(packed[-1]) < goal and self._fits(joined):
                packed[-1] = joined
            else:
                packed.append(span)
        return packed

    def _trimmed(self, span: _Span) -> _Span:
        words = self.text[span.start : span.end]
        return replace(span, start=span.start + len(words) - len(words.lstrip()), end=span.start + len(words.rstrip()))

    def _fits(self, span: _Span) -> bool:
        return self._width(span) <= self.limit

    def _width(self, span: _Span) -> float:
        trimmed = self._trimmed(span)
        return self.ruler.width(*span.head) + self.ruler.width(trimmed.start, trimmed.end)


def _runs(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Stretches of blocks with nothing between them that is left out."""
    run: list[Block] = []
    for block in blocks:
        if block.kind is not BlockKind.BREAK:
            run.append(block)
        elif run:
            yield run
            run = []
    if run:
        yield run
