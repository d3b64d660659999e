"""What every store promises of events, questions and answers, whatever it is made of."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.chat import Standing
from bot.errors import StoreFailed
from bot.ports import Store
from bot.records import Conversation, QuestionState

from .conftest import Making


async def test_event_is_claimed_once(store: Store, make: Making) -> None:
    assert await store.events.claim(["event", "message"], at=make.start)

    assert not await store.events.claim(["event"], at=make.start)
    assert not await store.events.claim(["message"], at=make.start)


async def test_claim_that_meets_a_taken_key_takes_none(store: Store, make: Making) -> None:
    await store.events.claim(["b"], at=make.start)

    assert not await store.events.claim(["a", "b", "c"], at=make.start)
    assert await store.events.claim(["a", "c"], at=make.start)


async def test_one_of_many_simultaneous_claims_wins(store: Store, make: Making) -> None:
    orders = [["event", f"m{number % 3}", "message"][:: 1 if number % 2 else -1] for number in range(24)]

    won = await asyncio.gather(*(store.events.claim(keys, at=make.start) for keys in orders))

    assert won.count(True) == 1


async def test_old_claims_are_forgotten(store: Store, make: Making) -> None:
    await store.events.claim(["old", "older"], at=make.start)
    await store.events.claim(["new"], at=make.start + timedelta(hours=2))

    assert await store.events.forget(before=make.start + timedelta(hours=1)) == 2
    assert await store.events.claim(["old"], at=make.start)
    assert not await store.events.claim(["new"], at=make.start)


async def test_question_returns_as_it_was_admitted(store: Store, make: Making) -> None:
    person = replace(make.person, name="Ada", standing=Standing.GUEST, roles=frozenset({"admin"}))
    question = make.question(person=person)

    assert await store.questions.admit(question)

    unnamed = replace(person, name="", roles=frozenset())
    assert await store.questions.get(question.id) == replace(question, person=unnamed)
    assert await store.questions.get("unknown") is None


async def test_time_of_another_zone_returns_as_the_same_moment_in_utc(store: Store, make: Making) -> None:
    shanghai = datetime(2026, 7, 1, 7, 59, 59, 123_456, tzinfo=timezone(timedelta(hours=8)))
    question = make.question(asked_at=shanghai)
    await store.questions.admit(question)

    found = await store.questions.get(question.id)

    assert found is not None
    assert found.asked_at == shanghai
    assert found.asked_at.utcoffset() is not None


async def test_question_claim_and_conversation_are_stored_together_or_not_at_all(store: Store, make: Making) -> None:
    first, second = make.question(), make.question()

    begun, taken = Conversation(key="slack/T1/C1/1"), Conversation(key="slack/T1/C1/2")

    assert await store.questions.admit(first, claim=["event"], conversation=begun)
    assert not await store.questions.admit(second, claim=["other", "event"], conversation=taken)

    assert await store.questions.get(second.id) is None
    assert await store.conversations.get(begun.key) == begun
    assert await store.conversations.get(taken.key) is None
    assert await store.events.claim(["other"], at=make.start)


async def test_question_is_admitted_once(store: Store, make: Making) -> None:
    question = make.question()
    await store.questions.admit(question)

    with pytest.raises(StoreFailed):
        await store.questions.admit(question)


async def test_one_of_many_simultaneous_admissions_wins(store: Store, make: Making) -> None:
    questions = [make.question() for _ in range(16)]

    won = await asyncio.gather(*(store.questions.admit(each, claim=["event", "message"]) for each in questions))

    assert won.count(True) == 1
    assert [each.id for each in await store.questions.unfinished()] == [questions[won.index(True)].id]


async def test_message_finds_the_latest_question_that_it_belongs_to(store: Store, make: Making) -> None:
    first, second = make.question(message_id="m"), make.question(message_id="m")
    await store.questions.admit(first)
    await store.questions.admit(second)

    found = await store.questions.by_message(make.place.key, "m")

    assert found is not None
    assert found.id == second.id
    assert await store.questions.by_message("slack/T1/C9/", "m") is None


async def test_questions_of_a_person_are_told_latest_first(store: Store, make: Making) -> None:
    somebody = replace(make.person, id="U9")
    first, second, third = make.question(), make.question(), make.question()
    for number, question in enumerate((second, first, third)):
        at = make.start + timedelta(minutes=number if question is not second else 1)
        await store.questions.admit(replace(question, asked_at=at))
    await store.questions.admit(make.question(person=somebody))

    latest = await store.questions.of_person(make.person.key, limit=2)

    assert [each.id for each in latest] == [third.id, first.id]
    assert await store.questions.of_person("slack/T1/U0", limit=2) == ()


async def test_message_joins_a_queued_question(store: Store, make: Making) -> None:
    question = make.question()
    await store.questions.admit(question)

    assert await store.questions.join(question.id, "longer text", message_id="m-more", claim=["event"])
    assert await store.questions.join(question.id, "longest text", message_id="m-more")

    found = await store.questions.by_message(make.place.key, "m-more")
    assert found == replace(question, text="longest text")
    assert not await store.events.claim(["event"], at=make.start)


async def test_joining_with_a_taken_claim_changes_nothing(store: Store, make: Making) -> None:
    question = make.question()
    await store.questions.admit(question, claim=["event"])

    assert not await store.questions.join(question.id, "other", message_id="m-more", claim=["event"])

    assert await store.questions.get(question.id) == question
    assert await store.questions.by_message(make.place.key, "m-more") is None


async def test_question_that_is_answered_takes_no_more_messages(store: Store, make: Making) -> None:
    question = make.question()
    await store.questions.admit(question)
    await store.questions.start(question.id)

    assert not await store.questions.join(question.id, "late", message_id="m-late", claim=["event"])
    assert await store.events.claim(["event"], at=make.start)


async def test_question_is_started_once(store: Store, make: Making) -> None:
    question = make.question()
    await store.questions.admit(question)

    started = await asyncio.gather(*(store.questions.start(question.id) for _ in range(8)))

    assert started.count(True) == 1
    assert not await store.questions.start("unknown")


@pytest.mark.parametrize("state", [state for state in QuestionState if state.ended])
async def test_question_ends_once(store: Store, make: Making, state: QuestionState) -> None:
    question = make.question()
    await store.questions.admit(question)

    assert await store.questions.finish(question.id, state)
    assert not await store.questions.finish(question.id, QuestionState.ANSWERED, answer=make.answer(question))

    assert await store.questions.get(question.id) == replace(question, state=state)
    assert await store.answers.get(f"a{question.id}") is None
    assert not await store.questions.start(question.id)


async def test_one_of_two_simultaneous_ends_wins(store: Store, make: Making) -> None:
    question = make.question()
    await store.questions.admit(question)
    ends = [QuestionState.ANSWERED, QuestionState.CANCELLED] * 6

    won = await asyncio.gather(*(store.questions.finish(question.id, state) for state in ends))

    assert won.count(True) == 1


async def test_unfinished_questions_return_in_the_order_in_which_they_were_asked(store: Store, make: Making) -> None:
    questions = [make.question() for _ in range(5)]
    for question in reversed(questions):
        await store.questions.admit(question)
    await store.questions.start(questions[1].id)
    await store.questions.finish(questions[2].id, QuestionState.CANCELLED)

    found = [(each.id, each.state) for each in await store.questions.unfinished()]

    assert found == [
        (questions[0].id, QuestionState.QUEUED),
        (questions[1].id, QuestionState.ANSWERING),
        (questions[3].id, QuestionState.QUEUED),
        (questions[4].id, QuestionState.QUEUED),
    ]


async def test_answer_returns_with_all_that_it_rests_on(store: Store, make: Making) -> None:
    question = make.question()
    answer = make.answer(question)
    await store.questions.admit(question)
    await store.questions.finish(question.id, QuestionState.ANSWERED, answer=answer)

    assert await store.answers.get(answer.id) == answer
    assert await store.questions.get(question.id) == replace(
        question, state=QuestionState.ANSWERED, answer_id=answer.id
    )


async def test_latest_answer_of_a_conversation_is_found(store: Store, make: Making) -> None:
    questions = [make.question() for _ in range(3)]
    for question in questions:
        await store.questions.admit(question)
        await store.questions.finish(question.id, QuestionState.ANSWERED, answer=make.answer(question))

    assert await store.answers.latest(make.place.key) == make.answer(questions[2])
    assert await store.answers.latest("slack/T1/C9/") is None
