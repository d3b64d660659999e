"""How well each quotable unit answers each aspect of a question: words, meaning, shape and substance."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass

from rag.extract.asked import Aspect, Kind, heading_answers
from rag.extract.forms import asks_money, lacks_form, shows_figure, shows_money
from rag.extract.objects import advises, beside_the_name, lacks_object
from rag.extract.units import MANIFOLD, SINGLE, Shape, Unit, is_nested
from rag.extract.words import words_of
from rag.ports import Vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterSettings:
    """How much an answer may say, and from which score on a sentence belongs into it."""

    size: int = 420
    """Budget in Chinese characters; an English word counts as two. The list that answers is never cut for it."""

    sentences: int = 7
    """Most sentences outside lists."""

    documents: int = 3
    list_items: int = 12
    """Longer lists are cut to the items that match the question."""

    embedded: int = 24
    """Most pieces embedded for one answer."""

    similarity_floor: float = 0.1
    similarity_ceiling: float = 0.5
    """The cosines between which a sentence goes from unrelated to fitting: a property of the encoder."""

    least_score: float = 0.16
    least_foreign: float = 0.3
    """Scores below which nothing in the passages fits: in the question's language, and in another."""

    certain: float = 0.95
    """Confidence of the search from which on a missing name does not speak against an answer."""

    sure: float = 0.8
    """The same for an abbreviation."""

    trusted: float = 0.5
    """Confidence from which on the best passage is quoted although its words are not the question's."""

    keep: float = 0.7
    """Share of the best score that any further unit must reach."""


_CONTEXT_WEIGHT, _SILENT_WEIGHT = 0.7, 0.4
"""What a heading's words count for a piece that speaks of the question itself, and for one that does not."""

_ASKED_HEADING = 1.5
"""Factor for what stands below a heading of which the question holds every word."""

_ENTRY_WEIGHT = 0.6
"""A list or a table is judged by its head; its entries stand around that, and count for more than a heading."""

_REASON = re.compile(
    r"因为|由于|导致|原因|致使|源于|归因|引发|造成"
    r"|\bbecause\b|\bdue to\b|\bowing to\b|\breasons?\b|\bcaused?\b|\bled to\b|\bsince\b|\bwithout\b",
    re.IGNORECASE,
)
_DEFINED = re.compile(
    r"^(?P<head>.{1,80}?)(?:是指|指的?是|指|是一|是|即|定义为|[：:]"
    r"|\b(?:is|are|means?|refers? to|describes?|stands? for)\b)",
    re.DOTALL,
)
_GLOSSED = re.compile(r"^(?P<head>[^，。,.（(]{1,40}?)\s*[（(][^）)]{2,60}[）)]")
_DEFINED_PLAINLY = re.compile(r"是指|指的是|是一[种个类]|定义为|\b(?:is an?|refers? to|means|stands for|defined as)\b")
_ASKS_HOW = re.compile(r"[如为]何|怎样|怎么|\bhow to\b", re.IGNORECASE)
_LINK = re.compile(r"\[[^\]]*\]\([^)]*\)|https?://\S+|《[^》]*》|\"[^\"]{20,}\"|\b(?:19|20)\d\d\)\.\s.*")
_EMERGENCY = words_of("预案 contingency")
_EMERGENCY_UNASKED = 0.4
_BESIDE_THE_OBJECT = 0.5
_REACTS = re.compile(
    r"怎么[办做]|做什么|如何|应[急对]|处[理置]|发生|出[了现事]|泄[露漏]|第一(?!个)|预案|万一"
    r"|\b(?:incident|happen\w*|respond|react|emergency|contingency|handle|what (?:to|do|should|if)"
    r"|how (?:do|should)|first|breach|leak\w*)\b",
    re.IGNORECASE,
)
"""Who asks which licences there are does not ask what to do in the first hour after one was broken."""

_ASIDE = re.compile(
    r"关键词|摘要|作者|致谢|目录|大纲|参考文献|扩展阅读|论文|书籍|《.*》"
    r"|\b(?:keywords?|abstract|authors?|references?|further reading)\b",
    re.IGNORECASE,
)
_PRAISE = re.compile(
    r"^[^，。：]{1,30}(?:是|面临|充满|具有|成为)[^，。：]{0,24}"
    r"(?:关键|核心|重要|热门|机遇|挑战|潜力|意义|环节|基础|方向)[^，。：]{0,8}[。！]?$"
    r"|^[^,.:]{1,60}\b(?:is|are) (?:an? )?(?:key|crucial|important|essential|vital|critical)\b[^,.:]{0,30}\.?$"
)
"""Sentences that only say that something matters."""

_BRACKETS = re.compile(r"[（(][^）)]*[）)]|[*_“”\"]")


