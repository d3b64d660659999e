"""Lays the picked units out as statements: order, labels, lists, tables, quotes of another language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Protocol

from rag.extract.asked import ONE_FACT
from rag.extract.blocks import (
    ListBlock,
    Paragraph,
    TableBlock,
    is_filler,
    without_connective,
)
from rag.extract.outline import Outline
from rag.extract.scoring import Evidence, WriterSettings
from rag.extract.selection import Pick, matching_items
from rag.extract.units import Shape, Unit, slice_of
from rag.extract.words import words_of
from rag.headings import clean_heading
from rag.ports import Statement, Support
from rag.sentences import Span
from rag.types import Language, Retrieval


class Texts(Protocol):
    """The writer's few sentences of its own, in the reader's language."""

    def text(self, key: str, language: Language, **values: str) -> str:
        """The text of a key with its values filled in."""
        ...


def statements_of(
    evidence: Evidence,
    picks: Sequence[Pick],
    retrieval: Retrieval,
    texts: Texts,
    settings: WriterSettings,
    *,
    as_picked: bool = False,
) -> Iterator[Statement]:
    """The picks as statements: best passage first, or that picked first; within a passage as in the source."""
    page = _Page(evidence, retrieval, texts, settings)
    best_last = picks[::-1] if as_picked else sorted(picks, key=lambda chosen: evidence.total(chosen.unit))
    order = {evidence.units[chosen.unit].passage: -rank for rank, chosen in enumerate(best_last)}

    def place(chosen: Pick) -> tuple[bool, int, int, int]:
        unit = evidence.units[chosen.unit]
        return unit.foreign, order[unit.passage], unit.block, unit.part

    grouped = groupby(sorted(picks, key=place), key=lambda chosen: page.section(evidence.units[chosen.unit]))
    groups = [list(members) for _, members in grouped]
    if len(groups) > 1 and all(page.is_entry(members) for members in groups):
        yield from page.entries([members[0] for members in groups])
        return
    shared = _shared_labels([evidence.units[members[0].unit] for members in groups])
    for members in groups:
        first = evidence.units[members[0].unit]
        label = page.named_label(first) if first.around in shared else first.around
        yield from page.group(members, label=label, several=len(groups) > 1)


def _shared_labels(units: Sequence[Unit]) -> frozenset[str]:
    """The headings that stand above several groups, so that they tell nothing apart: "Contingency plan"."""
    counts = Counter(unit.around for unit in units)
    return frozenset(label for label, count in counts.items() if label and count > 1)


def outline_statements(outline: Outline, retrieval: Retrieval) -> Iterator[Statement]:
    """The sections below a heading as a list: each one's name and its telling sentence."""
    yield Statement(text=f"**{outline.heading}**", lead="")
    colon = "：" if retrieval.language in {Language.ZH, Language.JA} else ": "
    for branch in outline.branches:
        quote = slice_of(retrieval.quotable[branch.passage].chunk.text, branch.span)
        support = (Support(passage=branch.passage, quote=quote),)
        yield Statement(text=f"- **{branch.heading}**{colon}{_one_line(quote)}", lead="\n", support=support)


_SENTENCES_A_MARK = 3
"""More sentences before one mark leave a reader in doubt about what it covers."""


