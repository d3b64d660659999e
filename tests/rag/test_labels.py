"""What counts as a hit, a valid citation and a quoted snippet."""

from __future__ import annotations

from typing import Any

import pytest

from rag.errors import InvalidInput
from rag.labels import (
    CitationCheck,
    Expectation,
    LabelledQuestion,
    check_citation,
    first_hit,
    meets,
    parse_label,
    quotes_snippet,
)
from rag.types import (
    Answer,
    AnswerStatus,
    Chunk,
    ChunkId,
    Citation,
    Document,
    DocumentId,
    DocumentKind,
    Language,
    Passage,
    Turn,
)


def document(source: str = "a.md") -> Document:
    return Document(
        id=DocumentId(source), kind=DocumentKind.DOCUMENT, language=Language.EN, title="Title", source=source
    )


def passage(
    rank: int = 1, *, source: str = "a.md", section: str = "1.1 Growth", text: str = "Users come back."
) -> Passage:
    chunk = Chunk(position=0, section=("Book", section), text=text)
    return Passage(rank=rank, score=0.5, chunk_id=ChunkId(f"{source}{rank}"), document=document(source), chunk=chunk)


def place(section: str | None = None, *, snippet: str | None = None, source: str = "a.md") -> Expectation:
    return Expectation(source=source, section=section, snippet=snippet)


def label(*expect: Expectation) -> LabelledQuestion:
    return LabelledQuestion(id="q", question="How?", language=Language.EN, answerable=True, expect=expect)


def answer(text: str, *quotes: str, status: AnswerStatus = AnswerStatus.ANSWERED) -> Answer:
    citations = tuple(
        Citation(number=number, document=document(), section=("Book",), page=None, quote=quote)
        for number, quote in enumerate(quotes, start=1)
    )
    return Answer(
        question_id="q",
        question="How?",
        language=Language.EN,
        status=status,
        text=text,
        citations=citations,
        confidence=0.9,
        writer="w",
        timings_ms={},
    )


@pytest.mark.parametrize(
    ("expectation", "section", "text", "met"),
    [
        pytest.param(place("1.1 Growth"), ("Book", "1.1 Growth"), "", True, id="same section"),
        pytest.param(place("Growth"), ("1.1 Growth", "x"), "", True, id="part of a heading"),
        pytest.param(place("1.1 Growth"), ("Growth",), "", False, id="only part of the label"),
        pytest.param(place("１.１　增长"), ("1.1 **增长**",), "", True, id="width and marks"),
        pytest.param(place("Growth", source="b.md"), ("Growth",), "", False, id="another source"),
        pytest.param(place(snippet="RFM", source="b.md"), (), "RFM", False, id="snippet in another source"),
        pytest.param(place("X", snippet="the RFM model"), (), "The RFM model", False, id="case counts"),
        pytest.param(place("X", snippet="RFM model"), (), "an `RFM`\nmodel", True, id="snippet in the text"),
        pytest.param(place(), (), "", True, id="the source alone"),
        pytest.param(place("**"), ("Growth",), "", False, id="a label of marks meets nothing"),
    ],
)
def test_place_meets_an_expectation(expectation: Expectation, section: tuple[str, ...], text: str, met: bool) -> None:
    assert meets(expectation, source="a.md", section=section, text=text) is met


def test_first_hit_is_the_best_rank_of_any_expectation() -> None:
    passages = [passage(1, section="Other"), passage(2, source="b.md"), passage(3)]
    expected = (Expectation(source="c.md"), Expectation(source="a.md", section="Growth"))
    assert first_hit(label(*expected), passages) == 3
    assert first_hit(label(Expectation(source="c.md")), passages) is None


def test_hit_below_the_tenth_passage_is_none() -> None:
    passages = [*(passage(rank, source="b.md") for rank in range(1, 11)), passage(11)]
    assert first_hit(label(Expectation(source="a.md")), passages) is None
    assert first_hit(label(Expectation(source="a.md")), passages[1:]) == 10


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        pytest.param("Users come", CitationCheck(verbatim=True, expected=True), id="verbatim"),
        pytest.param("Users go", CitationCheck(verbatim=False, expected=True), id="changed word"),
        pytest.param("  ", CitationCheck(verbatim=False, expected=True), id="blank"),
    ],
)
def test_citation_is_held_against_the_passages(quote: str, expected: CitationCheck) -> None:
    citation = Citation(number=1, document=document(), section=("Book", "1.1 Growth"), page=None, quote=quote)
    assert check_citation(label(Expectation(source="a.md", section="Growth")), citation, [passage()]) == expected


def test_quote_of_another_document_is_not_verbatim() -> None:
    citation = Citation(number=1, document=document("b.md"), section=(), page=None, quote="Users come")
    assert not check_citation(label(), citation, [passage()]).verbatim


@pytest.mark.parametrize(
    ("given", "quoted"),
    [
        pytest.param(answer("The **RFM** model"), True, id="in the text"),
        pytest.param(answer("It", "the RFM model"), True, id="in a quote"),
        pytest.param(answer("It", "nothing"), False, id="nowhere"),
        pytest.param(answer("The RFM model", status=AnswerStatus.REFUSED), False, id="a refusal quotes nothing"),
    ],
)
def test_snippet_is_quoted(given: Answer, quoted: bool) -> None:
    assert quotes_snippet(label(Expectation(source="a.md", snippet="RFM model")), given) is quoted


def test_question_without_snippet_has_nothing_to_quote() -> None:
    assert quotes_snippet(label(Expectation(source="a.md", section="x")), answer("x")) is None


def test_label_is_read_with_all_its_parts() -> None:
    record = {
        "id": "s1", "question": "为什么？", "lang": "zh", "answerable": True, "kind": "near",
        "expect": [{"source": "a.md", "section": "1", "snippet": None}, {"source": "b.md"}],
        "history": [{"question": "GDPR？", "answer": "72 小时。"}, {"question": "罚多少？"}],
    }  # fmt: skip
    assert parse_label(record) == LabelledQuestion(
        id="s1",
        question="为什么？",
        language=Language.ZH,
        answerable=True,
        kind="near",
        expect=(Expectation(source="a.md", section="1"), Expectation(source="b.md")),
        history=(Turn(question="GDPR？", answer="72 小时。"), Turn(question="罚多少？", answer="")),
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({"question": " "}, "question = ' '", id="blank question"),
        pytest.param({"lang": "fr"}, "lang = 'fr'", id="unknown language"),
        pytest.param({"answerable": "yes"}, "answerable = 'yes'", id="answerable is no truth value"),
        pytest.param({"expect": "a.md"}, "expect = 'a.md'", id="expect is no list"),
        pytest.param({"expect": [{"section": "1"}]}, "source = None", id="expectation without source"),
        pytest.param({"history": "GDPR?"}, "history = 'GDPR", id="history is no list"),
        pytest.param({"history": [{"answer": "72 hours."}]}, "question = None", id="exchange without question"),
        pytest.param({"kind": 3}, "kind = 3", id="kind is no text"),
    ],
)
def test_wrong_label_is_refused_with_its_value(change: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        parse_label({"id": "s1", "question": "Why?", "lang": "en", "answerable": True} | change)
