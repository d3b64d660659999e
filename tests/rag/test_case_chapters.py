"""A question that asks for the fall, the rise or the lessons of one company is led to the chapter that tells it."""

from collections.abc import Sequence

import pytest

from rag.case_chapters import asked_chapter, chapter_first, named_cases
from rag.extract.writer import ExtractiveWriter
from rag.language import detect_language
from rag.types import (
    CaseFacts,
    Chunk,
    ChunkId,
    Document,
    DocumentId,
    DocumentKind,
    Language,
    Outcome,
    Passage,
    Question,
    Retrieval,
)
from tests.rag.extract.test_writer import Replies

Chapters = Sequence[tuple[tuple[str, ...], str]]

FALLEN: Chapters = (
    (("The story in brief",), "Blue Whale Health was founded in Hangzhou and closed in 2021."),
    (("What Blue Whale did", "A first hospital"), "Blue Whale read scans for one hospital without a contract."),
    (("What Blue Whale did", "A second product"), "Blue Whale added a scheduler that nobody had asked for."),
    (("What decided it",), "Blue Whale sold before it had measured."),
    (("What decided it", "Why Blue Whale failed"), "- Records were missing.\n- The licence was too dear."),
    (("Lessons for a founder",), "1. Measure first.\n2. Sell to one ward."),
    (("Questions to ask yourself",), "- Who pays for the records?"),
)
RISEN: Chapters = (
    (("事情经过",), "远山打车 2015 年在成都成立。"),
    (("成败的关键", "司机为什么留下"), "平台每天结算，司机不用等钱。"),
    (("成败的关键", "边界在哪里"), "城市牌照拖慢了扩张。"),
    (("给创业者的教训",), "先把一座城市做透，再谈扩张。"),
    (("给创业者的教训", "可以照做的教训"), "- 每天结算\n- 先做一座城市"),
)


def case(company: str, chapters: Chapters, outcome: Outcome, *, illustrative: bool = False) -> list[Passage]:
    language = detect_language(chapters[0][0][0])
    document = Document(
        id=DocumentId(company),
        kind=DocumentKind.CASE,
        language=language,
        title=f"Case: {company}",
        source=f"{company}.md",
        case=CaseFacts(company=company, outcome=outcome, illustrative=illustrative),
    )
    return [
        Passage(
            rank=n + 1,
            score=1 - n / 10,
            chunk_id=ChunkId(f"{company}:{n}"),
            document=document,
            chunk=Chunk(position=n, section=(document.title, *section), text=text),
        )
        for n, (section, text) in enumerate(chapters)
    ]


WHALE = case("Blue Whale Health", FALLEN, Outcome.FAILURE)
HILLS = case("远山打车（Far Hills）", RISEN, Outcome.SUCCESS)
MADE_UP = case("Company Q (illustrative)", FALLEN[:1] + FALLEN[3:], Outcome.FAILURE, illustrative=True)


