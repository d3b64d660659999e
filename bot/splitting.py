"""Cuts a Markdown text into messages, at the place where a reader minds least.

A cut prefers the end of a paragraph, then of a line, a sentence, a clause and a word, in Chinese as in English. Fences
of code are closed and opened again, a table's head is repeated, and links, addresses, code spans and citation marks
stay whole. The length of a text is what `measure` says: characters, or the units that a platform counts.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.errors import InvalidInput
from rag.sentences import sentence_spans

Measure = Callable[[str], int]

SHORTEST_LIMIT = 80
"""No message can be held to fewer characters: a fence has to be closed within it."""

_CLOSING = 6
"""Room for the end of a fence: a line feed, the mark of a quotation, and the fence."""

_LONGEST_OPENER, _TABLE_SHARE = 40, 0.4
_EARLIEST = 0.5
"""A cut before this share of a message wastes room, so a lesser kind of boundary further on is better."""

_QUOTED = r"[ \t]*(?P<quote>(?:>[ \t]*)*)"
_FENCE = re.compile(_QUOTED + r"(?P<fence>`{3,20}(?!`)|~{3,20}(?!~))(?P<info>[^\n`]*)")
"""A fence at any depth of lists and quotations: chats do not count blanks as Markdown does."""

_LONG_FENCE = re.compile(r"`{4,20}|~{4,20}")
_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*$")
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-{1,}:?[ \t]*(?:\|[ \t]*:?-{1,}:?[ \t]*)*\|?[ \t]*$")
_KEEPS_NEXT = re.compile(r"[ \t]*(?:#{1,6}[ \t].*|.*[:：][*_]*)$")
_WHOLE = re.compile(
    r"!?\[[^\[\]\n]{0,500}\]\([^()\s]{0,1000}(?:\([^()\s]{0,200}\)[^()\s]{0,200}){0,4}\)"
    r"|<?https?://[^\s<>]{1,1000}>?"
    r"|`[^`\n]{1,200}`"
    r"|\*\*[^*\n]{1,300}\*\*"
    r"|.?(?:[ \t]?[\[【］［]\d{1,3}[\]】］])+"
)
_SENTENCE_END = re.compile(r"[。！？!?…](?![。！？!?…”’」』）)\]])[”’」』）)]*|[.;；](?=\s)")
_CLAUSE_END = re.compile(r"[，、：；]|[,:](?=\s)")
_BLANK = re.compile(r"[ \t]+")
_ZERO_WIDTH_JOINER = "\u200d"
_MODIFIERS = frozenset("\ufe0e\ufe0f\u200d\u20e3") | {chr(code) for code in range(0x1F3FB, 0x1F400)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line by its offsets, and what is open behind it: a fence's opener, or a table's head."""

    start: int
    end: int
    text: str
    fence: str = ""
    table: str = ""


def split(text: str, limit: int, *, measure: Measure = len) -> tuple[str, ...]:
    """The text as messages of at most `limit` units, none of them blank; () for a blank text.

    Raises:
        InvalidInput: the limit is below `SHORTEST_LIMIT`.
    """
    parts: list[str] = []
    rest = text.strip("\n")
    while measure(rest) > limit:
        head, rest = cut(rest, limit, measure=measure)
        parts.append(head)
    return tuple(part for part in (*parts, rest.rstrip()) if part.strip())


def cut(text: str, limit: int, *, measure: Measure = len) -> tuple[str, str]:
    """The first message of a text that is longer than `limit`, and what is left, which stands on its own.

    Raises:
        InvalidInput: the limit is below `SHORTEST_LIMIT`.
    """
    if limit < SHORTEST_LIMIT:
        raise InvalidInput(f"a message of {limit!r} characters is too short; the least is {SHORTEST_LIMIT}")
    longest = max((len(found[0]) for found in _LONG_FENCE.finditer(text[:limit])), default=0)
    reach = _reach(text, limit - _CLOSING - max(0, longest - 3), measure)
    lines = tuple(_lines(text, reach))
    at = _place(text, reach, lines)
    opened = _opened(text, lines, at)
    rest = text[at:].lstrip("\n") if opened.fence or opened.table else text[at:].lstrip()
    if opened.fence:
        return f"{text[:at].rstrip()}\n{_closer(opened.fence)}", f"{opened.fence}\n{_outdented(rest, opened.fence)}"
    repeated = opened.table if measure(opened.table) < limit * _TABLE_SHARE else ""
    return text[:at].rstrip(), repeated + rest


def _reach(text: str, room: int, measure: Measure) -> int:
    """The furthest offset up to which the text fits."""
    reach = bisect_right(range(len(text)), room, key=lambda end: measure(text[: end + 1]))
    return max(1, reach)


