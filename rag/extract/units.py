"""What the extractive writer can quote: sentences, list items, lists, tables and code of the passages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from rag.extract.blocks import (
    Block,
    CodeBlock,
    ListBlock,
    Paragraph,
    TableBlock,
    blocks_of,
    is_dangling,
    is_filler,
    label_text,
)
from rag.extract.words import held_words, words_of
from rag.headings import clean_heading
from rag.sentences import Span
from rag.types import Language, Passage


class Shape(Enum):
    """What a unit is in the source."""

    SENTENCE = auto()
    ITEM = auto()
    LIST = auto()
    TABLE = auto()
    CODE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """The least that an answer quotes. `terms` are its own words' terms, `context` those of what stands around it.

    `text` are the words it is judged by (of a list its introduction), `whole` what is quoted. `around` is the nearest
    heading, `named` its terms, `prior` how good the passage is as a share of the best one.
    """

    passage: int
    block: int
    part: int
    shape: Shape
    content: Block
    span: Span
    text: str
    whole: str
    terms: frozenset[str]
    context: frozenset[str]
    around: str
    named: frozenset[str]
    document: str
    prior: float
    foreign: bool


def units_of(passages: Mapping[int, Passage], language: Language, *, code: bool, sure: bool = False) -> list[Unit]:
    """Everything in the passages that can be quoted, in the order of passages and reading; the keys name them.

    Where the search is `sure`, the questions that a passage's author expects stand around what it says, as headings do.
    """
    top = max((passage.score for passage in passages.values()), default=0.0) or 1.0
    units: list[Unit] = []
    for index, passage in passages.items():
        heading = held_words(" ".join(passage.chunk.section[-2:]))
        prior = passage.score / top
        foreign = passage.document.language is not language
        expected = words_of(" ".join(passage.chunk.questions)) if sure else frozenset[str]()
        for number, block in enumerate(blocks_of(passage.chunk.text)):
            above = _heading(passage, block)
            named = words_of(above)
            for part, shape, span, text, around in _pieces(passage.chunk.text, block, above):
                terms = words_of(text)
                if not terms or (shape is Shape.CODE and not code) or (shape is Shape.SENTENCE and terms <= heading):
                    continue
                units.append(
                    Unit(
                        passage=index,
                        block=number,
                        part=part,
                        shape=shape,
                        content=block,
                        span=span,
                        text=text,
                        whole=slice_of(passage.chunk.text, span),
                        terms=terms,
                        context=(heading | expected | words_of(around)) - terms,
                        around=above,
                        named=named,
                        document=passage.document.id,
                        prior=prior,
                        foreign=foreign,
                    )
                )
    return units


def _heading(passage: Passage, block: Block) -> str:
    if block.label:
        return label_text(passage.chunk.text, block.label)
    return clean_heading(passage.chunk.section[-1]) if passage.chunk.section else ""


_Piece = tuple[int, Shape, Span, str, str]


def _pieces(text: str, block: Block, heading: str) -> Iterator[_Piece]:
    """Part number, shape, span, own words and words around of each quotable piece of a block.

    A list or a table is announced by the heading above it when nothing else does.
    """
    label = label_text(text, block.label) if block.label else ""
    match block:
        case Paragraph():
            before = label
            for part, span in enumerate(block.sentences):
                sentence = text[span.start : span.end]
                if not is_filler(sentence):
                    yield part, Shape.SENTENCE, span, sentence, f"{label} {before}" if is_dangling(sentence) else label
                before = sentence
        case ListBlock():
            intro = slice_of(text, block.intro)
            whole = Span(start=block.items[0].span.start, end=block.items[-1].span.end)
            yield (
                -1,
                Shape.LIST,
                whole,
                f"{label} {intro}".strip() or heading or text[whole.start : whole.end],
                text[whole.start : whole.end],
            )
            for part, item in enumerate(block.items):
                yield part, Shape.ITEM, item.span, text[item.body : item.span.end], f"{label} {intro}"
        case TableBlock():
            table = slice_of(text, block.span)
            head = f"{slice_of(text, block.intro) or heading}\n{table.partition(chr(10))[0]}"
            yield -1, Shape.TABLE, block.span, head, f"{label}\n{table}"
        case CodeBlock():
            yield -1, Shape.CODE, block.span, f"{slice_of(text, block.intro)}\n{slice_of(text, block.span)}", label


def slice_of(text: str, span: Span | None) -> str:
    """The words that a span holds; "" for no span."""
    return text[span.start : span.end] if span else ""


def is_nested(unit: Unit) -> bool:
    """Whether an entry of a list has a list of its own."""
    return unit.shape is Shape.ITEM and bool(_NESTED.search(unit.text))


def stands_alone(sentence: str) -> bool:
    """Whether a sentence tells something to a reader who sees nothing else."""
    asks = sentence.rstrip('*_ ”"').endswith(("？", "?", "：", ":"))
    return not (asks or is_filler(sentence) or is_dangling(sentence))


_NESTED = re.compile(r"\n[ \t]+(?:[-*+•]|\d{1,2}[.)、])[ \t]*\S")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_WORD = re.compile(r"[A-Za-z0-9À-ɏ]+")


def size_of(text: str) -> int:
    """Length in the units of the budget: a Chinese character is one, a word of another script two."""
    return len(_WIDE.findall(text)) + 2 * len(_WORD.findall(text))


SINGLE = frozenset({Shape.SENTENCE, Shape.ITEM})
MANIFOLD = frozenset({Shape.LIST, Shape.TABLE})
