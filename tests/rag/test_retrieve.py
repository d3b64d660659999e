"""Searching: both legs, what the reader may see, language, diversity, neighbours, confidence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rag.backends.memory import MemoryVectors, MemoryVectorStore
from rag.errors import IndexMismatch, IndexMissing, InvalidInput, StorageFailed
from rag.ports import DenseHit, Vectors
from rag.types import ChunkId, DocumentKind, Language, Question, Scope

if TYPE_CHECKING:
    from tests.rag.conftest import Shelf


def ask(text: str, scope: Scope | None = None, language: Language | None = None) -> Question:
    return Question(id="q", text=text, scope=scope or Scope(), language=language)


async def test_the_passage_that_answers_comes_first(shelf: Shelf) -> None:
    shelf.put("pricing", ["Charge per thousand tokens.", "Offer a yearly contract."])
    shelf.put("team", ["Hire a machine learning engineer first."])
    await shelf.publish()
    found = await shelf.retriever().retrieve(ask("Whom to hire first, which engineer?"))
    assert found.passages[0].document.source == "team.md"
    assert [each.rank for each in found.passages] == [1, 2, 3]
    assert found.language == Language.EN
    assert found.answerable


async def test_scores_fall_and_stay_between_zero_and_one(shelf: Shelf) -> None:
    shelf.put("a", [f"token price number {n}" for n in range(9)])
    await shelf.publish()
    scores = [each.score for each in (await shelf.retriever().retrieve(ask("token price number 3"))).passages]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


async def test_a_question_about_something_else_is_not_answerable(shelf: Shelf) -> None:
    shelf.put("pricing", ["Charge per thousand tokens."], heading="Prices")
    await shelf.publish()
    found = await shelf.retriever().retrieve(ask("Where does the Yangtze spring?"))
    assert not found.answerable
    assert found.topics == ("Prices 0",)


@pytest.mark.parametrize("text", ["", "   ", "\n"])
async def test_an_empty_question_is_refused(shelf: Shelf, text: str) -> None:
    with pytest.raises(InvalidInput):
        await shelf.retriever().retrieve(ask(text))


async def test_an_empty_library_says_how_to_fill_it(shelf: Shelf) -> None:
    with pytest.raises(IndexMissing, match="advisor index"):
        await shelf.retriever().retrieve(ask("pricing?"))


async def test_an_index_of_another_embedder_is_not_searched(shelf: Shelf) -> None:
    shelf.put("a", ["text"])
    await shelf.publish(embedder="another-model")
    with pytest.raises(IndexMismatch, match="another-model"):
        await shelf.retriever().retrieve(ask("text"))


async def test_what_a_reader_may_not_see_does_not_come_up(shelf: Shelf) -> None:
    shelf.put("open", ["The public price list."], heading="Prices")
    for n in range(60):
        shelf.put(f"board{n}", ["The secret runway is nine months."], audience=frozenset({"board"}), heading="Secret")
    await shelf.publish()
    question = "How many months is the secret runway?"
    found = await shelf.retriever(candidates=10).retrieve(ask(question))
    assert [each.document.id for each in found.passages] == ["open"]
    assert found.topics == ("Prices 0",)
    assert not found.answerable
    board = Scope(audience=frozenset({"public", "board"}))
    assert (await shelf.retriever().retrieve(ask(question, board))).answerable


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        pytest.param(Scope(kinds=frozenset({DocumentKind.CASE})), {"case"}, id="kind"),
        pytest.param(Scope(topics=frozenset({"money"})), {"funds"}, id="topic"),
        pytest.param(Scope(), {"case", "funds"}, id="everything"),
    ],
)
async def test_a_scope_narrows_the_search(shelf: Shelf, scope: Scope, expected: set[str]) -> None:
    shelf.put("case", ["A start-up failed."], kind=DocumentKind.CASE)
    shelf.put("funds", ["A start-up raised money."], topics=("money",))
    await shelf.publish()
    found = await shelf.retriever().retrieve(ask("start-up", scope))
    assert {each.document.id for each in found.passages} == expected


@pytest.mark.parametrize(("language", "first"), [(Language.ZH, "zh"), (Language.EN, "en")], ids=["chinese", "english"])
async def test_of_equal_passages_the_questions_language_wins(shelf: Shelf, language: Language, first: str) -> None:
    shelf.put("en", ["GPT-3 RAG vLLM"], language=Language.EN)
    shelf.put("zh", ["GPT-3 RAG vLLM"], language=Language.ZH)
    await shelf.publish()
    found = await shelf.retriever().retrieve(ask("GPT-3 RAG vLLM", language=language))
    assert found.passages[0].document.id == first


async def test_of_equal_passages_those_of_the_readers_sector_come_first_and_nothing_is_trusted_more(
    shelf: Shelf,
) -> None:
    for name, topics in (("plain", ()), ("clinic", ("healthcare",)), ("court", ("legal",))):
        shelf.put(name, ["how to price a first pilot"], topics=topics)
    shelf.put("kept", ["how to price a first pilot"], topics=("healthcare",), audience=frozenset({"board"}))
    await shelf.publish()
    question = ask("how to price a first pilot?")
    plain = await shelf.retriever().retrieve(question)
    for reader, first in (("your seed-stage hospital start-up", "clinic"), ("律师 创业公司", "court")):
        found = await shelf.retriever().retrieve(replace(question, reader=reader))
        assert found.passages[0].document.id == first
        assert found.suited <= {first}
        assert {each.document.id for each in found.passages} == {each.document.id for each in plain.passages}
        assert (found.confidence, found.answerable) == (plain.confidence, plain.answerable)
    assert plain.suited == frozenset()


async def test_reader_of_a_sector_that_the_library_does_not_have_changes_nothing(shelf: Shelf) -> None:
    shelf.put("a", ["how to price a first pilot"], topics=("pricing",))
    shelf.put("b", ["how to price a second pilot"])
    await shelf.publish()
    question = ask("how to price a first pilot?")
    plain = await shelf.retriever().retrieve(question)
    found = await shelf.retriever().retrieve(replace(question, reader="your seed-stage space start-up"))
    assert (found.passages, found.suited) == (plain.passages, frozenset())


async def test_one_document_cannot_flood_an_answer(shelf: Shelf) -> None:
    shelf.put("long", [f"runway and cash, part {n}" for n in range(8)])
    shelf.put("short", ["runway in months"])
    await shelf.publish()
    found = await shelf.retriever(limit=4, per_document=3).retrieve(ask("runway and cash"))
    assert [each.document.id for each in found.passages].count("long") == 3
    assert "short" in {each.document.id for each in found.passages}


async def test_neighbours_come_along_within_the_budget(shelf: Shelf) -> None:
    shelf.put("a", ["opening words", "needle in the middle", "closing words", "far away text"])
    shelf.put("b", ["nothing alike"])
    await shelf.publish()
    (wide,) = (await shelf.retriever().retrieve(ask("needle"), limit=1)).passages
    assert (wide.before, wide.after) == ("opening words", "closing words")
    (narrow,) = (await shelf.retriever(neighbour_characters=14).retrieve(ask("needle"), limit=1)).passages
    assert (narrow.before, narrow.after) == ("opening words", "")
    (bare,) = (await shelf.retriever(neighbour_characters=0).retrieve(ask("needle"), limit=1)).passages
    assert (bare.before, bare.after) == ("", "")


async def test_a_dead_vector_is_never_shown(shelf: Shelf) -> None:
    shelf.put("a", ["alive text"])
    await shelf.publish()
    vectors = await shelf.store.collection("passages-test")
    dead = [ChunkId(f"dead:{n}") for n in range(70)]
    await vectors.add(dead, np.repeat(await shelf.embedder.embed_passages(["alive text"]), len(dead), axis=0))
    found = await shelf.retriever(candidates=10).retrieve(ask("alive text"))
    assert [each.chunk_id for each in found.passages] == ["a:0"]


async def test_each_stage_is_timed(shelf: Shelf) -> None:
    shelf.put("a", ["text"])
    await shelf.publish()
    timings = (await shelf.retriever().retrieve(ask("text"))).timings_ms
    assert set(timings) == {"queries", "embed", "dense", "lexical", "texts", "surroundings"}
    assert all(milliseconds > 0 for milliseconds in timings.values())


async def test_words_that_no_passage_near_the_question_holds_are_seen(shelf: Shelf) -> None:
    shelf.put("a", ["The runway is nine months."])
    await shelf.publish()
    known, unknown = [await shelf.retriever().retrieve(ask(text)) for text in ("runway months", "runway in Swahili")]
    assert (known.signals["unheard"], unknown.signals["unheard"]) == (0.0, 0.5)


async def test_a_document_that_a_reader_may_not_see_makes_no_word_known(shelf: Shelf) -> None:
    shelf.put("open", ["The runway is nine months."])
    shelf.put("board", ["Project Heron doubles the runway."], audience=frozenset({"board"}))
    await shelf.publish()
    found = await shelf.retriever().retrieve(ask("runway of Heron"))
    assert found.signals["unheard"] == 0.5


async def test_the_topics_of_a_refusal_carry_no_numbers(shelf: Shelf) -> None:
    shelf.put("pricing", ["Charge per thousand tokens."], heading="1.4 Prices, part")
    await shelf.publish()
    assert (await shelf.retriever().retrieve(ask("Where does the Yangtze spring?"))).topics == ("Prices, part 0",)


async def test_a_topic_whose_heading_stands_in_several_places_is_told_by_the_heading_above(shelf: Shelf) -> None:
    for risk in ("A key leaks", "A model fails"):
        shelf.put(risk, [f"{risk}: somebody is called at night."], heading="Plan")
    await shelf.publish()
    found = await shelf.retriever().retrieve(ask("Where does the Yangtze spring?"))
    assert set(found.topics) == {"A key leaks", "A model fails"}


class Dropped(MemoryVectors):
    """A collection that was deleted under its reader, as after a rebuild by way of another program."""

    async def nearest(self, vector: Vectors, *, limit: int) -> list[DenseHit]:
        raise StorageFailed("the collection does not exist")


class DroppingStore(MemoryVectorStore):
    """Hands out collections that are gone."""

    async def collection(self, name: str) -> MemoryVectors:
        return Dropped()


async def test_a_broken_vector_store_is_an_error_and_no_refusal(shelf: Shelf) -> None:
    shelf.put("a", ["text"])
    await shelf.publish()
    shelf.store = DroppingStore()
    with pytest.raises(StorageFailed, match="does not exist"):
        await shelf.retriever().retrieve(ask("text"))


class RebuildingStore(MemoryVectorStore):
    """A vector store whose first search begins just as an index run replaces the collection that it wants."""

    def __init__(self, rebuild: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._rebuild: Callable[[], Awaitable[None]] | None = rebuild

    async def collection(self, name: str) -> MemoryVectors:
        rebuild, self._rebuild = self._rebuild, None
        if rebuild is not None:
            await rebuild()
        return await super().collection(name)


async def test_a_rebuild_in_the_middle_of_a_search_costs_no_passage(shelf: Shelf) -> None:
    async def rebuild() -> None:
        await shelf.publish(name="second")

    shelf.put("a", ["The price of a token."])
    await shelf.publish()
    shelf.store = RebuildingStore(rebuild)
    found = await shelf.retriever().retrieve(ask("the price of a token"))
    assert found.signals["similarity"] > 0.5


async def test_how_many_passages_are_wanted_does_not_change_the_confidence(shelf: Shelf) -> None:
    shelf.put("a", ["Prices of tokens fell in one year, and prices fall."])
    shelf.put("b", ["OpenAI hires engineers."])
    await shelf.publish()
    question = ask("How did the prices of tokens fall in one year at OpenAI?")
    one, all_of_them = [await shelf.retriever().retrieve(question, limit=limit) for limit in (1, None)]
    assert len(one.passages) == 1
    assert one.confidence == all_of_them.confidence


async def test_the_chunks_around_the_best_passage_come_along_without_being_passages(shelf: Shelf) -> None:
    shelf.put("a", ["What follows fails.", "Rent is high.", "Sales are slow.", "The founders quarrel."])
    shelf.put("b", ["Rent an office."])
    await shelf.publish()
    found = await shelf.retriever(limit=1).retrieve(ask("sales are slow"))
    assert [each.chunk_id for each in found.passages] == ["a:2"]
    assert [each.chunk_id for each in found.siblings] == ["a:0", "a:1", "a:3"]
    assert [each.chunk_id for each in found.quotable] == ["a:2", "a:0", "a:1", "a:3"]


async def test_nothing_stands_around_what_is_not_answerable(shelf: Shelf) -> None:
    shelf.put("a", ["Rent is high.", "Sales are slow."])
    await shelf.publish()
    found = await shelf.retriever(limit=1).retrieve(ask("Where does the Yangtze spring?"))
    assert (found.answerable, found.siblings) == (False, ())


async def test_siblings_are_as_secret_as_their_document(shelf: Shelf) -> None:
    shelf.put("open", ["The public price list."])
    shelf.put("board", ["The secret runway.", "The secret price list."], audience=frozenset({"board"}))
    await shelf.publish()
    found = await shelf.retriever().retrieve(ask("price list"))
    assert {each.document.id for each in found.quotable} == {"open"}