def weights_of(terms: Sequence[str], units: Sequence[Unit]) -> dict[str, float]:
    """How much each term of the question says, from how many units hold it (BM25's inverse document frequency).

    A term that no unit holds counts as half a rare one: Chinese bigrams across two words are never found.
    """
    held = Counter(term for unit in units for term in unit.terms)
    size = len(units)
    rare = math.log(1 + (size + 0.5) / 1.5)
    return {
        term: math.log(1 + (size - held[term] + 0.5) / (held[term] + 0.5)) if held[term] else rare / 2 for term in terms
    }


def coverage(unit: Unit, weights: Mapping[str, float], *, but: Container[str] = (), told: bool = False) -> float:
    """Share of the question's weight that a unit holds, what stands around it counting less; 0..1.

    What is in `but` does not count as held. What is `told` needs no word of the question beside its heading.
    """
    total = sum(weights.values())
    if not total:
        return 0.0
    counted = {term: weight for term, weight in weights.items() if term not in but}
    own = sum(weight for term, weight in counted.items() if term in unit.terms)
    near = sum(weight for term, weight in counted.items() if term in unit.context)
    share = _ENTRY_WEIGHT if unit.shape in MANIFOLD else _CONTEXT_WEIGHT if own or told else _SILENT_WEIGHT
    return (own + share * near) / total


def _advised(unit: Unit, aspect: Aspect) -> bool:
    """Whether a piece says what to do, where that is asked for."""
    return aspect.kind is Kind.METHOD and unit.shape in SINGLE and advises(unit.text)


def fit(unit: Unit, aspect: Aspect) -> float:
    """Factor for how well the shape of a unit suits the shape of the answer that is asked for."""
    single = unit.shape in SINGLE
    factor = 1.5 if unit.shape is Shape.CODE else 1.0
    match aspect.kind:
        case Kind.DEFINITION if single and _defines(unit, aspect.defined or aspect.terms):
            factor = 1.6
        case Kind.REASON if _REASON.search(unit.text):
            factor = 1.6
        case Kind.NUMBER | Kind.TIME if unit.shape is not Shape.CODE:
            factor = _figure_fit(unit, aspect)
        case Kind.DEFINITION if unit.shape is Shape.LIST and set(aspect.terms) <= unit.terms:
            factor = 1.2
        case Kind.LIST | Kind.METHOD if unit.shape is not Shape.CODE:
            better = 1.35 if aspect.kind is Kind.LIST else 1.15
            # "How to stay fair" repeats the question; it does not say how.
            factor = (0.5 if _ASKS_HOW.search(unit.text) else 1.0) if single and not is_nested(unit) else better
    return factor * (0.6 if lacks_form(aspect.text, unit.whole) else 1.0)


def _heading_fit(unit: Unit, aspect: Aspect) -> float:
    """More for a piece below a heading that names the kind of thing asked for, above all with the thing itself."""
    if heading_answers(aspect.text, unit.around):
        return 2.2 if set(aspect.terms[-1:]) & unit.named else 1.5
    # "First day" is asked for with every word; "First week" shares one with the question, as much else does.
    return _ASKED_HEADING if len(unit.named) > 1 and unit.named <= set(aspect.terms) else 1.0


def _figure_fit(unit: Unit, aspect: Aspect) -> float:
    words = unit.text if unit.shape in SINGLE else unit.whole
    if not shows_figure(words, aspect.kind) or (asks_money(aspect.text) and not shows_money(words)):
        return 0.6
    return {Shape.LIST: 0.6, Shape.TABLE: 1.2}.get(unit.shape, 1.5)


def substance(unit: Unit, terms: Sequence[str]) -> float:
    """Factor for how much a unit says besides the words of the question; names, links and references say little."""
    if unit.shape is Shape.CODE:
        return 1.0
    new = unit.terms - set(terms)
    linked = sum(len(link) for link in _LINK.findall(unit.text)) > 0.4 * len(unit.text)
    asks = unit.shape in SINGLE and unit.text.rstrip('*_ ”"').endswith(("？", "?"))
    empty = unit.shape in SINGLE and len(new) < 3
    praises = unit.shape in SINGLE and bool(_PRAISE.search(unit.text))
    says = 0.4 if praises else 0.5 if empty or linked or asks else 1.0
    return says * (0.5 if _ASIDE.search(unit.around) else 1.0)


def _defines(unit: Unit, subject: Collection[str]) -> bool:
    if unit.foreign:
        return bool(_DEFINED_PLAINLY.search(unit.text))
    match = _GLOSSED.match(unit.text) or _DEFINED.match(_BRACKETS.sub("", unit.text))
    head = words_of(match["head"]) if match else set()
    shared = head & set(subject)
    return bool(shared) and len(shared) >= 0.6 * len(set(subject)) and len(shared) >= 0.5 * len(head)


def similarity_share(cosine: float, settings: WriterSettings) -> float:
    """A cosine on the scale from unrelated (0) to fitting (1)."""
    span = settings.similarity_ceiling - settings.similarity_floor
    return min(1.0, max(0.0, (cosine - settings.similarity_floor) / span))


