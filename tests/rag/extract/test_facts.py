"""Which passages can speak of a fact that is asked of somebody, and which only share its words."""

import pytest

from rag.extract.facts import speaking
from rag.language import detect_language
from rag.types import (
    CaseFacts,
    Chunk,
    ChunkId,
    Document,
    DocumentId,
    DocumentKind,
    Passage,
    Retrieval,
)


def passage(
    text: str,
    *,
    of: str = "Guide",
    heading: str = "Notes",
    kind: DocumentKind = DocumentKind.DOCUMENT,
    company: str = "",
    questions: tuple[str, ...] = (),
) -> Passage:
    document = Document(
        id=DocumentId(of),
        kind=kind,
        language=detect_language(text),
        title=of,
        source=f"{of}.md",
        case=CaseFacts(company=company) if company else None,
    )
    chunk = Chunk(position=0, section=(of, heading), text=text, questions=questions)
    return Passage(rank=1, score=0.9, chunk_id=ChunkId(of), document=document, chunk=chunk)


def spoken(question: str, *passages: Passage) -> list[str]:
    language = detect_language(question)
    retrieval = Retrieval(language=language, passages=passages, confidence=0.97, answerable=True)
    return [each.document.title for each in speaking(question, dict(enumerate(passages)), retrieval).values()]


HERON = passage("Heron Hub takes 5% of each start-up and admits two classes a year.", of="Heron Hub")
RATES = passage("A good acceptance rate says little. Half of all customers stay.", of="Rates")
BOTH = passage("Heron Hub has an acceptance rate of 2% and 40 staff in 2024.", of="Report")


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("What's the acceptance rate of Heron Hub?", id="attribute"),
        pytest.param("What is Heron Hub's acceptance rate?", id="owned"),
        pytest.param("How many staff does Heron Hub have?", id="number"),
    ],
)
def test_only_what_speaks_of_the_owner_and_of_the_attribute_answers(question: str) -> None:
    assert "Report" in spoken(question, HERON, RATES, BOTH)
    assert "Rates" not in spoken(question, HERON, RATES, BOTH)


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("What's the acceptance rate of Heron Hub?", id="attribute"),
        pytest.param("What percentage of Heron Hub's tenants are agencies?", id="share"),
        pytest.param("How much does a ticket for Heron Hub cost?", id="price"),
        pytest.param("Who sits on the board of Heron Hub?", id="office"),
        pytest.param("Who designed Heron Hub's logo?", id="maker"),
        pytest.param("What does --heron-mode do in Heron Hub?", id="option"),
    ],
)
def test_nothing_speaks_where_the_owner_is_told_of_without_the_attribute(question: str) -> None:
    assert spoken(question, HERON, RATES) == []


STORK = passage(
    "鹳鸟 2018 年上市，发行价每股 18 元，房东超过百万。", of="案例：鹳鸟", kind=DocumentKind.CASE, company="鹳鸟"
)
PRICES = passage("毛利率 60% 时，降价要靠销量补回来。", of="定价")


@pytest.mark.parametrize(
    ("question", "heard"),
    [
        pytest.param("鹳鸟的发行价是多少？", ["案例：鹳鸟"], id="held"),
        pytest.param("鹳鸟的股价是多少？", ["案例：鹳鸟"], id="a price by another name"),
        pytest.param("鹳鸟的毛利率是多少？", [], id="of another"),
        pytest.param("鹳鸟在越南有多少房东？", [], id="in another place"),
        pytest.param("鹳鸟第二季度有多少房东？", [], id="in a part of a year"),
        pytest.param("乌鸦集团的商业模式是什么？", [], id="unheard owner"),
    ],
)
def test_in_chinese_the_owner_and_the_thing_have_to_be_told_together(question: str, heard: list[str]) -> None:
    assert spoken(question, STORK, PRICES) == heard


@pytest.mark.parametrize("question", ["How does Heron Hub use kappa?", "Why did Heron Hub raise prices?"])
def test_what_somebody_does_is_told_by_a_text_that_knows_them(question: str) -> None:
    others = passage("Kappa compares two labellers. Prices rise when costs do.", of="Labels")
    assert spoken(question, others, HERON) == ["Heron Hub"]


@pytest.mark.parametrize(
    "question",
    ["欧盟法案的罚款是多少？", "我们的期权池应该留多少？", "烧钱倍数的及格线是多少？", "天使轮的常见金额是多少？"],
)
def test_a_figure_of_nobody_in_particular_may_go_by_other_words(question: str) -> None:
    told = passage("欧盟按营业额罚，期权池留一成，烧钱倍数低于二算好，天使轮十万起。", of="数目")
    assert spoken(question, told) == ["数目"]


def test_questions_of_the_author_speak_for_a_passage() -> None:
    asked = passage("Heron Hub turns away 98 of 100.", of="Heron Hub", questions=("What is its acceptance rate?",))
    assert spoken("What's the acceptance rate of Heron Hub?", asked) == ["Heron Hub"]


def test_another_language_is_silent_where_the_search_found_the_own_one_first() -> None:
    foreign = passage("Heron Hub admits two classes.", of="Heron")
    own = passage("Heron Hub 每年招两期。", of="Heron Hub")
    assert spoken("Heron Hub 的录取率是多少？", own, foreign) == []
    assert spoken("Heron Hub 的录取率是多少？", foreign) == ["Heron"]


@pytest.mark.parametrize(
    "question",
    ["How do we raise money?", "Why do pilots fail?", "What is the point of Heron Hub?", "怎么定价？"],
)
def test_any_other_question_leaves_every_passage(question: str) -> None:
    assert len(spoken(question, HERON, RATES, STORK)) == 3


@pytest.mark.parametrize(
    ("question", "heard"),
    [
        pytest.param("how many staff does heron have", ["Report"], id="typed without capitals"),
        pytest.param("how many staff does ostrich have", [], id="of somebody unheard"),
        pytest.param("how many staff does a start-up have", ["Report"], id="of any"),
    ],
)
def test_a_number_of_somebody_typed_without_a_capital_is_theirs(question: str, heard: list[str]) -> None:
    assert spoken(question, BOTH) == heard


@pytest.mark.parametrize(
    ("question", "heard"),
    [
        pytest.param("翠鸟的创始人是谁？", ["案例：翠鸟"], id="founder"),
        pytest.param("翠鸟的首席财务官是谁？", [], id="another office"),
        pytest.param("翠鸟员工多少人？", ["案例：翠鸟"], id="a figure behind the name"),
        pytest.param("翠鸟市值现在多少？", [], id="another figure behind the name"),
    ],
)
def test_in_chinese_a_holder_or_a_figure_of_somebody_has_to_be_told(question: str, heard: list[str]) -> None:
    told = passage(
        "翠鸟的创始人李明在 2020 年离开，员工 30 人。", of="案例：翠鸟", kind=DocumentKind.CASE, company="翠鸟"
    )
    assert spoken(question, told) == heard
