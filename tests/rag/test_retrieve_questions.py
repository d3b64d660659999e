"""Searching what documents say of themselves: the questions that their sections answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from rag.types import ChunkId, Question, Scope

if TYPE_CHECKING:
    from tests.rag.conftest import Shelf


def ask(text: str, scope: Scope | None = None) -> Question:
    return Question(id="q", text=text, scope=scope or Scope())


async def test_a_passage_is_found_by_a_question_that_its_author_put_beside_it(shelf: Shelf) -> None:
    shelf.put(
        "costs", ["Charge per thousand tokens."], questions={0: ("Whom do freeloaders hurt when servers overheat?",)}
    )
    shelf.put("other", ["A freeloader wrote seven long letters."])
    await shelf.publish()
    question = ask("whom do freeloaders hurt when servers overheat")
    found = await shelf.retriever().retrieve(question)
    assert [each.document.id for each in found.passages] == ["costs", "other"]
    assert found.signals["similarity"] == pytest.approx(0.7, abs=0.01)
    assert found.signals["prepared"] == 1
    assert found.signals["unheard"] == 0
    plain = await shelf.retriever(question_weight=0).retrieve(question)
    assert plain.signals["prepared"] == 0
    assert [each.document.id for each in plain.passages] == ["other", "costs"]


async def test_many_questions_of_one_passage_leave_room_for_others(shelf: Shelf) -> None:
    shelf.put("a", ["Alpha."], questions={0: tuple(f"who buys tokens {n}" for n in range(30))})
    shelf.put("b", ["Beta."], questions={0: ("who buys chips",)})
    await shelf.publish()
    found = await shelf.retriever(candidates=10).retrieve(ask("who buys"))
    assert {each.document.id for each in found.passages} == {"a", "b"}


async def test_questions_of_what_a_reader_may_not_see_influence_nothing(shelf: Shelf) -> None:
    shelf.put("open", ["The public price list."])
    shelf.put("board", ["Nine."], audience=frozenset({"board"}), questions={0: ("How long is the runway?",)})
    await shelf.publish()
    found = await shelf.retriever().retrieve(ask("How long is the runway?"))
    assert [each.document.id for each in found.passages] == ["open"]
    assert not found.answerable
    board = Scope(audience=frozenset({"board"}))
    assert (await shelf.retriever().retrieve(ask("How long is the runway?", board))).answerable


async def test_dead_questions_do_not_crowd_out_live_ones(shelf: Shelf) -> None:
    shelf.put("a", ["Alpha."], questions={0: ("who pays the bill",)})
    await shelf.publish()
    beside = await shelf.store.collection("passages-test-questions")
    vector = await shelf.embedder.embed_queries(["who pays"])
    ids = [ChunkId(f"gone:{n}?0") for n in range(200)]
    await beside.add(ids, np.repeat(vector, 200, axis=0))
    found = await shelf.retriever(candidates=10).retrieve(ask("who pays"))
    assert found.signals["similarity"] > 0.4
