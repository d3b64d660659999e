"""A question that asks for several things is searched part by part, and no part is forgotten in the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rag.backends.sqlite.reading import SqliteCatalogue
from rag.extract.writer import ExtractiveWriter
from rag.parted import PartedRetriever, PartedWriter
from rag.ports import Statement
from rag.types import Question, Retrieval, Scope, Turn
from tests.rag.extract.test_writer import Replies

if TYPE_CHECKING:
    from tests.rag.conftest import Shelf


async def stocked(shelf: Shelf) -> PartedRetriever:
    shelf.put("funnel", ["Churn is the share of customers that a company loses in a month."], heading="Churn")
    shelf.put("safe", ["A vesting cliff lasts twelve months in most contracts."], heading="Vesting")
    shelf.put("board", ["The secret vesting cliff lasts three months."], audience=frozenset({"board"}))
    for n in range(12):
        shelf.put(f"noise{n}", [f"Churn of topic number {n} is told elsewhere."], heading="Noise")
    await shelf.publish()
    return PartedRetriever(shelf.retriever(limit=3), SqliteCatalogue(shelf.database))


def ask(text: str, *history: str) -> Question:
    return Question(id="q", text=text, history=tuple(Turn(question=each, answer="") for each in history))


BOTH = "What is churn, and how long does a vesting cliff last?"


async def test_the_passages_of_every_part_are_among_the_best(shelf: Shelf) -> None:
    found = await (await stocked(shelf)).retrieve(ask(BOTH))
    assert {"funnel", "safe"} <= {each.document.id for each in found.passages[:3]}
    assert [each.rank for each in found.passages] == list(range(1, len(found.passages) + 1))
    assert [part.question for part in found.parts] == [
        BOTH,
        "What is churn",
        "churn: how long does a vesting cliff last",
    ]
    known = [each.chunk_id for each in found.quotable]
    assert len(known) == len(set(known))
    assert all(each.chunk_id in known for part in found.parts for each in part.retrieval.quotable)


async def test_a_part_finds_nothing_that_its_reader_may_not_see(shelf: Shelf) -> None:
    retriever = await stocked(shelf)
    found = await retriever.retrieve(ask(BOTH))
    assert "board" not in {each.document.id for each in found.quotable}
    insider = Question(id="q", text=BOTH, scope=Scope(audience=frozenset({"public", "board"})))
    assert "board" in {each.document.id for each in (await retriever.retrieve(insider)).quotable}


async def test_one_question_is_searched_once_and_has_no_parts(shelf: Shelf) -> None:
    retriever = await stocked(shelf)
    found = await retriever.retrieve(ask("What is churn?"))
    alone = await shelf.retriever(limit=3).retrieve(ask("What is churn?"))
    assert found.parts == ()
    assert [each.chunk_id for each in found.passages] == [each.chunk_id for each in alone.passages]


async def test_what_goes_on_from_an_unknown_subject_is_not_answered(shelf: Shelf) -> None:
    found = await (await stocked(shelf)).retrieve(ask("Where does the Yangtze spring, and what is churn?"))
    assert (found.parts, found.answerable) == ((), False)


async def test_a_follow_up_with_two_parts_is_taken_apart_as_it_stands_alone(shelf: Shelf) -> None:
    found = await (await stocked(shelf)).retrieve(ask("Why, and what is churn?", "How long does a vesting cliff last?"))
    assert [part.question for part in found.parts[1:]][-1].endswith("what is churn")


async def test_a_follow_up_to_something_else_is_no_second_part_of_what_was_asked_before(shelf: Shelf) -> None:
    retriever = await stocked(shelf)
    before = "How long does a vesting cliff last?"
    found = await retriever.retrieve(ask("Which yoga poses help them with back pain?", before))
    assert (found.parts, found.answerable) == ((), False)
    assert (await retriever.retrieve(ask(f"{before} Which yoga poses help them with back pain?"))).parts


async def written(retrieval: Retrieval, question: str) -> list[Statement]:
    writer = PartedWriter(ExtractiveWriter(None, Replies()), Replies())
    assert writer.name == "extractive"
    return [each async for each in writer.write(ask(question), retrieval) if isinstance(each, Statement)]


async def test_every_part_is_answered_with_its_own_words(shelf: Shelf) -> None:
    found = await (await stocked(shelf)).retrieve(ask(BOTH))
    statements = await written(found, BOTH)
    quotes = [lent.quote for each in statements for lent in each.support]
    assert any("share of customers" in quote for quote in quotes)
    assert any("twelve months" in quote for quote in quotes)
    assert len(quotes) == len(set(quotes))
    for each in statements:
        assert all(lent.quote in found.quotable[lent.passage].chunk.text for lent in each.support)


@pytest.mark.parametrize("unknown", ["which river is the longest in Siberia"])
async def test_a_part_that_the_library_does_not_know_is_told(shelf: Shelf, unknown: str) -> None:
    question = f"What is churn, and {unknown}?"
    found = await (await stocked(shelf)).retrieve(ask(question))
    told = [each.text for each in await written(found, question)]
    assert told[-1] == "[part_missing/en number=2]"
    assert any("share of customers" in text for text in told)


async def test_without_parts_the_writer_writes_as_ever(shelf: Shelf) -> None:
    question = "What is churn?"
    found = await (await stocked(shelf)).retrieve(ask(question))
    alone = [each async for each in ExtractiveWriter(None, Replies()).write(ask(question), found)]
    assert await written(found, question) == alone


async def test_both_halves_are_taken_from_one_passage(shelf: Shelf) -> None:
    text = "The fee of a franchise is six percent of sales. Wages are paid monthly. The notice is sixty days."
    shelf.put("franchise", [text], heading="Franchise fee")
    for n in range(6):
        shelf.put(f"noise{n}", [f"Churn of topic number {n} is told elsewhere."], heading="Noise")
    await shelf.publish()
    question = "What is the fee of a franchise, and how long is the notice of a franchise?"
    found = await PartedRetriever(shelf.retriever(limit=3), SqliteCatalogue(shelf.database)).retrieve(ask(question))
    told = "".join(each.lead + each.text for each in await written(found, question))
    assert "six percent of sales." in told
    assert told.count("The notice is sixty days.") == 1
    assert "part_missing" not in told
