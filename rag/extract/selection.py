"""Which units an answer says: what answers best, said once, within the budgets."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from rag.extract.asked import ONE_FACT, Aspect, Kind, heading_answers
from rag.extract.blocks import is_dangling
from rag.extract.forms import is_of_another_period
from rag.extract.objects import only_abroad
from rag.extract.scoring import Evidence, WriterSettings, coverage
from rag.extract.units import MANIFOLD, Shape, Unit, is_nested, size_of
from rag.extract.words import words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A unit that the answer says, with other units that say the same and lend their support."""

    unit: int
    also: tuple[int, ...] = ()


def pick(evidence: Evidence, settings: WriterSettings) -> list[Pick]:
    """The units that answer the question, best first; none when nothing fits."""
    usable = _usable(evidence, settings)
    ranked = sorted(usable, key=lambda index: (-evidence.total(index), index))
    if not ranked:
        return []
    best_total = evidence.total(ranked[0])
    least = settings.least_foreign if evidence.units[ranked[0]].foreign else settings.least_score
    if best_total < least:
        return []
    selection = _Selection(evidence, settings)
    for index, owed in _leads(evidence, ranked, least):
        if owed or evidence.total(index) >= 0.6 * best_total:
            selection.take(index, forced=True)
    for index in ranked:
        if evidence.total(index) >= selection.bar(index) * best_total:
            selection.take(index)
    return selection.picks


def _leads(evidence: Evidence, ranked: Sequence[int], least: float) -> list[tuple[int, bool]]:
    """For each part of the question and each side of a comparison the unit that answers it best, where one does.

    The flag says whether the answer owes it to the question, however little its words are those of the question.
    """
    quotable = [n for n in ranked if not (evidence.units[n].part == 0 and is_dangling(evidence.units[n].text))]
    eligible = {
        number: [n for n in quotable if aspect.kind is not Kind.COMPARISON or _names(evidence.units[n], aspect)]
        for number, aspect in enumerate(evidence.aspects)
        if number
    }
    together = _best_passage(evidence, eligible)
    sides = _sides_of_headings(evidence, eligible)
    leads = []
    for number, named in eligible.items():
        scores = evidence.scores[number]
        best = max(named, key=lambda n: scores[n], default=None)
        if best is None or (scores[best] < max(least, 0.5 * max(scores)) and number not in sides):
            continue
        near = [n for n in named if evidence.units[n].passage == together and scores[n] >= 0.75 * scores[best]]
        leads.append((max(near, key=lambda n: scores[n], default=best), number in sides))
    return leads


def _sides_of_headings(evidence: Evidence, eligible: Mapping[int, Sequence[int]]) -> frozenset[int]:
    """The sides of a comparison, if each has a heading of its own that names it: one alone would be no comparison."""
    sides = [number for number in eligible if evidence.aspects[number].kind is Kind.COMPARISON]
    headed = [
        number
        for number in sides
        if any(set(evidence.aspects[number].terms) <= evidence.units[n].named for n in eligible[number])
    ]
    return frozenset(sides) if len(sides) > 1 and len(headed) == len(sides) else frozenset()


def _best_passage(evidence: Evidence, eligible: Mapping[int, Sequence[int]]) -> int | None:
    """The passage that says most about all parts together: two sides read best side by side."""
    best: dict[tuple[int, int], float] = {}
    for number, indices in eligible.items():
        for n in indices:
            key = evidence.units[n].passage, number
            best[key] = max(best.get(key, 0.0), evidence.scores[number][n])
    totals = {passage: sum(value for key, value in best.items() if key[0] == passage) for passage, _ in best}
    return max(totals, key=lambda passage: totals[passage], default=None)


def _names(unit: Unit, aspect: Aspect) -> bool:
    """Whether a unit is about one side of a comparison; likeness in meaning does not tell the sides apart."""
    return any(term in unit.terms or term in unit.context for term in aspect.terms)


def _usable(evidence: Evidence, settings: WriterSettings) -> list[int]:
    """Units after two decisions: which languages to quote, and of each list whether it is quoted whole or by items."""
    chosen = _in_language(evidence, settings)
    usable = []
    by_list = groupby(chosen, key=lambda n: (evidence.units[n].passage, evidence.units[n].block))
    for _, group in by_list:
        members = list(group)
        whole = next((n for n in members if evidence.units[n].shape is Shape.LIST), None)
        if is_of_another_period(evidence.aspects[0].text, evidence.units[members[0] if whole is None else whole].text):
            continue
        usable += members if whole is None else _list_or_items(evidence, whole, members)
    return usable


