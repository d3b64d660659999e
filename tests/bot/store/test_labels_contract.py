"""What every store promises of history: answers that rest on what a reader may not see are left out of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

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


async def test_what_a_command_has_shown_stands_in_history_at_its_time(store: Books, make: Making) -> None:
    first, second = make.question(), make.question()
    for number, question in enumerate((first, second)):
        await store.questions.admit(question)
        record = replace(make.answer(question), at=make.start + timedelta(minutes=10 * number))
        await store.questions.finish(question.id, QuestionState.ANSWERED, answer=record)
    await store.conversations.import_turns(make.place.key, [Turn(question="before", answer="")], at=make.start)
    for minutes in (5, 15):
        shown = Turn(question=f"shown after {minutes}", answer="")
        at = make.start + timedelta(minutes=minutes)
        await store.conversations.note_turn(make.place.key, shown, at=at, person=make.person.key)
    turns = await store.conversations.turns(make.place.key, limit=9)
    expected = ["before", first.text, "shown after 5", second.text, "shown after 15"]
    assert [turn.question for turn in turns] == expected
    assert [turn.question for turn in await store.conversations.turns(make.place.key, limit=1)] == expected[-1:]
