"""How good the library's answers are: labelled questions become retrieval, citation and refusal figures.

What counts as a hit is told in `rag.labels`. Every share is None when there is nothing to take a share of.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Protocol

from rag.errors import InvalidInput
from rag.labels import DEPTH, CitationCheck, LabelledQuestion, check_citation, first_hit, quotes_snippet
from rag.legibility import Legibility, legibility_of
from rag.types import AnswerEvent, AnswerStatus, Finished, Language, Passage, Question, Retrieved

if TYPE_CHECKING:
    # `rag.ports` needs numpy, which figures do without.
    from rag.ports import Clock, Retrieving

CUTOFFS = (1, 3, 5, 10)
PERCENTILES = (50, 95, 99)


class Answering(Protocol):
    """Answers a question as a stream of events."""

    def stream(self, question: Question) -> AsyncGenerator[AnswerEvent, None]:
        """`Retrieved` first, `Finished` last."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What happened to one labelled question.

    `rank` is that of the first hit among the first ten passages, or None; `snippet_quoted` is None without a labelled
    snippet, `legibility` without an answer. Milliseconds are measured from the question: until the passages stood, and
    until the answer did.
    """

    label: LabelledQuestion
    rank: int | None
    confidence: float
    status: AnswerStatus
    citations: tuple[CitationCheck, ...]
    snippet_quoted: bool | None
    legibility: Legibility | None
    retrieval_ms: float
    answer_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalFigures:
    """How well the places were found; `hit_at` maps a cut-off to the share of questions with a hit up to that rank."""

    questions: int
    hit_at: Mapping[int, float | None]
    mrr: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictFigures:
    """The share answered among the answerable and the share refused among the unanswerable questions."""

    answerable: int
    answered: float | None
    unanswerable: int
    refused: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationFigures:
    """How far citations can be trusted.

    `verbatim` is the share of all citations whose quote stands word for word in the library; `expected` the share of
    answers to labelled questions with at least one citation of an expected place; `snippets` the share of the questions
    with a labelled snippet whose answer quotes it.
    """

    count: int
    verbatim: float | None
    expected: float | None
    snippets: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegibilityFigures:
    """How the answers read: their length in characters by percentile, and the means of the shares of `Legibility`."""

    answers: int
    characters: Mapping[int, float | None]
    repeated: float | None
    cited: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All figures of one labelled set. Groups are `all`, the languages (`zh`), and the kinds (`near`, `far`)."""

    questions: int
    failed: int
    retrieval: Mapping[str, RetrievalFigures]
    verdicts: Mapping[str, VerdictFigures]
    refusal_auc: Mapping[str, float | None]
    citations: CitationFigures
    legibility: LegibilityFigures
    retrieval_ms: Mapping[int, float | None]
    answer_ms: Mapping[int, float | None]