def _in_language(evidence: Evidence, settings: WriterSettings) -> list[int]:
    own = [n for n, unit in enumerate(evidence.units) if not unit.foreign]
    other = [n for n, unit in enumerate(evidence.units) if unit.foreign]
    best_own = max((evidence.total(n) for n in own), default=0.0)
    best_other = max((evidence.total(n) for n in other), default=0.0)
    own_fits = best_own >= settings.least_score and best_own >= 0.35 * best_other
    if own_fits and not only_abroad(evidence.aspects[0].terms, evidence.units):
        return own
    if not evidence.vectors:
        # Without an encoder only the retriever has read across the languages: its best passage is all there is.
        first = min((evidence.units[n].passage for n in other), default=0)
        return [n for n in other if evidence.units[n].passage == first]
    return other


_ANNOUNCED = 0.55
"""Share of the question that the head of a list names when the list as a whole is the answer."""


def _list_or_items(evidence: Evidence, whole: int, members: Sequence[int]) -> list[int]:
    items = [n for n in members if n != whole]
    if chosen := _compared(evidence, items) or _unfolded(evidence, whole, items):
        return chosen
    matching = matching_items(evidence, items)
    weights, head = evidence.weights[0], evidence.units[whole].terms | evidence.units[whole].named
    named = sum(weight for term, weight in weights.items() if term in head)
    announced = named >= _ANNOUNCED * sum(weights.values()) and evidence.aspects[0].kind not in ONE_FACT
    if (
        announced
        or _cued(evidence, evidence.units[whole])
        or evidence.aspects[0].kind is Kind.LIST
        or not matching
        or 2 <= len(matching) >= len(items) / 2
    ):
        return [whole]
    return matching


def _compared(evidence: Evidence, items: Sequence[int]) -> list[int]:
    """The items that the sides of a comparison name, if each side names one and the list has others besides."""
    sides = [aspect for aspect in evidence.aspects[1:] if aspect.kind is Kind.COMPARISON]
    if len(sides) < 2:
        return []
    heads = {n: words_of(_head(evidence.units[n])) for n in items}
    named = [[n for n in items if set(side.terms) <= heads[n]] for side in sides]
    chosen = {n for one in named for n in one}
    return sorted(chosen) if all(named) and len(chosen) < len(items) else []


def _unfolded(evidence: Evidence, whole: int, items: Sequence[int]) -> list[int]:
    """The one item that has a list of its own below what is asked for: the technical risks among all risks."""
    units = evidence.units
    held = frozenset[str]().union(*(units[n].terms for n in (whole, *items)))
    terms = held & set(evidence.aspects[0].terms)
    if evidence.aspects[0].kind is not Kind.LIST or terms <= units[whole].terms | units[whole].named:
        return []
    named = [n for n in items if is_nested(units[n]) and terms <= words_of(_head(units[n]))]
    return named if len(named) == 1 else []


def _head(unit: Unit) -> str:
    """What an item is called: its words up to the first colon."""
    return re.split(r"[:：\n]", unit.text, maxsplit=1)[0]


