"""Cuts a passage into the pieces that an answer can quote whole: sentences, lists, tables and code, at exact offsets.

The input is a verbatim slice of Markdown. Offsets count characters of that slice, so `text[span.start:span.end]` is
always the source's own words. The rules are those a reader sees on the page, not the whole of CommonMark: a slice may
begin or end in the middle of a construct, and must still be readable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rag.headings import NUMBERED, clean_heading
from rag.sentences import Span, sentence_spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text. `label` is the sub-heading line above it inside the passage, here and in the other blocks."""

    sentences: tuple[Span, ...]
    label: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItem:
    """One entry of a list with everything nested in it; `body` is where its words begin, after the marker."""

    span: Span
    body: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListBlock:
    """A list, with the sentence ending in a colon that announces it."""

    items: tuple[ListItem, ...]
    ordered: bool
    intro: Span | None = None
    label: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBlock:
    """A Markdown table; `span` holds the header and its rule as well as the rows."""

    span: Span
    rows: tuple[Span, ...]
    intro: Span | None = None
    label: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeBlock:
    """A fenced block or a displayed formula, fences included."""

    span: Span
    intro: Span | None = None
    label: Span | None = None


Block = Paragraph | ListBlock | TableBlock | CodeBlock

_FENCE = re.compile(r"\s*(```+|~~~+|\$\$)")
_ITEM = re.compile(r"([ \t]*)(?:([-*+•])[ \t]+|(\d{1,3}(?:[.)][ \t]+|[、．])|[（(]\d{1,2}[）)][ \t]*))(?=\S)")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_HEADING = re.compile(r"\s*#{1,6}\s+(?=\S)")
_SILENT = re.compile(r"\s*(?:(?:[-*_]\s*){3,}|={3,}|<!--.*-->|!\[[^\]]*\]\([^)]*\)|\[TOC\])\s*$", re.IGNORECASE)
_QUOTE_MARK = re.compile(r"\s*(?:>\s?)+")
_LABEL = re.compile(rf"\s*(?:{NUMBERED}\s*)?(?:\*\*|__)[^*]+(?:\*\*|__)\s*[：:]?\s*$")
_NUMBERED_LABEL = re.compile(rf"\s*{NUMBERED}\s*[^。！？!?；;：:|]{{1,40}}$")


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text.rstrip())

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip())

    @property
    def blank(self) -> bool:
        return not self.text.strip()


def blocks_of(text: str) -> tuple[Block, ...]:
    """The quotable blocks of a passage in reading order; headings, rules and pictures that stand alone are left out."""
    lines = _lines_of(text)
    found: list[Block] = []
    label: Span | None = None
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.blank or _SILENT.match(line.text):
            at += 1
        elif _is_label(line.text):
            label = _stripped(text, line.start, line.end)
            at += 1
        else:
            block, at = _block_at(text, lines, at)
            found = _joined(text, found, replace(block, label=label))
    return tuple(block for block in found if not isinstance(block, Paragraph) or block.sentences)


def label_text(text: str, span: Span) -> str:
    """The words of a label line or heading, without number, emphasis and closing colon."""
    return clean_heading(text[span.start : span.end])


def _lines_of(text: str) -> list[_Line]:
    lines, start = [], 0
    for raw in text.split("\n"):
        lines.append(_Line(start, raw))
        start += len(raw) + 1
    return lines


def _is_label(line: str) -> bool:
    return bool(_HEADING.match(line) or _LABEL.match(line) or (_NUMBERED_LABEL.match(line) and not _ITEM.match(line)))


def _block_at(text: str, lines: list[_Line], at: int) -> tuple[Block, int]:
    if _FENCE.match(lines[at].text):
        end = _fence_end(lines, at)
        return CodeBlock(span=_stripped(text, lines[at].start, lines[end - 1].end)), end
    if _table_starts(lines, at):
        return _table_at(lines, at)
    if _ITEM.match(lines[at].text):
        return _list_at(text, lines, at)
    return _paragraph_at(text, lines, at)


def _fence_end(lines: list[_Line], at: int) -> int:
    opening = _FENCE.match(lines[at].text)
    mark = opening.group(1) if opening else ""
    if mark == "$$" and lines[at].text.count("$$") > 1:
        return at + 1
    for end in range(at + 1, len(lines)):
        stripped = lines[end].text.strip()
        if stripped.startswith(mark) and not stripped.strip(mark[0]):
            return end + 1
        if mark == "$$" and stripped.endswith(mark):
            return end + 1
    return len(lines)


def _table_starts(lines: list[_Line], at: int) -> bool:
    if "|" not in lines[at].text or at + 1 >= len(lines):
        return False
    rule = lines[at + 1].text
    return "|" in rule and bool(_TABLE_RULE.match(rule))


def _table_at(lines: list[_Line], at: int) -> tuple[TableBlock, int]:
    end = at + 2
    while end < len(lines) and "|" in lines[end].text:
        end += 1
    rows = tuple(Span(start=line.start + line.indent, end=line.end) for line in lines[at + 2 : end])
    return TableBlock(span=Span(start=lines[at].start + lines[at].indent, end=lines[end - 1].end), rows=rows), end


def _list_at(text: str, lines: list[_Line], at: int) -> tuple[ListBlock, int]:
    first = _ITEM.match(lines[at].text)
    indent, ordered = lines[at].indent, bool(first and first.group(3))
    starts: list[int] = []
    end = at
    while end < len(lines) and _in_list(lines, end, indent, ordered):
        if _begins_item(lines[end], indent, ordered):
            starts.append(end)
        end = _fence_end(lines, end) if _FENCE.match(lines[end].text) else end + 1
    bounds = [*starts[1:], end]
    items = tuple(_item(text, lines, start, stop) for start, stop in zip(starts, bounds, strict=True))
    return ListBlock(items=items, ordered=ordered), end