def share(values: Sequence[bool]) -> float | None:
    """The share of true values; None of none."""
    return sum(values) / len(values) if values else None


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean; None of none."""
    return sum(values) / len(values) if values else None


def hit_share(ranks: Sequence[int | None], cutoff: int) -> float | None:
    """The share of questions whose first hit stands at `cutoff` or before."""
    return share([rank is not None and rank <= cutoff for rank in ranks])


def mean_reciprocal_rank(ranks: Sequence[int | None], *, depth: int = DEPTH) -> float | None:
    """The mean of 1/rank over all questions; one without a hit down to `depth` counts as 0."""
    if not ranks:
        return None
    return sum(1 / rank for rank in ranks if rank is not None and rank <= depth) / len(ranks)


def area_under_curve(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """The probability that a positive's value is above a negative's, a tie counting half (the ROC curve's area)."""
    if not positives or not negatives:
        return None
    won = sum((high > low) + (high == low) / 2 for high in positives for low in negatives)
    return won / (len(positives) * len(negatives))


def percentile(values: Sequence[float], percent: int) -> float | None:
    """The smallest value that at least `percent` in a hundred of the values do not exceed (nearest rank)."""
    if not values:
        return None
    return sorted(values)[max(ceil(len(values) * percent / 100), 1) - 1]


def summarise(outcomes: Sequence[Outcome]) -> Report:
    """The figures of a set of outcomes. Only answerable questions that say where the answer stands judge retrieval."""
    labelled = [one for one in outcomes if one.label.answerable and one.label.expect]
    groups = _groups(outcomes)
    return Report(
        questions=len(outcomes),
        failed=sum(one.status is AnswerStatus.FAILED for one in outcomes),
        retrieval={name: _retrieval(group) for name, group in _groups(labelled).items()},
        verdicts={name: _verdicts(group) for name, group in groups.items()},
        refusal_auc=_refusal(outcomes),
        citations=_citations(outcomes, labelled),
        legibility=_legibility([one.legibility for one in outcomes if one.legibility]),
        retrieval_ms={percent: percentile([one.retrieval_ms for one in outcomes], percent) for percent in PERCENTILES},
        answer_ms={percent: percentile([one.answer_ms for one in outcomes], percent) for percent in PERCENTILES},
    )


def _groups(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    groups: dict[str, list[Outcome]] = {"all": list(outcomes)}
    for one in outcomes:
        groups.setdefault(one.label.language.value, []).append(one)
        if one.label.kind:
            groups.setdefault(one.label.kind, []).append(one)
    return groups


def _retrieval(outcomes: Sequence[Outcome]) -> RetrievalFigures:
    ranks = [one.rank for one in outcomes]
    return RetrievalFigures(
        questions=len(ranks),
        hit_at={cutoff: hit_share(ranks, cutoff) for cutoff in CUTOFFS},
        mrr=mean_reciprocal_rank(ranks),
    )


def _verdicts(outcomes: Sequence[Outcome]) -> VerdictFigures:
    answerable = [one.status for one in outcomes if one.label.answerable]
    unanswerable = [one.status for one in outcomes if not one.label.answerable]
    return VerdictFigures(
        answerable=len(answerable),
        answered=share([status is AnswerStatus.ANSWERED for status in answerable]),
        unanswerable=len(unanswerable),
        refused=share([status is AnswerStatus.REFUSED for status in unanswerable]),
    )


def _refusal(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    """A language is judged among its own questions, a kind of unanswerable ones against all answerable ones."""
    answerable = _groups([one for one in outcomes if one.label.answerable])
    unanswerable = _groups([one for one in outcomes if not one.label.answerable])
    languages = {language.value for language in Language}
    figures = {}
    for name, group in unanswerable.items():
        positives = answerable.get(name, []) if name in languages else answerable["all"]
        figures[name] = area_under_curve([one.confidence for one in positives], [one.confidence for one in group])
    return figures


def _citations(outcomes: Sequence[Outcome], labelled: Sequence[Outcome]) -> CitationFigures:
    checks = [check for one in outcomes for check in one.citations]
    answered = [one for one in labelled if one.status is AnswerStatus.ANSWERED]
    return CitationFigures(
        count=len(checks),
        verbatim=share([check.verbatim for check in checks]),
        expected=share([any(check.expected for check in one.citations) for one in answered]),
        snippets=share([one.snippet_quoted for one in outcomes if one.snippet_quoted is not None]),
    )


def _legibility(answers: Sequence[Legibility]) -> LegibilityFigures:
    characters = [float(one.characters) for one in answers]
    return LegibilityFigures(
        answers=len(answers),
        characters={percent: percentile(characters, percent) for percent in PERCENTILES},
        repeated=mean([one.repeated for one in answers if one.repeated is not None]),
        cited=mean([one.cited for one in answers if one.cited is not None]),
    )


async def evaluate(
    labels: Sequence[LabelledQuestion],
    *,
    retriever: Retrieving,
    answers: Answering,
    clock: Clock,
    on_outcome: Callable[[Outcome], None] | None = None,
) -> tuple[Outcome, ...]:
    """Asks every question once, one after the other, and judges what comes back.

    Raises:
        RagError: the library cannot be searched at all.
    """
    outcomes = []
    for label in labels:
        outcome = await _outcome(label, retriever=retriever, answers=answers, clock=clock)
        outcomes.append(outcome)
        if on_outcome:
            on_outcome(outcome)
    return tuple(outcomes)


async def _outcome(label: LabelledQuestion, *, retriever: Retrieving, answers: Answering, clock: Clock) -> Outcome:
    question = Question(id=label.id, text=label.question, history=label.history)
    began = clock()
    found: float | None = None
    finished, seen = None, tuple[Passage, ...]()
    async for event in answers.stream(question):
        if isinstance(event, Retrieved):
            found, seen = clock(), event.retrieval.quotable
        elif isinstance(event, Finished):
            finished = event.answer
    ended = clock()
    if finished is None:
        raise InvalidInput(f"the answer to {label.question!r} ended without a result; check the answer service")
    # Asked after the answer, so that the question's cached vector does not make the measured times look better.
    retrieval = await retriever.retrieve(question, limit=DEPTH)
    return Outcome(
        label=label,
        rank=first_hit(label, retrieval.passages),
        confidence=retrieval.confidence,
        status=finished.status,
        citations=tuple(
            check_citation(label, citation, (*seen, *retrieval.passages)) for citation in finished.citations
        ),
        snippet_quoted=quotes_snippet(label, finished),
        legibility=legibility_of(finished.text) if finished.status is AnswerStatus.ANSWERED else None,
        retrieval_ms=1000 * ((found or ended) - began),
        answer_ms=1000 * (ended - began),
    )