def matching_items(evidence: Evidence, items: Sequence[int]) -> list[int]:
    """The items of a list that alone hold a good part of what is asked; empty when the list answers as a whole."""
    units, weights = evidence.units, evidence.weights[0]
    uses = Counter(term for n in items for term in units[n].terms if term in weights)
    elsewhere = _beside(units, items)
    rare = {term for term, count in uses.items() if count <= max(1, len(items) // 3) and term not in elsewhere}
    found = max((coverage(units[n], weights) for n in items), default=0.0)
    own = {n: sum(weights[term] for term in (units[n].terms & rare)) / (sum(weights.values()) or 1.0) for n in items}
    best = max(own.values(), default=0.0)
    if best >= 0.4 * found and best >= 0.12:
        return [n for n in items if own[n] >= 0.5 * best]
    return _matching_by_meaning(evidence, items)


def _beside(units: Sequence[Unit], items: Sequence[int]) -> set[str]:
    """The terms of the sentences in the same passage: what they hold, the items do not hold alone."""
    passages = {units[n].passage for n in items}
    around = (unit for unit in units if unit.passage in passages and unit.shape is Shape.SENTENCE)
    return {term for unit in around for term in unit.terms}


def _matching_by_meaning(evidence: Evidence, items: Sequence[int]) -> list[int]:
    """Across languages, the one item that stands out, if a single fact or a reason is asked for."""
    if evidence.aspects[0].kind not in {Kind.NUMBER, Kind.TIME, Kind.DEFINITION, Kind.PLAIN, Kind.REASON}:
        return []
    ranked = sorted(items, key=lambda n: -evidence.scores[0][n])
    stands_out = len(ranked) > 1 and evidence.scores[0][ranked[0]] >= 1.25 * evidence.scores[0][ranked[1]]
    return ranked[:1] if stands_out else []


_ENUMERATING = frozenset({Kind.LIST, Kind.METHOD, Kind.COMPARISON})


def _cued(evidence: Evidence, unit: Unit) -> bool:
    return heading_answers(evidence.aspects[0].text, unit.around)


class _Selection:
    """Takes units one by one as long as the budgets last."""

    def __init__(self, evidence: Evidence, settings: WriterSettings) -> None:
        self.picks: list[Pick] = []
        self._evidence = evidence
        self._settings = settings
        self._place = {(u.passage, u.block, u.part): n for n, u in enumerate(evidence.units)}

    def bar(self, index: int) -> float:
        """Share of the best score that a unit must reach: low beside a pick, high once answered."""
        unit = self._unit(index)
        taken = [self._unit(chosen.unit) for chosen in self.picks]
        kind = self._evidence.aspects[0].kind
        if not taken:
            return 0.0
        if any(self._evidence.alike(chosen.unit, index) for chosen in self.picks):
            return self._settings.keep - 0.1
        if kind is Kind.COMPARISON and len(taken) > 1:
            return 0.95
        if kind in ONE_FACT:
            return 0.85
        beside = [other.block for other in taken if other.passage == unit.passage]
        if beside:
            return self._settings.keep - (0.1 if unit.block in beside else 0.0)
        return self._bar_of_another_passage(unit, taken)

    def _bar_of_another_passage(self, unit: Unit, taken: Sequence[Unit]) -> float:
        kind = self._evidence.aspects[0].kind
        if unit.foreign:
            # Across languages only likeness in meaning speaks, and it errs: the second guess is shown as well.
            return 0.82
        whole = taken[0].shape in MANIFOLD
        if whole and _cued(self._evidence, taken[0]):
            return math.inf
        if (whole and kind in _ENUMERATING) or (unit.shape is Shape.TABLE and kind not in _ENUMERATING):
            return 0.97
        more = kind in _ENUMERATING or self._adds(unit, taken)
        return self._settings.keep + (0.06 if more else 0.1)

    def _adds(self, unit: Unit, taken: Sequence[Unit]) -> bool:
        """Whether a unit of another passage speaks of something asked for that the answer does not speak of yet."""
        weights = self._evidence.weights[0]
        told = {term for other in taken for term in other.terms | other.context}
        new = sum(weights[term] for term in (unit.terms | unit.context) - told if term in weights)
        return new >= 0.12 * sum(weights.values())

    def take(self, index: int, *, forced: bool = False) -> None:
        """Adds a unit with the sentence it leans on, or lends its support to one that says the same."""
        fresh = [n for n in self._with_antecedent(index) if not self._merged(n)]
        if fresh and (not self.picks or self._fits(fresh, forced=forced)):
            self.picks += [Pick(unit=n) for n in fresh]

    def _unit(self, index: int) -> Unit:
        return self._evidence.units[index]

    def _with_antecedent(self, index: int) -> list[int]:
        """The unit, led by what it refers back to; empty when that is out of reach."""
        unit = self._unit(index)
        if unit.shape is not Shape.SENTENCE or not is_dangling(unit.text):
            return [index]
        before = self._place.get((unit.passage, unit.block, unit.part - 1))
        led = self._with_antecedent(before) if before is not None else []
        return [*led, index] if 0 < len(led) <= 2 else []

    def _merged(self, index: int) -> bool:
        for at, pick in enumerate(self.picks):
            if index == pick.unit or index in pick.also:
                return True
            if self._evidence.alike(pick.unit, index):
                if not self._unit(index).foreign or self._unit(pick.unit).foreign:
                    self.picks[at] = replace(pick, also=(*pick.also, index))
                return True
        return False

    def _fits(self, fresh: Sequence[int], *, forced: bool) -> bool:
        taken = [self._unit(pick.unit) for pick in self.picks]
        units = [*taken, *(self._unit(index) for index in fresh)]
        sentences = sum(unit.shape in {Shape.SENTENCE, Shape.ITEM} for unit in units)
        most = 2 if self._evidence.aspects[0].kind in ONE_FACT else self._settings.sentences
        if sentences > most or len({unit.document for unit in units}) > self._settings.documents:
            return False
        return forced or sum(size_of(unit.whole) for unit in units) <= self._settings.size
