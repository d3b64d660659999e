"""A question that a heading answers is answered with the sections below it."""

from collections.abc import Sequence

import pytest

from rag.extract.asked import aspects_of, heading_answers
from rag.extract.doubt import is_about_others
from rag.extract.outline import Branch, Outline, outline_of, read
from rag.language import detect_language
from rag.sentences import Span
from rag.types import Chunk, ChunkId, Document, DocumentId, DocumentKind, Language, Passage, Retrieval

TITLE = "蓝鲸医疗的兴衰"
CHAPTERS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("事情经过",), "蓝鲸医疗 2015 年在杭州成立。"),
    (("失败的原因", "1. 数据不足"), "医院不肯共享数据。模型只见过三家医院的病历。"),
    (("失败的原因", "2. 价格太高"), "本节将介绍价格。一套系统卖两百万元，小医院买不起。"),
    (("失败的原因", "3. 没有集成"), "- 医生要把病历再输入一遍\n- 系统之间没有接口"),
    (("留下了什么",), "三位工程师后来创办了新公司。"),
)
ENGLISH = "The fall of Blue Whale"
REASONS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("Why it failed", "Too little data"), "Hospitals did not share their records."),
    (("Why it failed", "Too dear"), "A licence cost two million dollars."),
)


def shelf(title: str, chapters: Sequence[tuple[tuple[str, ...], str]], *, doc: str = "case") -> list[Passage]:
    language = detect_language(title)
    document = Document(id=DocumentId(doc), kind=DocumentKind.CASE, language=language, title=title, source=f"{doc}.md")
    return [
        Passage(
            rank=1,
            score=0.9,
            chunk_id=ChunkId(f"{doc}:{n}"),
            document=document,
            chunk=Chunk(position=n, section=(title, *section), text=text),
        )
        for n, (section, text) in enumerate(chapters)
    ]


def outline(question: str, chunks: Sequence[Passage], found: int = 1) -> Outline | None:
    """The outline when the search has found one chunk and the others stand around it."""
    return outline_of(retrieval(question, chunks, found), aspects_of(question))


def retrieval(question: str, chunks: Sequence[Passage], found: int = 1) -> Retrieval:
    return Retrieval(
        language=detect_language(question),
        passages=(chunks[found],),
        confidence=0.9,
        answerable=True,
        siblings=tuple(each for each in chunks if each is not chunks[found]),
    )


CASE = shelf(TITLE, CHAPTERS)


@pytest.mark.parametrize(
    ("question", "chunks"),
    [
        pytest.param("蓝鲸医疗为什么失败？", CASE, id="why in Chinese"),
        pytest.param("蓝鲸医疗失败的原因有哪些？", CASE, id="which reasons"),
        pytest.param("Why did Blue Whale fail?", shelf(ENGLISH, REASONS), id="why in English"),
    ],
)
def test_the_sections_below_the_heading_that_answers_are_the_answer(question: str, chunks: list[Passage]) -> None:
    found = outline(question, chunks)
    assert found is not None
    assert found.heading in {"失败的原因", "Why it failed"}
    passages = retrieval(question, chunks).quotable
    sections = [passages[branch.passage].chunk.section[-1] for branch in found.branches]
    assert sections == [each.chunk.section[-1] for each in chunks if len(each.chunk.section) == 3]


def test_each_section_tells_its_gist_without_announcements_and_numbers() -> None:
    found = outline("蓝鲸医疗为什么失败？", CASE)
    assert found is not None
    passages = retrieval("", CASE).quotable
    told = [passages[b.passage].chunk.text[b.span.start : b.span.end] for b in found.branches]
    assert told == ["医院不肯共享数据。", "一套系统卖两百万元，小医院买不起。", "医生要把病历再输入一遍"]
    assert [branch.heading for branch in found.branches] == ["数据不足", "价格太高", "没有集成"]
    assert [branch.entry for branch in found.branches] == [False, False, True]


@pytest.mark.parametrize("question", ["蓝鲸医疗", "介绍一下蓝鲸医疗"])
def test_a_bare_subject_is_introduced_by_the_chapters_of_its_document(question: str) -> None:
    found = outline(question, CASE)
    assert found is not None
    assert [branch.heading for branch in found.branches] == ["事情经过", "失败的原因", "留下了什么"]


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("蓝鲸医疗是什么时候成立的？", id="one fact"),
        pytest.param("蓝鲸医疗失败之后怎么付工资？", id="a method that no heading names"),
        pytest.param("什么是误诊率，蓝鲸医疗为什么失败？", id="two parts"),
        pytest.param("Why did Blue Whale fail?", id="another language"),
        pytest.param("为什么要写周报？", id="another subject"),
        pytest.param("怎么保存大白菜？", id="nothing in common"),
    ],
)
def test_a_question_that_no_heading_answers_has_no_outline(question: str) -> None:
    assert outline(question, CASE) is None


def test_a_list_below_the_heading_itself_is_the_better_answer() -> None:
    listed = (("定价方式",), "- 订阅：按月付费\n- 按量：按次付费")
    details = [(("定价方式", name), f"{name}适合小公司。") for name in ("订阅模式", "按量模式")]
    assert outline("有哪些定价方式？", shelf("产品手册", [listed, *details])) is None


def test_a_section_that_names_what_is_asked_is_read_though_the_search_missed_it() -> None:
    kinds = (("风险的种类",), "| 种类 | 例子 |\n|---|---|\n| 市场 | 没有客户 |")
    chunks = shelf("经营手册", [(("保险",), "保险只赔一部分风险。"), kinds, (("招聘",), "先招工程师。")])
    question = "有哪些风险？"
    seen = read(retrieval(question, chunks, 0), aspects_of(question)[0])
    assert [each.chunk.section[-1] for each in seen.values()] == ["保险", "风险的种类"]
    assert [retrieval(question, chunks, 0).quotable[n] for n in seen] == list(seen.values())


@pytest.mark.parametrize(
    ("question", "heading", "answers"),
    [
        ("Why did it fail?", "Reasons", True),
        ("为什么失败？", "失败的原因", True),
        ("What are the lessons?", "What founders can take away", True),
        ("有哪些风险？", "风险的种类", True),
        ("How did it fail?", "Reasons", False),
        ("为什么失败？", "事情经过", False),
    ],
)
def test_a_heading_may_name_what_is_asked_in_other_words(question: str, heading: str, answers: bool) -> None:
    assert heading_answers(question, heading) is answers


def test_languages_of_the_examples_are_what_they_seem() -> None:
    assert [each.document.language for each in (CASE[0], shelf(ENGLISH, REASONS)[0])] == [Language.ZH, Language.EN]


@pytest.mark.parametrize(
    ("question", "chunks", "expected"),
    [
        pytest.param("Why did Theranos fail?", shelf(ENGLISH, REASONS), True, id="another company"),
        pytest.param("Why did Blue Whale fail?", shelf(ENGLISH, REASONS), False, id="the company itself"),
        pytest.param("Theranos 为什么失败？", CASE, True, id="another company, in Chinese"),
        pytest.param("为什么失败？", CASE, False, id="no name"),
        pytest.param("Why did Blue Whale fail?", CASE, False, id="a name that the other language writes its own way"),
    ],
)
def test_the_reasons_of_one_company_are_not_told_of_another(
    question: str, chunks: list[Passage], *, expected: bool
) -> None:
    branch = Branch(heading="x", passage=0, span=Span(start=0, end=1), entry=False)
    found = Outline(heading="Why it failed", branches=(branch,))
    assert is_about_others(question, found, retrieval(question, chunks)) is expected