def _lines(text: str, reach: int) -> Iterator[_Line]:
    """The lines that begin within reach, each with what is open behind it."""
    fence, head, start = "", "", 0
    previous = ""
    while start < reach:
        end = text.find("\n", start) + 1 or len(text)
        line = text[start:end].rstrip("\n")
        fence = _fence_after(line, fence)
        if fence or not (_ROW.match(line) or (head and line.strip().startswith("|"))):
            head = ""
        elif not head and _RULE.match(line) and previous:
            head = f"{previous}\n{line}\n"
        yield _Line(start=start, end=end, text=line, fence=fence, table=head)
        previous = line if not fence and _ROW.match(line) else ""
        start = end


def _fence_after(line: str, fence: str) -> str:
    """The opener of the fence that is open behind a line; "" outside. A quotation's fence ends with it."""
    quoted = fence.startswith(">")
    if quoted and not line.lstrip().startswith(">"):
        fence, quoted = "", False
    found = _FENCE.match(line)
    if not found:
        return fence
    if not fence:
        return (_mark(found) + found["info"]).strip()[:_LONGEST_OPENER]
    closes = _mark(found).startswith(_closer(fence)) and not found["info"].strip()
    return "" if closes else fence


def _mark(found: re.Match[str]) -> str:
    """A fence without its blanks, and with one mark of a quotation however deep it stands."""
    return f"{'> ' if found['quote'] else ''}{found['fence']}"


def _closer(opener: str) -> str:
    found = _FENCE.match(opener)
    return _mark(found) if found else "```"


def _outdented(rest: str, fence: str) -> str:
    """What is left of a text within a fence; its end, deep in a list as it may stand, ends the fence that is opened."""
    lines = rest.split("\n")
    end = next((at for at, line in enumerate(lines) if not _fence_after(line, fence)), None)
    if end is not None and not fence.startswith(">"):
        lines[end] = lines[end].lstrip()
    return "\n".join(lines)


def _opened(text: str, lines: tuple[_Line, ...], at: int) -> _Line:
    """What is open at an offset: a fence, or a table that goes on with a row."""
    before = [line for line in lines if line.end <= at]
    if not before:
        return _Line(start=0, end=0, text="")
    last = before[-1]
    # Inside a row the head is of no use: the cells left of the cut are gone.
    goes_on = last.end == at and _ROW.match(text[at:].partition("\n")[0])
    return _Line(start=0, end=0, text="", fence=last.fence, table=last.table if goes_on else "")


def _place(text: str, reach: int, lines: tuple[_Line, ...]) -> int:
    """The best offset for a cut: of the best kind of boundary that does not waste half of the message."""
    kinds: list[list[int]] = []
    for kind in _boundaries(text, reach, lines):
        kinds.append([place for place in kind if place <= reach])
        if kinds[-1] and max(kinds[-1]) > reach * _EARLIEST:
            return max(kinds[-1])
    return next((max(places) for places in kinds if places), reach)


def _boundaries(text: str, reach: int, lines: tuple[_Line, ...]) -> Iterator[Iterator[int]]:
    """Offsets where a cut may go, best kind first."""
    window = text[:reach]
    whole = [found.span() for found in _WHOLE.finditer(text[: reach + 1000])]
    whole += [(line.start, line.end) for line in lines if line.fence]

    def free(places: Iterator[int]) -> Iterator[int]:
        return (place for place in places if not any(start < place < end for start, end in whole))

    ends = [line for line, introduces in zip(lines, _introductions(lines), strict=True) if not introduces]
    yield (line.end for line in ends if not line.text.strip() and not line.fence)
    yield (line.end for line in ends if not line.fence)
    yield (line.end for line in lines if line.fence and not _FENCE.match(line.text))
    yield free(span.end for span in sentence_spans(window)[:-1])
    yield free(found.end() for found in _SENTENCE_END.finditer(window))
    yield free(found.end() for found in _CLAUSE_END.finditer(window))
    yield free(found.end() for found in _BLANK.finditer(window))
    yield free(place for place in range(1, reach + 1) if not _joined(text, place))
    yield (place for place in range(1, reach + 1) if not _joined(text, place))


def _introductions(lines: tuple[_Line, ...]) -> Iterator[bool]:
    """For each line, whether it belongs with what follows: a heading, words and a colon, a table's head."""
    introduces = False
    for line, following in zip(lines, (*lines[1:], None), strict=True):
        if line.text.strip():
            begins_table = following is not None and following.table.startswith(f"{line.text}\n") and not line.table
            ends_head = bool(line.table) and line.table.endswith(f"\n{line.text}\n")
            introduces = begins_table or ends_head or bool(_KEEPS_NEXT.match(line.text))
        yield introduces


def _joined(text: str, place: int) -> bool:
    """Whether the characters on both sides of a place make up one sign."""
    if place >= len(text):
        return False
    before, behind = text[place - 1], text[place]
    if before == _ZERO_WIDTH_JOINER or behind in _MODIFIERS or unicodedata.combining(behind):
        return True
    return _is_flag_half(before) and _is_flag_half(behind)


def _is_flag_half(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"
