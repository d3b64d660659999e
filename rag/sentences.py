"""Where a sentence ends in Markdown prose, Chinese, English or mixed, also while the text is still being written.

One scanner decides for whole texts and for streams. It never looks past the text that has arrived without saying so
(`_UndecidedError`), which is why a stream gives the same pieces however its text was cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from rag.language import keeps_stop

_CJK = "⺀-〿぀-ヿ㐀-䶿一-鿿가-힯\uf900-\ufaff＀-￯\U00020000-\U0003ffff"
_IS_CJK = re.compile(f"[{_CJK}]")
_STOPPER = re.compile(r"[\n`\[.!?。！？．｡…]")
_STOPS = frozenset(".!?。！？．｡…")
_WIDE_STOPS = frozenset("。！？｡")
_CLOSERS = frozenset("”’」』）】》〉〕］)]}»›")
_AMBIGUOUS = frozenset("\"'*_~")
_GOES_ON = frozenset("，、；：,;:")

_LABEL = "来源|资料|文档|文献|段落|引用|参考|出处|参见|引自|见|sources?|passages?|documents?|docs?|refs?|see"
_NUMBERS = r" ?\^?\d{1,3}(?: ?[,，、;；–—~～-] ?\^?\d{1,3}){0,9} ?"
_BODY = rf"(?:(?:{_LABEL}) ?[:：#]?)?{_NUMBERS}"
MARK = rf"(?:\[\[{_BODY}\]\]|[\[【［]{_BODY}[\]】］])"
"""Pattern of one citation mark, letters in any case. All repetitions are bounded, so that matching stays linear."""
MARK_GROUP = rf"[(（] ?(?:{_LABEL})? ?[:：]? ?{MARK}(?: ?[,，、;；]? ?{MARK}){{0,4}} ?[)）]"
"""Pattern of marks within brackets of their own, such as `(来源[1])`."""
TARGET = r"\([^()\s]{0,500}\)"
"""Pattern of a Markdown link's target."""

_MARKS = re.compile(f"{MARK_GROUP}|{MARK}", re.IGNORECASE)
_MARK_OPENERS = frozenset("[【［(（")
_MAYBE_MARKS = re.compile(
    rf"[\[【［(（](?:{_LABEL}|[ :：#\d,，、;；–—~～^\[【［\]】］-]){{0,700}}[a-z来资文段引参出]{{0,10}}", re.IGNORECASE
)
_TARGET = re.compile(TARGET)
_MAYBE_TARGET = re.compile(r"\([^()\s]{0,500}")
_LINK = re.compile(r"\[[^\[\]\n]{0,300}\]\([^()\n]{0,500}(?:\([^()\s]{0,200}\)[^()\s]{0,200})?\)")
_MAYBE_LINK = re.compile(r"\[[^\[\]\n]{0,300}(?:\](?:\([^()\n]{0,500}(?:\([^()\s]{0,200}(?:\)[^()\s]{0,200})?)?)?)?")
_FAR, _LONGEST_WORD, _LONGEST_BLANK, _LONGEST_RUN = 1000, 24, 200, 20

_HEAD = 8
"""Characters of a line that suffice to tell its kind."""
_BLOCK_SIGN = re.compile(r"[-*+·•●▪◦①-⑳\d(（#|_=`~>\[]")
_FENCE = re.compile(r"`{3,10}|~{3,10}")
_LINE = re.compile(r"#{1,6}[ \t]|\||(?:-{3}|\*{3}|_{3}|={3})(?:[-*_=\s]|$)|\[\^?\d{1,2}\][:：]")
_ITEM = re.compile(
    rf"[-*+·][ \t]|[•●▪◦①-⑳]|\d{{1,3}}[.)][ \t]|\d{{1,2}}[.)](?=[{_CJK}])|\d{{1,2}}、|[(（]\d{{1,2}}[)）]"
)


class _UndecidedError(Exception):
    """The answer depends on text that has not arrived."""