def headings(question: str, passages: Sequence[Passage]) -> list[str]:
    return [passages[place].chunk.section[-1] for place in asked_chapter(question, passages, detect_language(question))]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Why did Blue Whale Health fail?", ["Why Blue Whale failed"]),
        ("Why did Blue Whale AI struggle?", ["Why Blue Whale failed"]),
        ("why did blue whale go under", ["Why Blue Whale failed"]),
        ("What caused Blue Whale's collapse?", ["Why Blue Whale failed"]),
        ("What are the lessons of Blue Whale?", ["Lessons for a founder"]),
        ("What can founders learn from Blue Whale Health?", ["Lessons for a founder"]),
        ("What did Blue Whale do?", ["A first hospital", "A second product"]),
    ],
)
def test_an_english_question_is_led_to_its_chapter(question: str, expected: list[str]) -> None:
    assert headings(question, WHALE) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("远山打车为什么成功？", ["司机为什么留下", "边界在哪里"]),
        ("远山打车为什么能做大", ["司机为什么留下", "边界在哪里"]),
        ("从远山打车身上能学到什么？", ["可以照做的教训"]),
        ("Far Hills 的教训有哪些", ["可以照做的教训"]),
    ],
)
def test_a_chinese_question_is_led_to_its_chapter(question: str, expected: list[str]) -> None:
    assert headings(question, HILLS) == expected


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("Why did Blue Whale lose its second hospital?", id="something else is asked as well"),
        pytest.param("When did Blue Whale fail?", id="a date"),
        pytest.param("Why did Blue Whale not fail earlier?", id="a negation"),
        pytest.param("Why did Orca fail?", id="another company"),
        pytest.param("Why did the health company fail?", id="no name at all"),
        pytest.param("Why do start-ups fail?", id="companies at large"),
        pytest.param("蓝鲸为什么失败？", id="another language"),
        pytest.param("", id="nothing"),
    ],
)
def test_any_other_question_is_left_to_the_search(question: str) -> None:
    assert headings(question, WHALE) == []


def test_the_rise_is_not_told_with_the_reasons_of_the_fall() -> None:
    assert headings("Why did Blue Whale succeed?", WHALE) == []
    assert headings("远山打车为什么失败？", HILLS) == []


def test_two_companies_are_compared_and_not_told_of_one() -> None:
    both = [*WHALE, *case("Orca", FALLEN, Outcome.FAILURE)]
    assert headings("Why did Blue Whale and Orca fail?", both) == []


def test_a_made_up_company_is_called_by_its_letter_alone() -> None:
    assert headings("Why did Company Q fail?", MADE_UP) == ["What decided it", "Why Blue Whale failed"]
    assert headings("Why did the company fail?", MADE_UP) == []


def test_a_company_may_be_called_as_in_the_other_language() -> None:
    assert named_cases("Far Hills 做了什么", HILLS, Language.ZH) == {"远山打车（Far Hills）"}
    assert named_cases("北山打车做了什么", HILLS, Language.ZH) == frozenset()


def test_the_chapter_stands_before_what_was_found_and_nothing_grows() -> None:
    found, around = (WHALE[0], WHALE[6]), tuple(WHALE[1:6])
    passages, siblings = chapter_first("Why did Blue Whale fail?", found, around, Language.EN)
    assert [each.chunk.section[-1] for each in passages] == ["Why Blue Whale failed", "The story in brief"]
    assert [each.rank for each in passages] == [1, 2]
    assert passages[0].score == passages[1].score == found[0].score
    assert [each.chunk.position for each in siblings] == [1, 2, 3, 5]


def test_what_asks_for_no_chapter_stays_as_it_was_found() -> None:
    found, around = (WHALE[0],), tuple(WHALE[1:])
    assert chapter_first("Who paid for the scans?", found, around, Language.EN) == (found, around)


async def written(question: str, passages: Sequence[Passage]) -> str:
    retrieval = Retrieval(
        language=detect_language(question),
        passages=(passages[0],),
        siblings=tuple(passages[1:]),
        confidence=0.9,
        answerable=True,
    )
    writer = ExtractiveWriter(None, Replies())
    asked = Question(id="q", text=question)
    return "".join([each.lead + each.text async for each in writer.write(asked, retrieval)])


async def test_the_writer_quotes_the_chapter_in_its_order() -> None:
    assert (
        await written("Why did Blue Whale go under?", WHALE) == "- Records were missing.\n- The licence was too dear."
    )
    told = await written("What did Blue Whale do?", WHALE)
    assert told.startswith("**What Blue Whale did**\n- **A first hospital**: Blue Whale read scans")
    assert told.index("A first hospital") < told.index("A second product")


async def test_lessons_are_quoted_though_no_passage_was_found_for_them() -> None:
    assert await written("远山打车的教训是什么？", HILLS) == "- 每天结算\n- 先做一座城市"
