"""Two companies that a question compares are told of side by side, each from the study of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from rag.backends.sqlite.reading import SqliteCatalogue
from rag.compared import compared, is_comparison
from rag.extract.writer import ExtractiveWriter
from rag.parted import PartedRetriever, PartedWriter
from rag.ports import Statement
from rag.types import CaseFacts, Document, DocumentId, DocumentKind, Language, Question, Scope, Turn
from tests.rag.extract.test_writer import Replies

if TYPE_CHECKING:
    from tests.rag.conftest import Shelf


def study(company: str, language: Language, story: str) -> Document:
    return Document(
        id=DocumentId(f"{story}-{language}"),
        kind=DocumentKind.CASE,
        language=language,
        title=company,
        source=f"{story}.md",
        translation_of=DocumentId(story),
        case=CaseFacts(company=company),
    )


STUDIES = (
    study("Blue Whale Health", Language.EN, "whale"),
    study("蓝鲸医疗（Blue Whale）", Language.ZH, "whale"),
    study("Far Hills", Language.EN, "hills"),
    study("远山打车（Far Hills）", Language.ZH, "hills"),
    study("Tin Roof", Language.EN, "roof"),
)


@pytest.mark.parametrize(
    ("question", "companies"),
    [
        ("How does Blue Whale differ from Far Hills?", ["Blue Whale Health", "Far Hills"]),
        ("far hills vs blue whale", ["Far Hills", "Blue Whale Health"]),
        ("What is the difference between Far Hills' strategy and Tin Roof's?", ["Far Hills", "Tin Roof"]),
        ("Compare Blue Whale, Far Hills and Tin Roof", ["Blue Whale Health", "Far Hills", "Tin Roof"]),
        ("蓝鲸医疗和远山打车有什么不同？", ["蓝鲸医疗（Blue Whale）", "远山打车（Far Hills）"]),
        ("比较一下 Blue Whale 与远山打车的打法", ["蓝鲸医疗（Blue Whale）", "远山打车（Far Hills）"]),
    ],
)
def test_what_decided_each_company_is_asked(question: str, companies: list[str]) -> None:
    asked = compared(question, STUDIES)
    assert len(asked) == len(companies)
    assert all(name in each for name, each in zip(companies, asked, strict=True))


@pytest.mark.parametrize(
    "question",
    [
        "How does Blue Whale differ from Grey Seal?",
        "Blue Whale vs Far Hills pricing",
        "How does Blue Whale differ from Blue Whale Health?",
        "What is the difference between seed and series A?",
        "远山打车和蓝鲸医疗的定价有什么区别？",
        "蓝鲸医疗和 Tin Roof 有什么不同？",
        "Why did Blue Whale fail?",
    ],
)
def test_nothing_is_asked_instead_where_a_side_is_unknown_or_something_else_is_wanted(question: str) -> None:
    assert compared(question, STUDIES) == ()


def test_a_comparison_is_known_by_its_words() -> None:
    assert is_comparison("远山打车和蓝鲸医疗有什么不同？")
    assert not is_comparison("Why did Blue Whale fail?")


def stock(shelf: Shelf, name: str, told: str, *, audience: str = "public") -> None:
    shelf.put(name, [told], kind=DocumentKind.CASE, heading="What decided it", audience=frozenset({audience}))
    last = shelf.documents[-1]
    shelf.documents[-1] = replace(last, document=replace(last.document, case=CaseFacts(company=name)))


async def retriever(shelf: Shelf) -> PartedRetriever:
    stock(shelf, "Far Hills", "Far Hills paid its drivers every day.")
    stock(shelf, "Blue Whale", "Blue Whale sold to hospitals before it had measured.")
    stock(shelf, "Grey Seal", "Grey Seal kept its only client.", audience="board")
    for n in range(12):
        shelf.put(f"noise{n}", [f"Far Hills is named in note {n}, and so is Grey Seal."], heading="Noise")
    await shelf.publish()
    return PartedRetriever(shelf.retriever(limit=3), SqliteCatalogue(shelf.database))


async def test_each_side_is_told_below_its_own_heading(shelf: Shelf) -> None:
    question = Question(id="q", text="How does Far Hills differ from Blue Whale?")
    found = await (await retriever(shelf)).retrieve(question)
    assert found.answerable
    assert {"Far Hills", "Blue Whale"} <= {each.document.id for each in found.passages}
    writer = PartedWriter(ExtractiveWriter(None, Replies()), Replies())
    said = [each for each in [one async for one in writer.write(question, found)] if isinstance(each, Statement)]
    assert [each.text.split(" · ")[0] for each in said if not each.support] == ["**Far Hills", "**Blue Whale"]
    quotes = [lent.quote for each in said for lent in each.support]
    assert any("drivers every day" in quote for quote in quotes)
    assert any("before it had measured" in quote for quote in quotes)


async def test_a_study_that_the_reader_may_not_see_is_no_side(shelf: Shelf) -> None:
    search = await retriever(shelf)
    text = "How does Far Hills differ from Grey Seal?"
    assert (await search.retrieve(Question(id="q", text=text))).parts == ()
    insider = Question(id="q", text=text, scope=Scope(audience=frozenset({"public", "board"})))
    assert [part.side for part in (await search.retrieve(insider)).parts] == [False, True, True]


async def test_a_follow_up_that_adds_a_company_is_told_of_that_company(shelf: Shelf) -> None:
    history = (Turn(question="How does Far Hills differ from Tin Roof?", answer=""),)
    found = await (await retriever(shelf)).retrieve(Question(id="q", text="and Blue Whale?", history=history))
    assert [part.question for part in found.parts[1:]] == ["What decided it for Blue Whale?"]
