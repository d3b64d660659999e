"""The figures, computed by hand, and the run that gathers them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count

import pytest

from rag.errors import InvalidInput
from rag.evaluation import (
    CitationFigures,
    LegibilityFigures,
    Outcome,
    VerdictFigures,
    area_under_curve,
    evaluate,
    hit_share,
    mean_reciprocal_rank,
    percentile,
    share,
    summarise,
)
from rag.labels import CitationCheck, Expectation, LabelledQuestion
from rag.legibility import Legibility
from rag.types import (
    Answer,
    AnswerEvent,
    AnswerStatus,
    Chunk,
    ChunkId,
    Citation,
    Document,
    DocumentId,
    DocumentKind,
    Finished,
    Language,
    Passage,
    Question,
    Retrieval,
    Retrieved,
    Turn,
)

ANSWERED, REFUSED, FAILED = AnswerStatus.ANSWERED, AnswerStatus.REFUSED, AnswerStatus.FAILED
PLACE = Expectation(source="a.md")


def outcome(
    *,
    answerable: bool = True,
    language: Language = Language.EN,
    kind: str | None = None,
    rank: int | None = None,
    confidence: float = 0.5,
    status: AnswerStatus = ANSWERED,
    citations: tuple[CitationCheck, ...] = (),
    snippet_quoted: bool | None = None,
    legibility: Legibility | None = None,
    milliseconds: float = 1.0,
) -> Outcome:
    expect = (PLACE,) if answerable else ()
    return Outcome(
        label=LabelledQuestion(
            id="q", question="?", language=language, answerable=answerable, kind=kind, expect=expect
        ),
        rank=rank,
        confidence=confidence,
        status=status,
        citations=citations,
        snippet_quoted=snippet_quoted,
        legibility=legibility,
        retrieval_ms=milliseconds,
        answer_ms=2 * milliseconds,
    )


@pytest.mark.parametrize(
    ("ranks", "cutoff", "expected"),
    [
        pytest.param([1, 2, None, 6], 1, 0.25, id="first only"),
        pytest.param([1, 2, None, 6], 5, 0.5, id="up to five"),
        pytest.param([1, 2, None, 6], 10, 0.75, id="a miss stays a miss"),
        pytest.param([], 1, None, id="nothing to share"),
    ],
)
def test_hit_share(ranks: list[int | None], cutoff: int, expected: float | None) -> None:
    assert hit_share(ranks, cutoff) == expected


@pytest.mark.parametrize(
    ("ranks", "expected"),
    [
        pytest.param([1, 2, None, 4], (1 + 0.5 + 0 + 0.25) / 4, id="misses count as zero"),
        pytest.param([11], 0.0, id="beyond the depth"),
        pytest.param([10], 0.1, id="at the depth"),
        pytest.param([], None, id="none"),
    ],
)
def test_mean_reciprocal_rank(ranks: list[int | None], expected: float | None) -> None:
    assert mean_reciprocal_rank(ranks) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("positives", "negatives", "expected"),
    [
        pytest.param([0.9, 0.8], [0.1, 0.2], 1.0, id="apart"),
        pytest.param([0.1], [0.9], 0.0, id="the wrong way round"),
        pytest.param([0.5], [0.5], 0.5, id="a tie counts half"),
        pytest.param([0.9, 0.3], [0.5, 0.1], 0.75, id="three pairs of four"),
        pytest.param([], [0.5], None, id="no positives"),
        pytest.param([0.5], [], None, id="no negatives"),
    ],
)
def test_area_under_curve(positives: list[float], negatives: list[float], expected: float | None) -> None:
    assert area_under_curve(positives, negatives) == expected


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        pytest.param([3.0, 1.0, 2.0, 4.0], 50, 2.0, id="the lower of the two in the middle"),
        pytest.param([float(n) for n in range(1, 101)], 95, 95.0, id="a hundred values"),
        pytest.param([float(n) for n in range(1, 101)], 99, 99.0, id="the last but one"),
        pytest.param([7.0], 99, 7.0, id="one value"),
        pytest.param([], 50, None, id="none"),
    ],
)
def test_percentile_is_the_nearest_rank(values: list[float], percent: int, expected: float | None) -> None:
    assert percentile(values, percent) == expected


def test_share_of_nothing_is_none() -> None:
    assert share([]) is None
    assert share([True, False, False, False]) == 0.25


def test_report_groups_by_language_and_kind() -> None:
    report = summarise([
        outcome(language=Language.ZH, rank=1, confidence=0.9),
        outcome(language=Language.EN, rank=None, confidence=0.4, status=REFUSED),
        outcome(answerable=False, kind="near", confidence=0.6, status=ANSWERED),
        outcome(answerable=False, kind="far", language=Language.ZH, confidence=0.1, status=REFUSED),
    ])  # fmt: skip
    assert report.retrieval["all"].hit_at == {1: 0.5, 3: 0.5, 5: 0.5, 10: 0.5}
    assert report.retrieval["zh"].mrr == 1.0
    assert "near" not in report.retrieval
    assert report.verdicts["all"] == VerdictFigures(answerable=2, answered=0.5, unanswerable=2, refused=0.5)
    assert report.verdicts["zh"] == VerdictFigures(answerable=1, answered=1.0, unanswerable=1, refused=1.0)
    assert report.verdicts["near"] == VerdictFigures(answerable=0, answered=None, unanswerable=1, refused=0.0)
    assert report.refusal_auc == {"all": 0.75, "en": 0.0, "near": 0.5, "zh": 1.0, "far": 1.0}


def test_report_counts_citations_and_snippets() -> None:
    good, strange = CitationCheck(verbatim=True, expected=True), CitationCheck(verbatim=True, expected=False)
    false = CitationCheck(verbatim=False, expected=False)
    report = summarise([
        outcome(citations=(strange, good), snippet_quoted=True),
        outcome(citations=(strange, false), snippet_quoted=False),
        outcome(status=REFUSED, snippet_quoted=False),
        outcome(answerable=False, status=FAILED),
    ])  # fmt: skip
    assert report.citations == CitationFigures(count=4, verbatim=0.75, expected=0.5, snippets=pytest.approx(1 / 3))
    assert (report.questions, report.failed) == (4, 1)


def test_report_tells_how_the_answers_read() -> None:
    report = summarise([
        outcome(legibility=Legibility(characters=100, repeated=0.0, cited=1.0)),
        outcome(legibility=Legibility(characters=300, repeated=0.5, cited=0.5)),
        outcome(legibility=Legibility(characters=20, repeated=None, cited=None)),
        outcome(status=REFUSED),
    ])  # fmt: skip
    assert report.legibility == LegibilityFigures(
        answers=3, characters={50: 100.0, 95: 300.0, 99: 300.0}, repeated=0.25, cited=0.75
    )


def test_report_of_nothing_has_no_figures() -> None:
    report = summarise([])
    assert report.retrieval["all"].mrr is None
    assert report.answer_ms == {50: None, 95: None, 99: None}


class Library:
    """One passage that answers everything, and a service that quotes it."""

    def __init__(self, *, finishes: bool = True) -> None:
        document = Document(id=DocumentId("d"), kind=DocumentKind.CASE, language=Language.EN, title="T", source="a.md")
        chunk = Chunk(position=0, section=("S",), text="A fact. Another.")
        self.passage = Passage(rank=1, score=1.0, chunk_id=ChunkId("c"), document=document, chunk=chunk)
        self.limits: list[int | None] = []
        self.histories: list[tuple[Turn, ...]] = []
        self._finishes = finishes

    async def retrieve(self, question: Question, *, limit: int | None = None) -> Retrieval:
        self.limits.append(limit)
        self.histories.append(question.history)
        return Retrieval(language=Language.EN, passages=(self.passage,), confidence=0.7, answerable=True)

    async def stream(self, question: Question) -> AsyncIterator[AnswerEvent]:
        yield Retrieved(retrieval=await self.retrieve(question))
        if not self._finishes:
            return
        citation = Citation(number=1, document=self.passage.document, section=("S",), page=None, quote="A fact.")
        yield Finished(
            answer=Answer(
                question_id=question.id,
                question=question.text,
                language=Language.EN,
                status=ANSWERED,
                text="A fact.[1]",
                citations=(citation,),
                confidence=0.7,
                writer="w",
                timings_ms={},
            )
        )


LABEL = LabelledQuestion(
    id="q", question="?", language=Language.EN, answerable=True, expect=(Expectation(source="a.md", snippet="A fact"),)
)


async def test_each_question_is_answered_timed_and_judged() -> None:
    library, seconds = Library(), count(0)
    told: list[Outcome] = []
    (judged,) = await evaluate(
        [LABEL], retriever=library, answers=library, clock=lambda: float(next(seconds)), on_outcome=told.append
    )
    assert judged == Outcome(
        label=LABEL,
        rank=1,
        confidence=0.7,
        status=ANSWERED,
        citations=(CitationCheck(verbatim=True, expected=True),),
        snippet_quoted=True,
        legibility=Legibility(characters=10, repeated=None, cited=1.0),
        retrieval_ms=1000.0,
        answer_ms=2000.0,
    )
    assert told == [judged]
    assert library.limits == [None, 10]


async def test_a_follow_up_is_asked_in_its_conversation() -> None:
    library = Library()
    history = (Turn(question="Who invests?", answer="Angels."),)
    await evaluate([replace(LABEL, history=history)], retriever=library, answers=library, clock=lambda: 0.0)
    assert library.histories == [history, history]


async def test_answer_without_an_end_is_an_error_that_names_the_question() -> None:
    library = Library(finishes=False)
    with pytest.raises(InvalidInput, match=r"'\?'"):
        await evaluate([LABEL], retriever=library, answers=library, clock=lambda: 0.0)