def _begins_item(line: _Line, indent: int, ordered: bool) -> bool:  # noqa: FBT001 - two facts of one list
    match = _ITEM.match(line.text)
    return bool(match) and line.indent <= indent + 1 and bool(match and match.group(3)) == ordered


def _in_list(lines: list[_Line], at: int, indent: int, ordered: bool) -> bool:  # noqa: FBT001
    line = lines[at]
    if line.blank:
        rest = next((later for later in lines[at:] if not later.blank), None)
        return rest is not None and (rest.indent > indent + 1 or _begins_item(rest, indent, ordered))
    if _begins_item(line, indent, ordered) or line.indent > indent + 1:
        return True
    # A line directly below an item goes on with it, unless it opens something of its own.
    opens = _FENCE.match(line.text) or _is_label(line.text) or _SILENT.match(line.text) or _ITEM.match(line.text)
    return not opens and not lines[at - 1].blank and not _table_starts(lines, at)


def _item(text: str, lines: list[_Line], start: int, stop: int) -> ListItem:
    line = lines[start]
    match = _ITEM.match(line.text)
    span = _stripped(text, line.start, lines[stop - 1].start + len(lines[stop - 1].text))
    return ListItem(span=span, body=line.start + (match.end() if match else line.indent))


def _paragraph_at(text: str, lines: list[_Line], at: int) -> tuple[Paragraph, int]:
    quoted = _QUOTE_MARK.match(lines[at].text)
    if quoted:
        # Every quoted line stands alone: a sentence across two of them would carry the mark of the second.
        return Paragraph(sentences=_sentences(text, lines[at].start + quoted.end(), lines[at].end)), at + 1
    end = at + 1
    while end < len(lines) and not _interrupts(lines, end):
        end += 1
    return Paragraph(sentences=_sentences(text, lines[at].start, lines[end - 1].end)), end


def _interrupts(lines: list[_Line], at: int) -> bool:
    line = lines[at].text
    marks = (_FENCE, _ITEM, _SILENT, _QUOTE_MARK)
    return not line.strip() or any(mark.match(line) for mark in marks) or _is_label(line) or _table_starts(lines, at)


def _sentences(text: str, start: int, end: int) -> tuple[Span, ...]:
    return tuple(Span(start=start + part.start, end=start + part.end) for part in sentence_spans(text[start:end]))


def _stripped(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return Span(start=start + len(piece) - len(piece.lstrip()), end=start + len(piece.rstrip()))


def _joined(text: str, found: list[Block], block: Block) -> list[Block]:
    """Adds a block; the sentence before it that ends with a colon announces it and moves to it."""
    last = found[-1] if found else None
    if isinstance(block, Paragraph) or not isinstance(last, Paragraph):
        return [*found, block]
    intro = last.sentences[-1]
    if not text[intro.start : intro.end].rstrip("* _").endswith(("：", ":")):
        return [*found, block]
    kept = replace(last, sentences=last.sentences[:-1])
    return [*found[:-1], *([kept] if kept.sentences else []), replace(block, intro=intro)]


_FILLER = re.compile(
    r"^(?:本[文章节篇书]|在?接下来|下面|下文|以下|首先介绍|在?下一[章节]|通过以上|我们将|让我们|(?:作者|摘要|关键词|文章标题|标题|来源|日期)[^：:]{0,3}[：:])"
    r"|(?:我们|笔者|文章|将为您)(?:将|会|来|也)?(?:探讨|介绍|讨论|展示|详细|逐一)"
    r"|^[^，。；]{0,16}(?:参见|详见|见)《[^》]*》[^。]{0,24}。?$"
    r"|如下(?:所示)?[：:。]?$|以下(?:是|为|几|列|内容)[^。]*[：:]$"
    r"|^(?:(?:in )?this (?:article|chapter|section|guide|document|post|page)|let(?:'|’)s|below (?:is|are)|"
    r"the following|here (?:is|are)|in the next|we will|as shown|see also|read on)\b",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"^(?:这(?!家|里的)|那(?!家)|此(?!外)|该|其(?!中国)|它|他们|她|上述|前者|后者|由此|与此|相比之下|例如|比如|以上|如此|同样|"
    r"反之|也就是|换句话)"
    r"|^(?:this|these|those|that|it|its|they|their|he|she|his|her|such|both|the (?:former|latter|same|above)|"
    r"for (?:example|instance|this|that)|e\.g\.|however|therefore|thus|hence|so|but|and|also|moreover|furthermore|"
    r"besides|in addition|additionally|as a result|consequently|instead|then|otherwise|similarly|likewise|meanwhile|"
    r"yet|still|on the other hand|in (?:contrast|other words|turn|this|these|that))\b",
    re.IGNORECASE,
)
_CONNECTIVE = re.compile(
    r"^(?:此外|另外|同时|然而|但是|不过|因此|所以|而且|并且|最后|首先|其次|再次|当然|事实上|实际上|总体而言|可见|总之|综上(?:所述)?)"
    r"[，,]\s*"
)


def is_filler(sentence: str) -> bool:
    """Whether a sentence only announces or closes something, and carries no fact of its own."""
    return bool(_FILLER.search(_bare(sentence)))


def is_dangling(sentence: str) -> bool:
    """Whether a sentence leans on the one before it, so that it cannot be quoted alone."""
    return bool(_DANGLING.match(without_connective(_bare(sentence))))


def without_connective(sentence: str) -> str:
    """The sentence without a leading connective that means nothing once the sentence before is gone."""
    return _CONNECTIVE.sub("", sentence, count=1)


def _bare(sentence: str) -> str:
    return sentence.lstrip('*_>#- \t“"')
