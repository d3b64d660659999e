"""Decides, sentence by sentence, what of a model's text a reader gets to see.

A sentence passes with its evidence or not at all. Headings, lead-ins and the heads of tables carry no fact: they wait
for something below them that passes, and go with it or are forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from rag.citations import split_marks
from rag.extract.words import words_of
from rag.ports import Statement, Support
from rag.sentences import sentence_spans
from rag.writing.evidence import Evidence
from rag.writing.neutral import Library, neutral
from rag.writing.phrases import is_courtesy, is_denial

_FENCE = re.compile(r"(?:`{3,}|~{3,})")
_RULE = re.compile(r"(?:[-*_=]{3,}|\|[\s:|-]+\|?)\s*$")
_HEADING = re.compile(r"(#{1,6})\s+\S|\*\*[^*\n]{1,60}\*\*[:：]?$")
_ITEM = re.compile(r"(?:[-*+·][ \t]|[•●▪◦①-⑳]|\d{1,3}[.)](?:[ \t]|(?=[㐀-鿿]))|\d{1,2}、|[(（]\d{1,2}[)）])[ \t]*")
_NUMBERED = re.compile(r"(\d{1,3})(?:[.)](?=[ \t㐀-鿿])|、)")
_LABEL = re.compile(r"\*\*[^*\n]{1,40}?(?:[:：]\*\*|\*\*\s*[:：])\s*")
_LONGEST_HEADING = 80
_LEAKED = 0.85
"""Share of a sentence's words in the prompt's rules from which it counts as a copy of these."""


class Shape(Enum):
    """What a piece of a model's text is in Markdown."""

    SENTENCE = auto()
    ITEM = auto()
    ROW = auto()
    RULE = auto()
    HEADING = auto()
    LEAD_IN = auto()
    CODE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How far sentences are trusted.

    Attributes:
        passages: how many numbered passages the model was shown.
        mark: what is put behind an unsupported sentence; "" leaves such sentences out.
        library: what the library itself says, links included.
        prompt: the rules that the model was given, which a reader never sees.
    """

    passages: int
    mark: str
    library: Library
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    statement: Statement
    shape: Shape
    level: int = 0


class Checker:
    """Turns the pieces of one model's answer into statements that may be shown; each is final.

    Attributes:
        doubted: whether a sentence was left out or marked for lack of evidence.
    """

    def __init__(self, evidence: Evidence, rules: Rules) -> None:
        self._evidence = evidence
        self._rules = rules
        self._prompt = words_of(rules.prompt)
        self._waiting: list[_Waiting] = []
        self._said: set[str] = set()
        self._gap = ""
        self._in_table = False
        self._skipped = 0
        self._passed = False
        self.doubted = False

    async def take(self, piece: str) -> Sequence[Statement]:
        """What may be shown now that a piece of a `SentenceStream` has come."""
        body = piece.strip()
        lead = self._lead(piece)
        if not body:
            return ()
        if _FENCE.match(body):
            return self._code(body, lead)
        text, cited = self._cleaned(body)
        shape = shape_of(text)
        heads = text.startswith("|") and (not self._in_table or shape is Shape.RULE)
        self._in_table = text.startswith("|")
        if not text or (shape is Shape.RULE and not heads):
            return self._left_out(lead)
        if heads or shape in {Shape.HEADING, Shape.LEAD_IN}:
            return await self._announced(text, cited, lead, shape)
        return await self._told(text, cited, lead, shape)

    def _cleaned(self, body: str) -> tuple[str, tuple[int, ...]]:
        marked = split_marks(neutral(body, self._rules.library), passages=self._rules.passages)
        # A mark inside another joins to a new one when it is taken out.
        text = marked.text.strip()
        while (again := split_marks(text, passages=0)).invented:
            text = again.text.strip()
        return text, marked.cited

    async def _announced(self, text: str, cited: Sequence[int], lead: str, shape: Shape) -> Sequence[Statement]:
        """A heading, a lead-in or a table's head: waits when it states nothing, else it has to be supported."""
        if not (shape is Shape.RULE or self._announces(text, shape)):
            return await self._told(text, cited, lead, Shape.SENTENCE)
        level = _level(text) if shape is Shape.HEADING else 0
        if shape is Shape.HEADING:
            self._waiting = [each for each in self._waiting if each.shape is Shape.HEADING and each.level < level]
        self._waiting.append(_Waiting(statement=Statement(text=text, lead=lead), shape=shape, level=level))
        return ()

    async def _told(self, text: str, cited: Sequence[int], lead: str, shape: Shape) -> Sequence[Statement]:
        key = " ".join(text.lower().split())
        if key in self._said or is_courtesy(text):
            return self._left_out(lead)
        if is_denial(text):
            return self._remark(text, lead, key)
        support = await self._evidence.judge(_unlisted(text), cited)
        if not support and shape is Shape.ITEM:
            text, support = await self._salvaged(text, cited)
        if support:
            self._said.add(key)
            return self._released(Statement(text=self._renumbered(text), lead=lead, support=support), shape)
        self.doubted = True
        if not self._rules.mark or self._is_leak(text):
            self._skip(text)
            return self._left_out(lead)
        return self._marked(text, lead, shape)

    def _announces(self, text: str, shape: Shape) -> bool:
        """Whether a heading, a lead-in or the names of columns state nothing of their own."""
        if shape is Shape.ROW:
            return self._evidence.is_known(text)
        return len(text) <= _LONGEST_HEADING and self._evidence.is_plain(text)

    async def _salvaged(self, text: str, cited: Sequence[int]) -> tuple[str, tuple[Support, ...]]:
        """The sentences of a list item that pass when not all do."""
        sign = _ITEM.match(text)
        head = sign[0] if sign else ""
        body = text[len(head) :]
        label = _LABEL.match(body)
        start = label.end() if label and self._evidence.is_known(label[0]) else 0
        spans = sentence_spans(body[start:])
        kept: list[str] = []
        support: dict[int, Support] = {}
        for span in spans if len(spans) > 1 else ():
            sentence = body[start:][span.start : span.end]
            if found := await self._evidence.judge(sentence, cited):
                kept.append(sentence)
                support |= {each.passage: each for each in found}
        blank = " " if body.isascii() else ""
        return head + body[:start] + blank.join(kept) if kept else text, tuple(support.values())

    def _code(self, body: str, lead: str) -> Sequence[Statement]:
        """Code stands only as a passage has it."""
        lines = body.splitlines()
        inner = lines[1:-1] if len(lines) > 1 and _FENCE.match(lines[-1].strip()) else lines[1:]
        support = self._evidence.holds_verbatim("\n".join(inner))
        if support is None:
            self.doubted = True
            return self._left_out(lead)
        closed = "\n".join(["```", *inner, "```"])
        return self._released(
            Statement(text=closed, lead="\n" if "\n" in lead else "\n\n", support=(support,)), Shape.CODE
        )

    def _remark(self, text: str, lead: str, key: str) -> Sequence[Statement]:
        """What the model says the sources do not tell: shown beside something that they do tell, without a fact."""
        if not self._evidence.is_known(text) or "_" in text:
            return self._left_out(lead)
        self._said.add(key)
        remark = Statement(text=text, lead=lead)
        if self._passed:
            self._gap = ""
            return (remark,)
        self._waiting.append(_Waiting(statement=remark, shape=Shape.SENTENCE))
        return ()

    def _marked(self, text: str, lead: str, shape: Shape) -> Sequence[Statement]:
        """An unsupported sentence with its mark, which waits like a heading until something has passed."""
        cell = shape is Shape.ROW and text.endswith("|")
        marked = f"{text[:-1].rstrip()}{self._rules.mark} |" if cell else f"{text}{self._rules.mark}"
        statement = Statement(text=marked, lead=lead)
        self._gap = ""
        if self._passed:
            return (*self._flushed(), statement)
        self._waiting.append(_Waiting(statement=statement, shape=Shape.SENTENCE))
        return ()

    def _released(self, statement: Statement, shape: Shape) -> Sequence[Statement]:
        """A statement that passed, behind what has waited for it."""
        if shape is Shape.SENTENCE and self._gap:
            # What the lead-in announced was left out; it announces nothing of this.
            self._waiting = [each for each in self._waiting if each.shape not in {Shape.LEAD_IN, Shape.ROW, Shape.RULE}]
        self._gap, self._passed = "", True
        return (*self._flushed(), statement)

    def _flushed(self) -> Sequence[Statement]:
        waiting, self._waiting = self._waiting, []
        return tuple(each.statement for each in waiting)

    def _left_out(self, lead: str) -> Sequence[Statement]:
        self._gap = max(self._gap, lead, key=lambda each: each.count("\n"))
        return ()

    def _lead(self, piece: str) -> str:
        """What separates a piece from the text before it, across whatever was left out between them."""
        blank = piece[: len(piece) - len(piece.lstrip())]
        breaks = max(blank.count("\n"), self._gap.count("\n"))
        if not breaks:
            return " " if blank or self._gap else ""
        indent = blank.rpartition("\n")[2].replace("\t", "    ")[:8] if "\n" in blank else ""
        return "\n" * min(breaks, 2) + (indent if _ITEM.match(piece.strip()) else "")

    def _skip(self, text: str) -> None:
        if found := _NUMBERED.match(text):
            self._skipped = 1 if found[1] == "1" else self._skipped + 1

    def _renumbered(self, text: str) -> str:
        """An item of a numbered list, whose numbers close up where items were left out."""
        found = _NUMBERED.match(text)
        if not found:
            return text
        number = int(found[1])
        self._skipped = 0 if number == 1 else self._skipped
        return f"{max(1, number - self._skipped)}{text[len(found[1]) :]}"

    def _is_leak(self, text: str) -> bool:
        words = words_of(text)
        return len(words & self._prompt) >= _LEAKED * len(words)


def shape_of(text: str) -> Shape:
    """What a piece without its surrounding blanks is."""
    if _FENCE.match(text):
        return Shape.CODE
    if _RULE.fullmatch(text):
        return Shape.RULE
    if text.startswith("|"):
        return Shape.ROW
    if _HEADING.match(text):
        return Shape.HEADING
    if _ITEM.match(text):
        return Shape.ITEM
    return Shape.LEAD_IN if text.rstrip("*_ ").endswith((":", "：")) else Shape.SENTENCE


def _level(text: str) -> int:
    found = _HEADING.match(text)
    return len(found[1]) if found and found[1] else 7


def _unlisted(text: str) -> str:
    """A list item without its sign, which is no word of the claim."""
    found = _ITEM.match(text)
    return text[found.end() :] if found else text
