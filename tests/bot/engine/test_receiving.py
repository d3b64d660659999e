"""What becomes of messages: each is answered once, joined, refused with a reason, or let pass."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat import Address, Person
from bot.errors import StoreFailed
from bot.memory_books import MemoryQuestions
from bot.memory_store import MemoryStore
from bot.records import Conversation, Outcome, QuestionRecord, QuestionState

from .stage import PATIENT, Stage, person, place, turns


async def test_mention_is_answered_and_recorded() -> None:
    stage = Stage()
    message = stage.message("What is a flywheel?")
    async with stage.running() as engine:
        receipt = await engine.receive(message)
        await engine.settled()

    assert receipt.outcome is Outcome.ACCEPTED
    assert stage.shown == ["On 'What is a flywheel?': all is well."]
    assert stage.chat.posted[0].reply_to == message.message_id
    question = await stage.store.questions.get(receipt.question_id)
    assert question is not None
    assert question.state is QuestionState.ANSWERED
    answer = await stage.store.answers.get(question.answer_id)
    assert answer is not None
    assert answer.question_id == receipt.question_id


async def test_receive_works_before_the_engine_runs() -> None:
    stage = Stage()
    engine = stage.engine()
    await engine.receive(stage.message("Early?"))
    task = asyncio.create_task(engine.run())
    await engine.settled()
    engine.close()
    await task

    assert len(stage.shown) == 1


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="the same event again"),
        pytest.param({"event_id": "other"}, id="another event of the same message"),
        pytest.param({"message_id": "other"}, id="the same event of another message"),
    ],
)
@pytest.mark.parametrize("restarted", [False, True], ids=["at once", "after a restart"])
async def test_redelivered_message_is_answered_once(change: dict[str, str], restarted: bool) -> None:
    stage = Stage()
    message = stage.message("What is a flywheel?")
    async with stage.running() as engine:
        await engine.receive(message)
        if not restarted:
            again = await engine.receive(replace(message, **change))
        await engine.settled()
    if restarted:
        async with stage.running() as engine:
            again = await engine.receive(replace(message, **change))
            await engine.settled()

    assert again.outcome is Outcome.DUPLICATE
    assert len(stage.shown) == 1


async def test_two_deliveries_at_once_are_answered_once() -> None:
    stage = Stage()
    message = stage.message("What is a flywheel?")
    async with stage.running() as engine:
        receipts = await asyncio.gather(engine.receive(message), engine.receive(replace(message, event_id="other")))
        await engine.settled()

    assert sorted(receipt.outcome for receipt in receipts) == [Outcome.ACCEPTED, Outcome.DUPLICATE]
    assert len(stage.shown) == 1


class _BrokenQuestions(MemoryQuestions):
    broken = True

    async def admit(
        self, question: QuestionRecord, *, claim: Sequence[str] = (), conversation: Conversation | None = None
    ) -> bool:
        if self.broken:
            raise StoreFailed("the disk is full")
        return await super().admit(question, claim=claim, conversation=conversation)


async def test_mention_is_heard_whichever_of_its_two_events_comes_first() -> None:
    stage = Stage()
    mention = stage.message("What is a flywheel?")
    overheard = replace(mention, event_id="same message", address=Address.NONE)
    async with stage.running() as engine:
        outcomes = [(await engine.receive(event)).outcome for event in (overheard, mention, overheard)]
        await engine.settled()

    assert outcomes == [Outcome.IGNORED, Outcome.ACCEPTED, Outcome.DUPLICATE]
    assert stage.answered == ["What is a flywheel?"]


async def test_message_that_was_not_stored_may_be_delivered_again() -> None:
    store = MemoryStore()
    store.questions.__class__ = _BrokenQuestions
    stage = Stage(store=store)
    message = stage.message("What is a flywheel?")
    async with stage.running() as engine:
        with pytest.raises(StoreFailed):
            await engine.receive(message)
        store.questions.broken = False  # type: ignore[attr-defined]
        receipt = await engine.receive(message)
        await engine.settled()

    assert receipt.outcome is Outcome.ACCEPTED
    assert len(stage.shown) == 1


@pytest.mark.parametrize("sender", [person(is_self=True), person(is_bot=True)], ids=["itself", "another bot"])
async def test_bots_get_no_answer(sender: Person) -> None:
    stage = Stage()
    async with stage.running() as engine:
        receipt = await engine.receive(stage.message("What is a flywheel?", person=sender))
        await engine.settled()

    assert receipt.outcome is Outcome.IGNORED
    assert stage.shown == stage.whispered == []


async def test_another_bot_is_answered_until_the_cap_and_again_after_a_person() -> None:
    stage = Stage(PATIENT.model_copy(update={"bots": True, "turns_without_human": 2}))
    other = person("robot", is_bot=True)
    outcomes = []
    async with stage.running() as engine:
        for number in range(4):
            outcomes.append((await engine.receive(stage.message(f"Ping {number}?", person=other))).outcome)
            await engine.settled()
        await engine.receive(stage.message("What is going on here?"))
        outcomes.append((await engine.receive(stage.message("Ping again?", person=other))).outcome)
        await engine.settled()

    assert outcomes == [Outcome.ACCEPTED] * 2 + [Outcome.IGNORED] * 2 + [Outcome.ACCEPTED]


async def test_second_message_joins_a_question_that_waits() -> None:
    stage = Stage()
    gate = stage.answers.hold("First?")
    async with stage.running() as engine:
        await engine.receive(stage.message("First?"))
        await turns()
        waiting = await engine.receive(stage.message("And second?"))
        joined = await engine.receive(stage.message("I mean for startups."))
        gate.set()
        await engine.settled()

    assert joined.outcome is Outcome.JOINED
    assert joined.question_id == waiting.question_id
    assert stage.answered == ["First?", "And second?\nI mean for startups."]


async def test_messages_of_two_people_stay_two_questions() -> None:
    stage = Stage()
    gate = stage.answers.hold("First?")
    async with stage.running() as engine:
        await engine.receive(stage.message("First?"))
        await turns()
        await engine.receive(stage.message("Second?", person=person("bo")))
        await engine.receive(stage.message("Third?"))
        gate.set()
        await engine.settled()

    assert stage.answered == ["First?", "Second?", "Third?"]


async def test_one_thread_is_answered_one_question_at_a_time_while_others_go_on() -> None:
    stage = Stage()
    gate = stage.answers.hold("First?")
    async with stage.running() as engine:
        await engine.receive(stage.message("First?"))
        await turns()
        await engine.receive(stage.message("Second?"))
        await engine.receive(stage.message("Elsewhere?", place=place(thread="u")))
        await turns()
        before = list(stage.answered)
        gate.set()
        await engine.settled()

    assert before == ["First?", "Elsewhere?"]
    assert stage.answered == ["First?", "Elsewhere?", "Second?"]


async def test_full_queue_says_when_to_come_again() -> None:
    stage = Stage(PATIENT.model_copy(update={"workers": 1, "queue_size": 1}))
    gate = stage.answers.hold("First?")
    async with stage.running() as engine:
        await engine.receive(stage.message("First?", place=place(thread="1")))
        await turns()
        await engine.receive(stage.message("Second?", place=place(thread="2")))
        busy = await engine.receive(stage.message("第三个问题是什么？", place=place(thread="3")))
        gate.set()
        await engine.settled()

    assert busy.outcome is Outcome.BUSY
    assert busy.retry_after_s > 0
    assert len(stage.whispered) == 1
    assert "秒" in stage.whispered[0]
    assert stage.answered == ["First?", "Second?"]


async def test_person_who_asks_too_fast_is_told_how_long_to_wait() -> None:
    stage = Stage(PATIENT.model_copy(update={"person_burst": 2, "person_per_minute": 6}))
    async with stage.running() as engine:
        outcomes = []
        for number in range(3):
            outcomes.append((await engine.receive(stage.message(f"Number {number}?"))).outcome)
            await engine.settled()
        other = await engine.receive(stage.message("And me?", person=person("bo")))
        await stage.time.advance(10)
        later = await engine.receive(stage.message("Now?"))
        await engine.settled()

    assert outcomes == [Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.LIMITED]
    assert other.outcome is later.outcome is Outcome.ACCEPTED
    assert len(stage.whispered) == 1
    assert "10 s" in stage.whispered[0]


async def test_duplicates_cost_no_tokens() -> None:
    stage = Stage(PATIENT.model_copy(update={"person_burst": 1, "person_per_minute": 1}))
    message = stage.message("What is a flywheel?")
    async with stage.running() as engine:
        await engine.receive(message)
        await engine.settled()
    async with stage.running() as engine:
        for _ in range(5):
            await engine.receive(replace(message, event_id=stage.new_id()))
        receipt = await engine.receive(stage.message("Another one?"))
        await engine.settled()

    assert receipt.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "Hello!", id="nothing"),
        pytest.param(" ?! ", "Hello!", id="signs alone"),
        pytest.param("你好", "您好", id="a greeting"),
        pytest.param("thanks!", "welcome", id="thanks"),
        pytest.param("x" * 4001, "4000", id="too long"),
    ],
)
async def test_message_without_a_usable_question_gets_a_helpful_line(text: str, said: str) -> None:
    stage = Stage()
    async with stage.running() as engine:
        receipt = await engine.receive(stage.message(text))
        await engine.settled()

    assert receipt.outcome is Outcome.UNUSABLE
    assert said in stage.whispered[0]
    assert stage.shown == []


async def test_flood_of_useless_messages_is_told_a_few_times_only() -> None:
    stage = Stage()
    async with stage.running() as engine:
        for _ in range(50):
            await engine.receive(stage.message("?"))
        await engine.settled()

    assert 1 <= len(stage.whispered) <= 5


async def test_message_from_before_a_downtime_is_noted_and_not_answered() -> None:
    stage = Stage()
    message = stage.message("什么是数据飞轮？", at=stage.time.now() - timedelta(minutes=11))
    async with stage.running() as engine:
        receipt = await engine.receive(message)
        await engine.settled()

    question = await stage.store.questions.get(receipt.question_id)
    assert question is not None
    assert question.state is QuestionState.EXPIRED
    assert stage.answered == []
    assert len(stage.shown) == 1
    assert stage.chat.posted[0].reply.actions
