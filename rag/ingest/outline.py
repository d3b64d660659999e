"""Finds the section that each piece of a document stands in: the heading path that a reader would give.

Heading levels alone mislead: parts stand below their chapters, a "summary" swallows the chapters after it, sub-headings
are typed as plain paragraphs. Where headings are numbered, the numbers decide; elsewhere the levels do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.ingest.blocks import Block, BlockKind, text_width
from rag.ingest.markdown import plain_title
from rag.ingest.numbering import Numbering, NumberKind, numbering_of

_CLOSING = re.compile(
    r"(?:本章|本文|全文)?(?:总结|小结|结论|结语|结束语|后记|总体?展望)(?:与.{1,8})?"
    r"|(?:chapter )?summary|conclusions?|key takeaways",
    re.IGNORECASE,
)
_BACK_MATTER = re.compile(
    r"致谢|鸣谢|(?:关于)?作者(?:信息|简介|介绍)?|版权(?:声明|信息)?"
    r"|acknowledge?ments?|about the authors?|authors?|copyright",
    re.IGNORECASE,
)
_SUBHEADING_WIDTH = 40
_SENTENCE_END = re.compile(r"[。！？!?；;，,：:.…]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The blocks that stand directly under one heading; `path` leads to it from the outermost heading in."""

    path: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """A heading that the current place stands under."""

    title: str
    level: int
    number: Numbering | None


@dataclass(slots=True, kw_only=True)
class _Outline:
    """The walk through a document: the open headings, and the sections seen so far."""

    root: Block | None
    chapters_hold_parts: bool
    stack: list[_Open] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def enter(self, heading: Block) -> None:
        self.close()
        if heading is self.root:
            self.stack = [_Open(title=heading.title, level=0, number=None)]
            return
        opened = _Open(title=heading.title, level=heading.level, number=numbering_of(heading.title))
        while self.stack and not self._holds(self.stack[-1], opened):
            self.stack.pop()
        self.stack.append(opened)

    def close(self) -> None:
        if any(block.kind is not BlockKind.BREAK for block in self.blocks):
            path = tuple(heading.title for heading in self.stack if heading.title)
            self.sections.append(Section(path=path, blocks=tuple(self.blocks)))
        self.blocks = []

    def _holds(self, above: _Open, below: _Open) -> bool:
        """Whether `below` belongs under `above`."""
        if not above.level and self.root is not None:
            return True
        deeper = above.level < below.level
        if below.number is None or below.number.kind is NumberKind.LOOSE:
            return deeper and not (above.number and _BACK_MATTER.fullmatch(below.title))
        if above.number is None:
            return deeper and not _CLOSING.fullmatch(above.title)
        return _number_holds(above.number, below.number, deeper=deeper, chapters_hold_parts=self.chapters_hold_parts)


def find_sections(text: str, blocks: Sequence[Block]) -> list[Section]:
    """The sections of a document that hold text, in reading order."""
    outline = _Outline(root=_title_heading(blocks), chapters_hold_parts=_chapters_hold_parts(blocks))
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        subheading = _plain_subheading(text, block, following, outline.stack)
        if block.kind is BlockKind.HEADING or subheading:
            outline.enter(subheading or block)
        else:
            outline.blocks.append(block)
    outline.close()
    return outline.sections


def document_title(blocks: Sequence[Block]) -> str | None:
    """The words of the first heading."""
    return next((b.title for b in blocks if b.kind is BlockKind.HEADING and b.title), None)


def _title_heading(blocks: Sequence[Block]) -> Block | None:
    """The first heading, when all others stand under it: by its level, or as the one without a number."""
    headings = [b for b in blocks if b.kind is BlockKind.HEADING]
    if not headings:
        return None
    first, rest = headings[0], headings[1:]
    if all(heading.level > first.level for heading in rest):
        return first
    peers = [numbering_of(heading.title) for heading in rest if heading.level <= first.level]
    named = numbering_of(first.title) is None and not _CLOSING.fullmatch(first.title)
    parts = {NumberKind.PART, NumberKind.CHAPTER, NumberKind.APPENDICES}
    return first if named and any(number and number.kind in parts for number in peers) else None


def _chapters_hold_parts(blocks: Sequence[Block]) -> bool:
    """Whether the document calls the pieces of its chapters parts, as its first chapter and levels tell."""
    numbered = [(numbering_of(b.title), b.level) for b in blocks if b.kind is BlockKind.HEADING]
    large = [(n.kind, level) for n, level in numbered if n and n.kind in {NumberKind.PART, NumberKind.CHAPTER}]
    parts = [level for kind, level in large if kind is NumberKind.PART]
    return bool(parts) and large[0][0] is NumberKind.CHAPTER and large[0][1] < min(parts)


def _number_holds(above: Numbering, below: Numbering, *, deeper: bool, chapters_hold_parts: bool) -> bool:
    """Whether the numbers say that one heading stands under another; levels answer where they say nothing."""
    match above.kind, below.kind:
        case NumberKind.CHAPTER, NumberKind.PART:
            holds = chapters_hold_parts
        case NumberKind.PART, NumberKind.CHAPTER:
            holds = not chapters_hold_parts
        case NumberKind.LOOSE, NumberKind.DECIMAL:
            holds = deeper or _begins(above, below)
        case NumberKind.LOOSE, _:
            holds = deeper
        case _, NumberKind.PART | NumberKind.CHAPTER | NumberKind.APPENDICES:
            holds = False
        case _, NumberKind.APPENDIX:
            holds = above.kind is NumberKind.APPENDICES
        case NumberKind.PART, _:
            holds = True
        case NumberKind.DECIMAL, NumberKind.DECIMAL:
            holds = _begins(above, below)
        case _, NumberKind.DECIMAL:
            holds = deeper or _begins(above, below)
        case _:
            holds = deeper or above.kind is NumberKind.CHAPTER
    return holds


def _begins(above: Numbering, below: Numbering) -> bool:
    """Whether the longer number continues the shorter one: 2 and 2.4, A and A.1."""
    count = len(above.parts)
    return 0 < count < len(below.parts) and below.parts[:count] == above.parts


def _plain_subheading(text: str, block: Block, following: Block | None, stack: Sequence[_Open]) -> Block | None:
    """A numbered title typed as a paragraph, such as "4.2.1 **Risks**", as the heading it stands for.

    It must continue the number of an open heading, and text must follow it: numbered clauses in a row are text.
    """
    if block.kind is not BlockKind.PARAGRAPH or following is None or following.kind is BlockKind.HEADING:
        return None
    words = text[block.start : block.end]
    title, number = _subheading_title(words)
    if number is None or not any(_continues(heading, number) for heading in stack):
        return None
    _, after = _subheading_title(text[following.start : following.end])
    if after and following.kind is BlockKind.PARAGRAPH and len(after.parts) <= len(number.parts):
        return None
    return Block(kind=BlockKind.HEADING, start=block.start, end=block.end, level=stack[-1].level + 1, title=title)


def _subheading_title(words: str) -> tuple[str, Numbering | None]:
    if "\n" in words or len(words) > 4 * _SUBHEADING_WIDTH:
        return "", None
    title = plain_title(words)
    number = numbering_of(title)
    plain = number is None or number.kind is not NumberKind.DECIMAL or text_width(title) > _SUBHEADING_WIDTH
    return (title, None) if plain or _SENTENCE_END.search(words.rstrip("* ")) else (title, number)


def _continues(heading: _Open, number: Numbering) -> bool:
    above = heading.number
    return above is not None and above.kind is not NumberKind.PART and _begins(above, number)
