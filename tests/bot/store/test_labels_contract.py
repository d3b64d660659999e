"""What every store promises of history: answers that rest on what a reader may not see are left out of it."""

from __future__ import annotations

import pytest

from bot.commands.books import Books
from bot.records import QuestionState
from rag.types import Turn

from .conftest import Making


@pytest.mark.parametrize(
    ("audience", "questions"),
    [
        (None, ["before", "怎么建立数据飞轮？"]),
        (frozenset({"public"}), ["before", "怎么建立数据飞轮？"]),
        (frozenset({"staff", "x"}), ["before", "怎么建立数据飞轮？"]),
        (frozenset({"x"}), ["before"]),
    ],
)
async def test_turn_is_read_by_those_who_may_read_its_sources(
    store: Books, make: Making, audience: frozenset[str] | None, questions: list[str]
) -> None:
    question = make.question()
    await store.questions.admit(question)
    await store.questions.finish(question.id, QuestionState.ANSWERED, answer=make.answer(question))
    await store.conversations.import_turns(make.place.key, [Turn(question="before", answer="")], at=make.start)
    turns = await store.conversations.turns(make.place.key, limit=9, audience=audience)
    assert [turn.question for turn in turns] == questions
