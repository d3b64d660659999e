"""The engine over the real SQLite store: a conversation, a restart in the middle, and nothing twice."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.chat import Address, Said
from bot.records import ChannelSettings, Outcome, QuestionState, Respond
from bot.store.opening import SqlStore, open_store

from .stage import Stage, person, place


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[SqlStore, None]:
    """A store of the test's own."""
    async with open_store(None, home=tmp_path) as opened:
        yield opened


async def test_conversation_goes_on_after_a_restart(store: SqlStore) -> None:
    stage = Stage(store=store)
    first = stage.message("How does a flywheel work?")
    async with stage.running() as engine:
        await engine.receive(first)
        await engine.settled()
    async with stage.running() as engine:
        again = await engine.receive(first)
        follow_up = await engine.receive(stage.message("And without users?", address=Address.NONE))
        await engine.settled()

    assert (again.outcome, follow_up.outcome) == (Outcome.DUPLICATE, Outcome.ACCEPTED)
    assert len(stage.shown) == 2
    assert [turn.question for turn in stage.answers.asked[-1].history] == ["How does a flywheel work?"]


async def test_question_that_waited_at_the_end_of_a_run_is_answered_by_the_next(store: SqlStore) -> None:
    stage = Stage(store=store)
    engine = stage.engine()
    receipt = await engine.receive(stage.message("How does a flywheel work?"))
    joined = await engine.receive(stage.message("In two sentences, please."))
    async with stage.running() as engine:
        await engine.settled()
    question = await store.questions.get(receipt.question_id)

    assert joined.outcome is Outcome.JOINED
    assert stage.answered == ["How does a flywheel work?\nIn two sentences, please."]
    assert question is not None
    assert question.state is QuestionState.ANSWERED


async def test_thread_that_the_bot_is_called_into_is_read_once(store: SqlStore) -> None:
    stage = Stage(store=store)
    stage.chat.said[place().key] = [
        Said(message_id="1", person_id="bo", own=False, text="We train a model.", at=stage.time.now())
    ]
    async with stage.running() as engine:
        for text in ("What do you say?", "And then?"):
            await engine.receive(stage.message(text))
            await engine.settled()

    histories = [[turn.question for turn in question.history] for question in stage.answers.asked]
    assert histories == [["We train a model."], ["We train a model.", "What do you say?"]]


async def test_channel_that_is_switched_to_auto_is_answered_without_a_mention(store: SqlStore) -> None:
    stage = Stage(store=store)
    await store.settings.save(place().channel_key, ChannelSettings(respond=Respond.AUTO))
    async with stage.running() as engine:
        outcomes = [
            (await engine.receive(stage.message(text, place=place(thread=""), address=Address.NONE))).outcome
            for text in ("飞轮怎么运转？", "飞轮在运转。")
        ]
        await engine.settled()

    assert outcomes == [Outcome.ACCEPTED, Outcome.IGNORED]
    assert stage.answered == ["飞轮怎么运转？"]


async def test_deleted_question_is_stored_as_cancelled(store: SqlStore) -> None:
    stage = Stage(store=store)
    engine = stage.engine()
    message = stage.message("How does a flywheel work?", person=person("bo"))
    receipt = await engine.receive(message)
    await engine.receive(stage.deletion(message))
    async with stage.running() as engine:
        await engine.settled()
    question = await store.questions.get(receipt.question_id)

    assert question is not None
    assert question.state is QuestionState.CANCELLED
    assert stage.shown == []
