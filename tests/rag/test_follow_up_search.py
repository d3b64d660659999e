"""Follow-ups are searched as asked and as they stand alone; neither loses what the other finds."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

import pytest

from rag.build import open_rag, starter_input
from rag.labels import first_hit, parse_label
from rag.ports import Query, QueryMaker
from rag.retrieve import Retriever
from rag.settings import RagSettings, RetrievalSettings
from rag.types import Language, Question, Turn

if TYPE_CHECKING:
    from rag.build import Rag
    from tests.rag.conftest import Shelf

PAIRS = Path(__file__).with_name("follow_ups.jsonl")


def ask(text: str, *before: str) -> Question:
    return Question(id="q", text=text, history=tuple(Turn(question=each, answer="") for each in before))


@pytest.fixture
async def library(shelf: Shelf) -> Shelf:
    shelf.put("prices", ["OpenAI charges per token.", "Anthropic charges per token as well."])
    shelf.put("breach", ["After a breach, rotate all keys in the first hour.", "In the first week, tell the clients."])
    shelf.put("injection", ["Prompt injection hides instructions in text."])
    await shelf.publish()
    return shelf


async def test_a_follow_up_finds_what_the_conversation_is_about(library: Shelf) -> None:
    found = await library.retriever().retrieve(ask("and Anthropic?", "How does OpenAI charge?"))
    assert found.passages[0].chunk_id == "prices:1"
    assert found.answerable


async def test_without_its_conversation_the_same_words_are_not_answered(library: Shelf) -> None:
    assert not (await library.retriever().retrieve(ask("Why is it so?"))).answerable
    assert (await library.retriever().retrieve(ask("Why is it so?", "What is prompt injection?"))).answerable


async def test_a_new_question_is_not_drawn_to_the_old_topic(library: Shelf) -> None:
    alone = await library.retriever().retrieve(ask("What hides instructions in text?"))
    later = await library.retriever().retrieve(ask("What hides instructions in text?", "How does OpenAI charge?"))
    assert (later.passages, later.confidence) == (alone.passages, alone.confidence)


async def test_a_follow_up_to_something_else_is_not_answered_from_the_old_topic(library: Shelf) -> None:
    found = await library.retriever().retrieve(ask("and sourdough bread?", "What is prompt injection?"))
    assert found.passages[0].chunk_id == "injection:0"
    assert not found.answerable


async def test_how_many_passages_are_wanted_does_not_change_the_trust_in_a_follow_up(library: Shelf) -> None:
    question = ask("and in the first week?", "What do we do in the first hour after a breach?")
    one, all_of_them = [await library.retriever().retrieve(question, limit=limit) for limit in (1, None)]
    assert one.confidence == all_of_them.confidence


class Dictated:
    """Makes the queries that a test wants."""

    def __init__(self, *queries: Query) -> None:
        self._queries = queries

    async def queries(self, question: Question, language: Language) -> tuple[Query, ...]:
        return (Query(text=question.text), *self._queries)


async def test_a_bad_rewrite_loses_no_passage(library: Shelf) -> None:
    question = ask("How does OpenAI charge?")
    plain = await library.retriever().retrieve(question)
    misled = await library.retriever(queries=Dictated(Query(text="sourdough bread"))).retrieve(question)
    assert misled.passages[0].chunk_id == plain.passages[0].chunk_id
    assert misled.confidence == plain.confidence


async def test_a_translation_finds_and_answers_what_the_question_cannot(shelf: Shelf) -> None:
    shelf.put("zh", ["数据泄露后第一个小时要止住外流。"], language=Language.ZH)
    shelf.put("en", ["Nothing alike."])
    await shelf.publish()
    question = ask("What comes first after a leak?")
    assert not (await shelf.retriever().retrieve(question)).answerable
    found = await shelf.retriever(queries=Dictated(Query(text="数据泄露后第一个小时"))).retrieve(question)
    assert (found.passages[0].chunk_id, found.answerable, found.language) == ("zh:0", True, Language.EN)


class AsAsked:
    """Searches for what was asked and nothing else."""

    async def queries(self, question: Question, language: Language) -> tuple[Query, ...]:
        return (Query(text=question.text),)


@pytest.fixture
async def starter(tmp_path: Path) -> AsyncIterator[Rag]:
    async with open_rag(RagSettings(home=tmp_path)) as rag:
        await rag.indexer.update([starter_input()])
        yield rag


async def figures(rag: Rag, queries: QueryMaker | None) -> tuple[float, float, float]:
    """The shares of labelled follow-ups that are found among the first three, passed by the gate, and stopped by it."""
    retriever = Retriever(
        catalogue=rag.catalogue,
        store=rag.store,
        embedder=rag.embedder,
        calibration=rag.calibration,
        settings=RetrievalSettings(),
        clock=time.perf_counter,
        queries=queries,
    )
    labels = [parse_label(json.loads(line)) for line in PAIRS.read_text("utf-8").splitlines()]
    found = [await retriever.retrieve(Question(id="q", text=each.question, history=each.history)) for each in labels]
    judged = list(zip(labels, found, strict=True))
    return (
        mean((first_hit(label, each.passages) or 9) <= 3 for label, each in judged if label.answerable),
        mean(each.answerable for label, each in judged if label.answerable),
        mean(not each.answerable for label, each in judged if not label.answerable),
    )


@pytest.mark.slow
@pytest.mark.full
async def test_standing_alone_helps_the_labelled_follow_ups_over_the_starter_library(starter: Rag) -> None:
    hits, passed, stopped = await figures(starter, None)
    hits_as_asked, passed_as_asked, stopped_as_asked = await figures(starter, AsAsked())
    assert hits > hits_as_asked
    assert passed > passed_as_asked
    assert stopped >= stopped_as_asked


@pytest.mark.slow
@pytest.mark.full
async def test_a_follow_up_is_led_to_the_chapter_of_the_company_that_was_spoken_of(starter: Rag) -> None:
    for before, text, heading in (
        ("Olive AI 为什么倒闭？", "它的教训是什么？", "给创业者的教训"),
        ("Why did Zillow Offers fail?", "What are its lessons?", "Lessons for a founder"),
    ):
        found = await starter.retriever.retrieve(ask(text, before))
        assert found.passages[0].chunk.section[-1] == heading