_Kind = Enum("_Kind", "PROSE QUOTE ITEM LINE FENCE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of a text."""

    start: int
    end: int


def sentence_spans(text: str) -> tuple[Span, ...]:
    """The sentences of a Markdown text, as offsets without surrounding blanks; nothing but blanks lies between them.

    A list item, a heading, a table row and a fenced block of code is one sentence each. A line break within a paragraph
    ends nothing. Citation marks that follow a full stop belong to the sentence before them.
    """
    stream = SentenceStream()
    spans: list[Span] = []
    offset = 0
    for piece in [*stream.feed(text), *stream.close()]:
        if body := piece.strip():
            start = offset + len(piece) - len(piece.lstrip())
            spans.append(Span(start=start, end=start + len(body)))
        offset += len(piece)
    return tuple(spans)


class SentenceStream:
    """Cuts a text that arrives in deltas into the sentences that `sentence_spans` would find.

    A piece is given out once nothing that may still arrive can lengthen it, together with the blanks that lead it. The
    pieces in order are exactly the text; blanks at its very end are a piece of their own.
    """

    def __init__(self) -> None:
        self._text = ""
        self._start = 0  # of the piece
        self._at = 0  # up to here the piece is known to go on
        self._kind: _Kind | None = None
        self._first = True
        self._quoted = False
        self._final = False

    def feed(self, delta: str) -> list[str]:
        """Takes the next part of the text; returns the pieces that are complete now."""
        self._text = self._text[self._start :] + delta
        self._at -= self._start
        self._start = 0
        return list(self._pieces())

    def close(self) -> list[str]:
        """Ends the text; returns what was held back."""
        self._final = True
        return list(self._pieces())

    def _pieces(self) -> Iterator[str]:
        while self._start < len(self._text):
            try:
                piece = self._text[self._start : self._piece_end()]
            except _UndecidedError:
                return
            piece = piece.rstrip() or piece  # Blanks at its end lead the next piece.
            yield piece
            self._start = self._at = self._start + len(piece)
            self._kind, self._first = None, False

    def _peek(self, at: int) -> str:
        """The character at an offset, "" behind the end of a finished text."""
        if at < len(self._text):
            return self._text[at]
        if self._final:
            return ""
        raise _UndecidedError

    def _piece_end(self) -> int:
        if self._kind is None:
            self._kind = self._opened_kind()
        ends = {_Kind.FENCE: self._fence_end, _Kind.LINE: self._line_end}
        return ends.get(self._kind, self._text_end)()

    def _opened_kind(self) -> _Kind:
        """Skips the leading blanks and decides what kind of text the piece is."""
        while self._peek(self._at).isspace():
            self._at += 1
        if not self._first and "\n" not in self._text[self._start : self._at]:
            return _Kind.PROSE
        kind = self._kind_at(self._at)
        self._quoted = kind is _Kind.QUOTE
        return kind

    def _kind_at(self, at: int) -> _Kind:
        """The kind of the line that begins at an offset."""
        head = self._text[at : at + _HEAD].partition("\n")[0]
        if not _BLOCK_SIGN.match(self._peek(at)):
            return _Kind.PROSE
        if len(head) < _HEAD:
            self._peek(at + len(head))
        if head.startswith(">"):
            return _Kind.QUOTE
        for kind, pattern in ((_Kind.FENCE, _FENCE), (_Kind.LINE, _LINE), (_Kind.ITEM, _ITEM)):
            if pattern.match(head):
                return kind
        return _Kind.PROSE

    def _line_end(self) -> int:
        end = self._text.find("\n", self._at)
        return end if end >= 0 else self._whole()

    def _fence_end(self) -> int:
        opening = _FENCE.search(self._text, self._start)
        fence = opening[0] if opening else ""
        if found := re.compile(rf"\n[ \t]*{fence}{fence[:1]}*[ \t]*(?=\n)").search(self._text, self._at):
            return found.end()
        self._at = max(self._at, self._text.rfind("\n"))  # Earlier lines need not be searched again.
        return self._whole()

    def _whole(self) -> int:
        """The end of the text, once it is known."""
        self._peek(len(self._text))
        return len(self._text)

    def _text_end(self) -> int:
        while found := _STOPPER.search(self._text, self._at):
            self._at = at = found.start()
            if found[0] in _STOPS:
                end, self._at = self._sentence_end(at)
                if end:
                    return end
            elif found[0] == "\n" and self._breaks(at):
                return at
            else:
                self._at = self._skipped(at, found[0])
        self._at = len(self._text)
        return self._whole()

    def _sentence_end(self, at: int) -> tuple[int | None, int]:
        """The end of the sentence if the stop at `at` brings it, and the offset behind the run of stops."""
        end = at
        while end - at < _LONGEST_RUN and self._peek(end) in _STOPS:
            end += 1
        if self._kind is _Kind.ITEM:
            return None, end
        closed = self._closed(end)
        return None if self._goes_on(self._text[at:end], at, closed) else self._marked(closed), end

    def _breaks(self, at: int) -> bool:
        """Whether the line break at `at` ends the block of text."""
        at = self._unblank(at + 1)
        if self._peek(at) in {"", "\n"}:
            return True
        return self._kind_at(at) not in {_Kind.PROSE, _Kind.QUOTE if self._quoted else _Kind.PROSE}

    def _skipped(self, at: int, sign: str) -> int:
        """The offset behind a code span or link that begins at `at`, or behind the sign if it begins none."""
        if sign == "`":
            return self._code_end(at)
        if sign == "[" and (link := self._matched(_LINK, _MAYBE_LINK, at)):
            return link
        return at + 1

    def _matched(self, pattern: re.Pattern[str], beginning: re.Pattern[str], at: int) -> int | None:
        """The end of a match; undecided while the text may be the `beginning` of one."""
        if found := pattern.match(self._text, at):
            return found.end()
        if not self._final and beginning.fullmatch(self._text, at):
            raise _UndecidedError
        return None

    def _code_end(self, at: int) -> int:
        """The offset behind the code span at `at`, or behind its backticks if nothing closes them on the line."""
        inner = at
        while inner - at < _LONGEST_RUN and self._peek(inner) == "`":
            inner += 1
        limit = inner + _FAR
        newline = self._text.find("\n", inner, limit)
        limit = limit if newline < 0 else newline
        found = re.compile(rf"(?<!`)`{{{inner - at}}}(?!`)").search(self._text, inner, limit)
        if found and found.end() < len(self._text):
            return found.end()
        if limit > len(self._text):
            self._whole()
        return found.end() if found else inner

    def _closed(self, at: int) -> int:
        """The offset behind closing quotes, brackets and emphasis."""
        end = at
        while (sign := self._peek(end)) in _CLOSERS or sign in _AMBIGUOUS:
            begin, end = end, end + 1
            while sign in _AMBIGUOUS and end - begin < _LONGEST_RUN and self._peek(end) == sign:
                end += 1
            opened = self._text.count(self._text[begin:end], max(self._start, begin - _FAR), begin) % 2 == 1
            if sign in _AMBIGUOUS and not opened and self._peek(end).strip():
                return begin
        return end

    def _goes_on(self, run: str, at: int, closed: int) -> bool:
        """Whether the sentence goes on behind the stops `run`, which end before `closed`."""
        after = self._peek(closed)
        if after in _GOES_ON or run[-1] in _WIDE_STOPS:
            return after in _GOES_ON
        glued = bool(after.strip()) and self._marked(closed) == closed
        if glued and (after.isdigit() or not _IS_CJK.match(after)):
            return True
        if "…" in run or ".." in run:
            return glued or not self._word_after(closed)[:1].isupper()
        if keeps_stop(self._text[max(self._start, at - _LONGEST_WORD) : at], lambda: self._word_after(closed)):
            return True
        quoted = run[-1] in "!?" or closed > at + len(run)
        return quoted and self._word_after(closed)[:1].islower()

    def _word_after(self, at: int) -> str:
        """The next word on this line or the following one; "" where something else than a word follows."""
        at = self._unblank(at)
        end = at = self._unblank(at + 1) if self._peek(at) == "\n" else at
        while end - at < _LONGEST_WORD and self._peek(end).isalnum():
            end += 1
        return self._text[at:end]

    def _unblank(self, at: int) -> int:
        """The offset of the first line break or other character than a blank."""
        limit = at + _LONGEST_BLANK
        while at < limit and (sign := self._peek(at)) != "\n" and sign.isspace():
            at += 1
        return at

    def _marked(self, at: int) -> int:
        """The offset behind the citation marks and a second full stop behind those; `at` when there are none."""
        end = at
        while True:
            begin = self._unblank(end)
            if self._peek(begin) not in _MARK_OPENERS:
                break
            if not (found := self._matched(_MARKS, _MAYBE_MARKS, begin)):
                break
            target = self._matched(_TARGET, _MAYBE_TARGET, found) if self._peek(found) == "(" else None
            end = target or found
        while end > at and self._peek(end) in {".", "。"}:
            end += 1
        return end
