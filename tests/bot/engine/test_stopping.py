"""The queue as people see it, and a program that stops while it answers."""

from __future__ import annotations

import asyncio

from bot.engine.wiring import Unwatched
from bot.memory_chat import Moment
from bot.records import Outcome, QuestionState

from .stage import PATIENT, Stage, place, turns


async def state_of(stage: Stage, question_id: str) -> QuestionState:
    question = await stage.store.questions.get(question_id)
    assert question is not None
    return question.state


async def test_place_in_the_queue_is_shown_and_becomes_the_answer() -> None:
    stage = Stage(PATIENT.model_copy(update={"workers": 1}))
    gate = stage.answers.hold("First?")
    async with stage.running() as engine:
        await engine.receive(stage.message("First?", place=place(thread="1")))
        await turns()
        await engine.receive(stage.message("Second?", place=place(thread="2")))
        await engine.receive(stage.message("Third?", place=place(thread="3")))
        await stage.time.advance(2)
        waiting = stage.shown[1:]
        await stage.time.advance(2)
        edits = [len(said.versions) for said in stage.chat.posted[1:]]
        gate.set()
        await engine.settled()

    assert len(waiting) == 2
    assert waiting[0] != waiting[1]
    assert edits == [1, 1]
    assert stage.shown == [f"On '{name}?': all is well." for name in ("First", "Second", "Third")]


async def test_stopping_program_lets_an_answer_finish() -> None:
    stage = Stage(PATIENT.model_copy(update={"shutdown_seconds": 30}))
    gate = stage.answers.hold("First?")
    async with stage.running() as engine:
        receipt = await engine.receive(stage.message("First?"))
        await turns()
        engine.close()
        await turns()
        gate.set()

    assert await state_of(stage, receipt.question_id) is QuestionState.ANSWERED


async def test_stopping_program_marks_what_it_cuts_off_and_leaves_what_waits() -> None:
    stage = Stage()
    stage.answers.hold("First?")
    async with stage.running() as engine:
        first = await engine.receive(stage.message("First?"))
        await turns()
        second = await engine.receive(stage.message("Second?"))
        engine.close()
        late = await engine.receive(stage.message("Third?", place=place(thread="u")))

    assert await state_of(stage, first.question_id) is QuestionState.INTERRUPTED
    assert await state_of(stage, second.question_id) is QuestionState.QUEUED
    assert await state_of(stage, late.question_id) is QuestionState.QUEUED
    marked = stage.chat.posted[0].reply
    assert marked.notes
    assert marked.actions
    assert marked.status == ""
    async with stage.running() as engine:
        await engine.settled()
    assert stage.answered == ["First?", "Second?", "Third?"]


async def test_engine_that_hangs_in_a_platform_still_stops() -> None:
    stage = Stage()

    async def hang(method: str, moment: Moment) -> None:
        await asyncio.Event().wait()

    async with stage.running() as engine:
        stage.chat.watch = hang
        receipt = await engine.receive(stage.message("First?"))
        await turns()

    assert await state_of(stage, receipt.question_id) is QuestionState.ANSWERING


async def test_what_happens_is_counted() -> None:
    stage = Stage()
    seen: list[object] = []

    class Counting(Unwatched):
        def received(self, outcome: Outcome) -> None:
            seen.append(outcome)

        def ended(self, question: object, state: QuestionState, **_: object) -> None:
            seen.append(state)

    stage.watching = Counting()
    async with stage.running() as engine:
        await engine.receive(stage.message("First?"))
        await engine.settled()

    assert seen == [Outcome.ACCEPTED, QuestionState.ANSWERED]