def score(unit: Unit, aspect: Aspect, weights: Mapping[str, float], similarity: float | None) -> float:
    """How well a unit answers an aspect, about 0..1. `similarity` is on the 0..1 scale, None without vectors.

    Words decide within one language; across languages only names and figures match, so that vectors decide. Without
    vectors the passage's own score stands in for them there.
    """
    words = coverage(unit, weights, told=_advised(unit, aspect) and len(unit.named & set(aspect.terms)) > 1)
    if unit.foreign:
        meaning = 0.6 * unit.prior if similarity is None else similarity
        # A common word of one language stands in a text of the other as part of a name: "AI Startup X".
        words -= coverage(unit, weights, but=aspect.names)
        content = 0.7 * meaning + 0.5 * min(1.0, 1.5 * words)
    else:
        content = words if similarity is None else 0.7 * words + 0.3 * similarity
    # Across languages the passage was found by a better encoder than the one that compares sentences.
    rank = 0.5 + 0.5 * unit.prior if unit.foreign else 0.3 + 0.7 * unit.prior**2
    kind = _EMERGENCY_UNASKED if is_unasked_emergency(unit, aspect) else 1.0
    # What is reduced matters, not that something is; across languages the encoder knows that.
    beside = _BESIDE_THE_OBJECT if lacks_object(aspect.objects, unit) else 1.0
    return (
        beside * content * _heading_fit(unit, aspect) * fit(unit, aspect) * substance(unit, aspect.terms) * rank * kind
    )


def is_unasked_emergency(unit: Unit, aspect: Aspect) -> bool:
    """Whether a piece says what to do once something has gone wrong, and nobody asks for that."""
    return bool(_EMERGENCY & (unit.context | unit.named)) and not _REACTS.search(aspect.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything known about the units: `scores[aspect][unit]`, the terms' weights, vectors where there are."""

    units: Sequence[Unit]
    aspects: Sequence[Aspect]
    weights: Sequence[Mapping[str, float]]
    scores: Sequence[Sequence[float]]
    vectors: Mapping[int, Vectors]

    def total(self, index: int) -> float:
        """A unit's score over all aspects: the whole question and the aspect that it suits best, half each."""
        further = [scores[index] for scores in self.scores[1:]]
        return self.scores[0][index] if not further else 0.5 * self.scores[0][index] + 0.5 * max(further)

    def alike(self, first: int, second: int) -> bool:
        """Whether two units say the same thing."""
        one, two = self.units[first], self.units[second]
        if one.passage == two.passage:
            return False
        shared = len(one.terms & two.terms)
        if shared >= 0.6 * len(one.terms | two.terms):
            return True
        if first in self.vectors and second in self.vectors:
            return float(self.vectors[first] @ self.vectors[second]) >= (0.7 if one.foreign != two.foreign else 0.9)
        return False


def evidence_of(
    units: Sequence[Unit],
    aspects: Sequence[Aspect],
    questions: Sequence[Vectors],
    vectors: Mapping[int, Vectors],
    settings: WriterSettings,
) -> Evidence:
    """Scores every unit for every aspect; `questions` are the aspects' vectors, empty without an encoder."""
    weights = [weights_of(aspect.terms, units) for aspect in aspects]
    scores = []
    for number, aspect in enumerate(aspects):
        row = []
        for index, unit in enumerate(units):
            known = similarity_share(float(questions[number] @ vectors[index]), settings) if index in vectors else 0.0
            row.append(score(unit, aspect, weights[number], known if len(questions) else None))
        beside = beside_the_name(aspects[0].terms, units)
        row = [_BESIDE_THE_OBJECT * each if aside else each for each, aside in zip(row, beside, strict=True)]
        scores.append(_smoothed(units, row, aspect.kind))
    return Evidence(units=units, aspects=aspects, weights=weights, scores=scores, vectors=vectors)


def _smoothed(units: Sequence[Unit], scores: Sequence[float], kind: Kind) -> list[float]:
    """A sentence gains from a good neighbour, so that an answer reads on instead of jumping.

    A list that is asked for, or a reason, gains from the sentence of its passage that names the topic.
    """
    place = {(u.passage, u.block, u.part): n for n, u in enumerate(units) if u.shape is Shape.SENTENCE}
    smooth = list(scores)
    named: dict[int, float] = {}
    for (passage, block, part), index in place.items():
        beside = [place[key] for key in ((passage, block, part - 1), (passage, block, part + 1)) if key in place]
        smooth[index] += 0.15 * max((scores[other] for other in beside), default=0.0)
        named[passage] = max(named.get(passage, 0.0), scores[index])
    for index, unit in enumerate(units):
        tells = kind is Kind.REASON and _REASON.search(unit.text)
        lists = kind in {Kind.LIST, Kind.METHOD} and unit.shape in MANIFOLD
        topic = named.get(unit.passage, 0.0)
        if (tells or lists) and scores[index] >= 0.25 * topic:
            smooth[index] += 0.3 * topic
    return smooth