class _Page:
    """Lays out groups of picks; remembers what stood last, which decides the separator of what comes next."""

    def __init__(self, evidence: Evidence, retrieval: Retrieval, texts: Texts, settings: WriterSettings) -> None:
        self._evidence = evidence
        self._retrieval = retrieval
        self._texts = texts
        self._settings = settings
        self._last: Statement | None = None
        self._running = False
        self._warned = False
        self._opened = False

    def section(self, unit: Unit) -> tuple[int, int]:
        """The passage of a unit and the place of the heading nearest above it."""
        return unit.passage, unit.content.label.start if unit.content.label else -1

    def named_label(self, unit: Unit) -> str:
        """The heading above a unit after that of the whole that it belongs to."""
        passage = self._retrieval.quotable[unit.passage]
        path = (passage.document.title, *passage.chunk.section)
        above = next((name for name in map(clean_heading, reversed(path)) if name and name != unit.around), "")
        return " · ".join(filter(None, (above, unit.around)))

    def group(self, members: Sequence[Pick], *, label: str, several: bool) -> Iterator[Statement]:
        """One section's picks, under its label where that helps."""
        first = self._evidence.units[members[0].unit]
        self._running = False
        self._opened = False
        yield from self._notice(first)
        if label and self._label_helps(label, members, several=several):
            yield self._put(f"**{label}**", "\n\n")
            self._opened = True
        items = [self._evidence.units[c.unit] for c in members if self._evidence.units[c.unit].shape is Shape.ITEM]
        beside = bool(items) and len(members) > 1
        listed = beside or any("\n" in item.text.strip() for item in items)
        for run in self._runs(members):
            yield from self._pick(run[0], listed=listed) if len(run) == 1 else [self._sentences(run)]

    def is_entry(self, members: Sequence[Pick]) -> bool:
        """Whether a section gives one entry of a list, on one line, and nothing else."""
        unit = self._evidence.units[members[0].unit]
        named = unit.text.lstrip().startswith("**")
        return len(members) == 1 and unit.shape is Shape.ITEM and named and "\n" not in unit.text.strip()

    def entries(self, picks: Sequence[Pick]) -> Iterator[Statement]:
        """Single entries of several lists as one list."""
        yield from self._notice(self._evidence.units[picks[0].unit])
        for number, chosen in enumerate(picks):
            yield from self._pick(chosen, listed=True)
            self._opened = number < len(picks)

    def _notice(self, unit: Unit) -> Iterator[Statement]:
        if unit.foreign and not self._warned:
            self._warned = True
            reader = self._retrieval.language
            original = self._retrieval.quotable[unit.passage].document.language
            name = self._texts.text(f"language_{original.value}", reader)
            yield self._put(self._texts.text("other_language", reader, original=name), "\n\n")

    def _runs(self, members: Sequence[Pick]) -> Iterator[Sequence[Pick]]:
        """Sentences in a row that rest on the same passages go together: one mark for all says it."""
        run: list[Pick] = []
        for chosen in members:
            if run and not (len(run) < _SENTENCES_A_MARK and self._sources(run[0]) == self._sources(chosen)):
                yield run
                run = []
            run.append(chosen)
        if run:
            yield run

    def _sources(self, chosen: Pick) -> frozenset[int] | int:
        """The passages that carry a sentence; what is no sentence of a paragraph is like nothing else."""
        units = [self._evidence.units[n] for n in (chosen.unit, *chosen.also)]
        return frozenset(unit.passage for unit in units) if units[0].shape is Shape.SENTENCE else chosen.unit

    def _sentences(self, run: Sequence[Pick]) -> Statement:
        first, *further = (self._words(self._evidence.units[chosen.unit]) for chosen in run)
        unit = self._evidence.units[run[0].unit]
        words = first if self._running else ("> " if unit.foreign else "") + without_connective(first)
        for sentence in further:
            words += joint(words) + sentence
        lead = joint(self._last.text) if self._running and self._last else self._block_lead()
        statement = self._put(words, lead, tuple(support for chosen in run for support in self._support(chosen)))
        self._running = True
        return statement

    def _label_helps(self, label: str, members: Sequence[Pick], *, several: bool) -> bool:
        units = [self._evidence.units[chosen.unit] for chosen in members]
        nameless = units[0].shape is Shape.ITEM and not units[0].text.lstrip().startswith("**")
        if nameless and self._evidence.aspects[0].kind not in ONE_FACT:
            # "Waiting too long" is advice or a mistake: an entry without a name needs its heading.
            return True
        if not several:
            return isinstance(units[0].content, ListBlock) and not units[0].content.intro and len(units) > 1
        if len(units) > 1 or units[0].shape in {Shape.LIST, Shape.TABLE}:
            return True
        return bool(words_of(label) & set(self._evidence.weights[0]) - units[0].terms)

    def _pick(self, chosen: Pick, *, listed: bool) -> Iterator[Statement]:
        unit = self._evidence.units[chosen.unit]
        match unit.shape:
            case Shape.LIST:
                yield from self._list(unit, chosen)
            case Shape.TABLE | Shape.CODE:
                yield from self._intro(unit)
                yield self._put(self._slice(unit, unit.span), "\n\n", self._table_support(unit, chosen))
            case Shape.ITEM if listed:
                yield self._put(f"- {self._body(unit, unit.part)}", self._list_lead(), self._support(chosen))
            case _:
                yield self._sentences([chosen])

    def _words(self, unit: Unit) -> str:
        return self._body(unit, unit.part) if unit.shape is Shape.ITEM else _one_line(unit.text)

    def _list(self, unit: Unit, chosen: Pick) -> Iterator[Statement]:
        assert isinstance(unit.content, ListBlock)
        yield from self._intro(unit)
        total = len(unit.content.items)
        shown = self._shown_items(unit, total)
        for number, part in enumerate(shown, 1):
            marker = f"{number}." if unit.content.ordered and len(shown) == total else "-"
            support = (Support(passage=unit.passage, quote=self._slice(unit, unit.content.items[part].span)),)
            yield self._put(f"{marker} {self._body(unit, part)}", self._list_lead(), support)
        if len(shown) < total:
            remark = self._texts.text("part_of_list", self._retrieval.language, shown=str(len(shown)), total=str(total))
            yield self._put(remark, "\n\n")

    def _shown_items(self, unit: Unit, total: int) -> Sequence[int]:
        if total <= self._settings.list_items:
            return range(total)
        units = self._evidence.units
        items = [
            n
            for n, other in enumerate(units)
            if (other.passage, other.block, other.shape) == (unit.passage, unit.block, Shape.ITEM)
        ]
        matching = matching_items(self._evidence, items) or items
        return [units[n].part for n in matching][: self._settings.list_items]

    def _intro(self, unit: Unit) -> Iterator[Statement]:
        """What announces a list or a table, or its heading where the announcement names nothing that is asked for.

        It carries no mark: the entries carry theirs.
        """
        if isinstance(unit.content, Paragraph) or unit.content.intro is None:
            return
        words = _one_line(self._slice(unit, unit.content.intro))
        named = bool(words_of(words) & set(self._evidence.weights[0]))
        if is_filler(words) and (self._opened or not named):
            if unit.around and not self._opened:
                yield self._put(f"**{unit.around}**", "\n\n")
                self._opened = True
            return
        mark = "> " if unit.foreign and not self._running else ""
        lead = joint(self._last.text) if self._running and self._last else self._block_lead()
        yield self._put(mark + (words if self._running else without_connective(words)), lead)
        self._opened = True

    def _body(self, unit: Unit, part: int) -> str:
        """The words of a list item without its marker; nested lines keep their indentation."""
        assert isinstance(unit.content, ListBlock)
        item = unit.content.items[part]
        first, *nested = self._slice(unit, Span(start=item.body, end=item.span.end)).splitlines()
        return "\n".join([first.rstrip(), *(line.rstrip() for line in nested if line.strip())])

    def _slice(self, unit: Unit, span: Span) -> str:
        return self._retrieval.quotable[unit.passage].chunk.text[span.start : span.end]

    def _support(self, chosen: Pick) -> tuple[Support, ...]:
        units = [self._evidence.units[n] for n in (chosen.unit, *chosen.also)]
        return tuple(Support(passage=unit.passage, quote=self._slice(unit, unit.span)) for unit in units)

    def _table_support(self, unit: Unit, chosen: Pick) -> tuple[Support, ...]:
        if not isinstance(unit.content, TableBlock) or not unit.content.rows:
            return self._support(chosen)
        weights = self._evidence.weights[0]
        rows = [self._slice(unit, row) for row in unit.content.rows]
        best = max(rows, key=lambda row: sum(weights.get(term, 0.0) for term in words_of(row)))
        return (Support(passage=unit.passage, quote=best),)

    def _list_lead(self) -> str:
        return "\n" if self._opened and self._last and not self._last.text.startswith("|") else "\n\n"

    def _block_lead(self) -> str:
        under_label = self._opened and self._last is not None and not self._last.support
        return "\n" if under_label else "\n\n"

    def _put(self, text: str, lead: str, support: tuple[Support, ...] = ()) -> Statement:
        statement = Statement(text=text, lead=lead if self._last else "", support=support)
        self._last = statement
        self._running = False
        self._opened = bool(support)
        return statement


def _one_line(text: str) -> str:
    """Running text on one line; a line break between two Chinese characters stood for nothing."""
    joined = re.sub(r"(?<=[\u2e80-\u9fff\uff00-\uffef])\s*\n\s*(?=[\u2e80-\u9fff])", "", text)
    return re.sub(r"\s+", " ", joined).strip()


def joint(before: str) -> str:
    """What separates a sentence from the one before it."""
    return "" if before.endswith(tuple("。！？；”」）")) else " "
