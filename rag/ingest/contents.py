"""Leaves out what only points at other text: tables of contents and bibliographies.

They match almost every question by their words and answer none. Lists of tools, data sets, communities, courses and
books are kept: people ask for those.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice, takewhile

from rag.ingest.blocks import Block, BlockKind, ParsedFile, comparable
from rag.ingest.markdown import plain_title

_CONTENTS_TITLE = re.compile(
    r"(?:《[^》]*》)?(?:内容|文章|本书|全书)?(?:目录|目錄|目次)(?:大纲|结构)?(?:设计)?(?:[:：]?《[^》]*》)?"
    r"|(?:table of )?contents|toc",
    re.IGNORECASE,
)
_CONTENTS_LIKE = re.compile(r"目录|目錄|大纲|outline|contents", re.IGNORECASE)
_ENTRY_MARK = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+")
_ANCHOR = re.compile(r"^\[[^\]]*\]\(#[^)]*\)$")
_NUMBER = re.compile(r"^[\d.]+\s*")
_CONTENTS_SHARE = 0.6
_LEAST_ENTRIES = 3

_READING = (
    r"(?:参考|引用|相关|主要)?(?:文献|论文)(?:列表|目录)?|参考(?:资料|书目|文章|链接)|(?:扩展|延伸|拓展|补充|推荐|深入)?阅读(?:材料|资料)?"
    r"|(?:list of )?references|bibliography|works cited|citations|further reading"
    r"|(?:related |research )?papers?(?: list)?"
)
_BIBLIOGRAPHY_TITLE = re.compile(
    rf"(?:[^\w]*(?:附录|附錄|appendix)\s*\w?|[\d.]+)?[\s:：.、]*(?:AI)?\s*(?:大模型|大语言模型)?(?:{_READING})"
    rf"(?:\s*(?:与|和|及|&|and|/|、)\s*(?:{_READING}))*",
    re.IGNORECASE,
)
_CITATION = re.compile(
    r"^\s*\[\d+\]|doi\.org|\bdoi:|arxiv|https?://\S+\s*$|[（(](?:19|20)\d\d[a-z]?[）)]|,\s*(?:19|20)\d\d[a-z]?\.?\s*$",
    re.IGNORECASE,
)


def without_pointers(parsed: ParsedFile) -> tuple[Block, ...]:
    """The blocks of a file without its tables of contents and bibliographies."""
    return _without_bibliographies(parsed.text, _without_contents(parsed.text, parsed.blocks))


def _without_contents(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    search = _ContentsSearch(text, blocks)
    kept: list[Block] = []
    index = 0
    while index < len(blocks):
        length = search.length_at(index)
        kept.append(_left_out(blocks[index], blocks[index + length - 1]) if length else blocks[index])
        index += length or 1
    return tuple(kept)


class _ContentsSearch:
    """Finds the tables of contents of one document, in one pass over its blocks."""

    def __init__(self, text: str, blocks: Sequence[Block]) -> None:
        self._text = text
        self._blocks = blocks
        keys = [(comparable(b.title), i) for i, b in enumerate(blocks) if b.kind is BlockKind.HEADING]
        self._count = len(keys)
        self._last = dict(keys)
        unnumbered = (comparable(_NUMBER.sub("", b.title)) for b in blocks if b.kind is BlockKind.HEADING)
        self._titles = {*self._last, *unnumbered} - {""}
        self._run_ends = _run_ends(blocks)

    def length_at(self, index: int) -> int:
        """How many blocks from `index` on are a table of contents."""
        block = self._blocks[index]
        if block.kind is BlockKind.LIST:
            introduced = index > 0 and self._blocks[index - 1].kind is BlockKind.PARAGRAPH
            return int(self._is_contents(_entries(self._text, block), introduced=introduced))
        if block.kind is not BlockKind.HEADING:
            return 0
        return self._named_length(index) or self._bare_length(index)

    def _named_length(self, index: int) -> int:
        """Length of a table of contents under a heading that says so."""
        title = self._blocks[index].title
        if not _CONTENTS_LIKE.search(title):
            return 0
        certain = _CONTENTS_TITLE.fullmatch(title) is not None
        following = islice(self._blocks, index + 1, None)
        rest = list(takewhile(lambda b: b.kind is not BlockKind.PARAGRAPH or _is_entry(self._text, b), following))
        first = next((b for b in rest if b.kind is not BlockKind.BREAK), None)
        if first is None:
            return int(certain)
        if first.kind is BlockKind.HEADING:
            return 1 + _until_repeated(rest)
        listed = list(takewhile(lambda b: b.kind is not BlockKind.HEADING, rest))
        entries = [entry for b in listed for entry in _entries(self._text, b)]
        return 1 + len(listed) if certain or self._pointing(entries) >= _CONTENTS_SHARE * len(entries) else 0

    def _bare_length(self, index: int) -> int:
        """Length of a run of headings without text of their own that all come again."""
        end = self._run_ends[index]
        run = islice(self._blocks, index, end)
        repeated = sum(1 for _ in takewhile(lambda b: self._last[comparable(b.title)] >= end, run))
        return repeated if repeated > _LEAST_ENTRIES else 0

    def _is_contents(self, entries: Sequence[str], *, introduced: bool) -> bool:
        """Whether a list without a heading of its own is a table of contents.

        A sentence before the list makes it part of what the document says, even when each item gets a section later.
        """
        if len(entries) < _LEAST_ENTRIES:
            return False
        if sum(bool(_ANCHOR.match(entry)) for entry in entries) >= _CONTENTS_SHARE * len(entries):
            return True
        least = _CONTENTS_SHARE * max(len(entries), self._count)
        return not introduced and len(entries) >= least and self._pointing(entries) >= least

    def _pointing(self, entries: Sequence[str]) -> int:
        """How many entries are titles of the document, or links into it."""
        return sum(bool(_ANCHOR.match(e)) or comparable(plain_title(e)) in self._titles for e in entries)


def _run_ends(blocks: Sequence[Block]) -> list[int]:
    """For each block, where the run of headings that it belongs to ends."""
    ends = [len(blocks)] * len(blocks)
    for index in range(len(blocks) - 1, -1, -1):
        if blocks[index].kind is not BlockKind.HEADING:
            ends[index] = index
        elif index + 1 < len(blocks):
            ends[index] = max(ends[index + 1], index + 1)
    return ends


def _until_repeated(blocks: Sequence[Block]) -> int:
    """Number of blocks before the heading at which the announced text itself begins, -1 when it never does."""
    announced: set[str] = set()
    for count, block in enumerate(blocks):
        if block.kind is not BlockKind.HEADING:
            continue
        key = comparable(block.title)
        if key in announced:
            return count
        announced.add(key)
    return -1


def _is_entry(text: str, block: Block) -> bool:
    """Whether a paragraph may stand in a table of contents: one line that is wholly emphasised or a link."""
    words = text[block.start : block.end].strip()
    return "\n" not in words and bool(re.fullmatch(r"\*\*[^*]+\*\*|\[[^\]]*\]\([^)]*\)", words))


def _entries(text: str, block: Block) -> list[str]:
    lines = (_ENTRY_MARK.sub("", line).strip() for line in text[block.start : block.end].splitlines())
    return [line for line in lines if line]


def _without_bibliographies(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    kept: list[Block] = []
    level = 0  # of the bibliography's heading, 0 outside one
    for block in blocks:
        if block.kind is BlockKind.HEADING and (not level or block.level <= level):
            level = block.level if _BIBLIOGRAPHY_TITLE.fullmatch(block.title) else 0
        kept.append(_left_out(block, block) if level and _is_reference(text, block) else block)
    return tuple(kept)


def _left_out(first: Block, last: Block) -> Block:
    """A break in the place of blocks, so that what stands around them is not joined across them."""
    return Block(kind=BlockKind.BREAK, start=first.start, end=last.end)


def _is_reference(text: str, block: Block) -> bool:
    return block.kind is BlockKind.LIST or (
        block.kind is BlockKind.PARAGRAPH and bool(_CITATION.search(text[block.start : block.end]))
    )
