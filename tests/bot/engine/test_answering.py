"""What may happen to a question after it was let in: deleted, edited, stopped, failed, kept waiting, cut off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat import CommandCall
from bot.errors import DeliveryFailed, StoreFailed
from bot.memory_books import MemoryQuestions
from bot.memory_chat import Moment
from bot.memory_store import MemoryStore
from bot.neighbours import Desk
from bot.records import AnswerRecord, Engagement, Outcome, QuestionState
from rag.errors import StorageFailed

from .stage import PATIENT, Stage, person, place, turns


async def state_of(stage: Stage, question_id: str) -> QuestionState:
    question = await stage.store.questions.get(question_id)
    assert question is not None
    return question.state


async def test_deleting_a_waiting_question_cancels_it() -> None:
    stage = Stage()
    gate = stage.answers.hold("First?")
    async with stage.running() as engine:
        await engine.receive(stage.message("First?"))
        await turns()
        second = stage.message("Second?")
        receipt = await engine.receive(second)
        deleted = await engine.receive(stage.deletion(second))
        gate.set()
        await engine.settled()

    assert deleted.outcome is Outcome.CANCELLED
    assert await state_of(stage, receipt.question_id) is QuestionState.CANCELLED
    assert stage.answered == ["First?"]
    assert len(stage.shown) == 1


async def test_deleting_a_question_stops_its_answer_and_takes_it_away() -> None:
    stage = Stage()
    stage.answers.hold("First?")
    message = stage.message("First?")
    async with stage.running() as engine:
        receipt = await engine.receive(message)
        await turns()
        begun = list(stage.shown)
        await engine.receive(stage.deletion(message))
        await engine.settled()

    assert begun != []
    assert stage.shown == []
    assert stage.answers.stopped == ["First?"]
    assert await state_of(stage, receipt.question_id) is QuestionState.CANCELLED


@pytest.mark.parametrize("begun", [pytest.param(False, id="waits"), pytest.param(True, id="is being answered")])
async def test_acknowledged_deletion_has_been_stored(begun: bool) -> None:
    stage = Stage()
    stage.answers.hold("First?")
    message = stage.message("First?")
    async with stage.running() as engine:
        receipt = await engine.receive(message)
        await turns(50 if begun else 0)
        await engine.receive(stage.deletion(message))

        assert await state_of(stage, receipt.question_id) is QuestionState.CANCELLED


async def test_deleting_an_answered_question_changes_nothing() -> None:
    stage = Stage()
    message = stage.message("First?")
    async with stage.running() as engine:
        await engine.receive(message)
        await engine.settled()
        receipt = await engine.receive(stage.deletion(message))
        await engine.settled()

    assert receipt.outcome is Outcome.IGNORED
    assert len(stage.shown) == 1


async def test_deleting_one_of_two_joined_messages_leaves_the_other() -> None:
    stage = Stage()
    gate = stage.answers.hold("First?")
    async with stage.running() as engine:
        await engine.receive(stage.message("First?"))
        await turns()
        kept, dropped = stage.message("Second?"), stage.message("Or third?")
        await engine.receive(kept)
        await engine.receive(dropped)
        await engine.receive(stage.deletion(dropped))
        gate.set()
        await engine.settled()

    assert stage.answered == ["First?", "Second?"]


async def test_edited_waiting_question_is_asked_as_it_stands_now() -> None:
    stage = Stage()
    gate = stage.answers.hold("First?")
    async with stage.running() as engine:
        await engine.receive(stage.message("First?"))
        await turns()
        second, third = stage.message("Secnd?"), stage.message("Really?")
        await engine.receive(second)
        await engine.receive(third)
        receipt = await engine.receive(stage.edit(second, "Second?"))
        gate.set()
        await engine.settled()

    assert receipt.outcome is Outcome.REPLACED
    assert stage.answered == ["First?", "Second?\nReally?"]


async def test_edited_question_that_is_being_answered_is_replaced() -> None:
    stage = Stage()
    stage.answers.hold("Frist?")
    message = stage.message("Frist?")
    async with stage.running() as engine:
        first = await engine.receive(message)
        await turns()
        second = await engine.receive(stage.edit(message, "First?"))
        await engine.settled()

    assert stage.shown == ["On 'First?': all is well."]
    assert await state_of(stage, first.question_id) is QuestionState.CANCELLED
    assert await state_of(stage, second.question_id) is QuestionState.ANSWERED


async def test_edit_just_before_a_crash_is_answered_in_its_new_words_alone() -> None:
    stage = Stage()
    receipt = await stage.engine().receive(stage.message("Waht now?"))
    await stage.store.questions.start(receipt.question_id)
    old = await stage.store.questions.get(receipt.question_id)
    assert old is not None
    await stage.store.questions.admit(replace(old, id="new", text="What now?", state=QuestionState.QUEUED))
    async with stage.running() as engine:
        await engine.settled()

    assert stage.answered == ["What now?"]
    assert await state_of(stage, receipt.question_id) is QuestionState.CANCELLED
    assert await state_of(stage, "new") is QuestionState.ANSWERED


@pytest.mark.parametrize(
    "text", ["First?", "", "…", "x" * 5000], ids=["same text", "no text", "no words", "more than a question may hold"]
)
async def test_edit_that_changes_nothing_of_use_is_let_pass(text: str) -> None:
    stage = Stage()
    gate = stage.answers.hold("First?")
    message = stage.message("First?")
    async with stage.running() as engine:
        await engine.receive(message)
        await turns()
        receipt = await engine.receive(stage.edit(message, text))
        gate.set()
        await engine.settled()

    assert receipt.outcome is Outcome.IGNORED
    assert stage.answered == ["First?"]


async def test_stop_ends_the_answer_that_is_being_written_and_those_that_wait() -> None:
    stage = Stage()
    stage.answers.hold("First?")
    async with stage.running() as engine:
        first = await engine.receive(stage.message("First?"))
        await turns()
        second = await engine.receive(stage.message("Second?", person=person("bo")))
        await engine.receive(stage.message("stop"))
        await engine.settled()

    assert await state_of(stage, first.question_id) is QuestionState.CANCELLED
    assert await state_of(stage, second.question_id) is QuestionState.CANCELLED
    assert stage.answered == ["First?"]
    assert stage.chat.posted[0].reply.status == ""


async def test_desk_cancels_for_the_asker_alone_and_stops_and_resumes() -> None:
    stage = Stage()
    stage.answers.hold("First?")
    done: dict[str, object] = {}

    async def act(_: CommandCall, desk: Desk) -> None:
        done["others"] = await desk.cancel(done["id"], person("bo"))  # type: ignore[arg-type]
        done["own"] = await desk.cancel(done["id"], person())  # type: ignore[arg-type]
        done["stopped"] = await desk.stop(place(), person())
        done["engagement"] = (await stage.store.conversations.get(place().key)).engagement  # type: ignore[union-attr]
        await desk.resume(place(), person())

    stage.handling.acts["act"] = act
    async with stage.running() as engine:
        done["id"] = (await engine.receive(stage.message("First?"))).question_id
        await turns()
        await engine.receive(CommandCall(event_id="x", place=place(), person=person(), at=stage.time.now(), name="act"))
        await engine.settled()
    conversation = await stage.store.conversations.get(place().key)

    assert (done["others"], done["own"], done["stopped"]) == (False, True, 0)
    assert done["engagement"] is Engagement.STOPPED
    assert conversation is not None
    assert conversation.engagement is Engagement.ENGAGED


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(StorageFailed("broken file"), "cannot reach my library", id="an error with words for people"),
        pytest.param(ZeroDivisionError("a bug"), "Something went wrong", id="a bug"),
    ],
)
async def test_failure_is_told_with_a_way_to_try_again(error: Exception, said: str) -> None:
    stage = Stage()
    stage.answers.errors["First?"] = error
    async with stage.running() as engine:
        receipt = await engine.receive(stage.message("First?"))
        await engine.receive(stage.message("Second?", person=person("bo")))
        await engine.settled()

    last = stage.chat.posted[0].reply
    assert said in " ".join((last.text, *last.notes))
    assert str(error) not in " ".join((last.text, *last.notes))
    assert last.actions
    assert await state_of(stage, receipt.question_id) is QuestionState.FAILED
    assert stage.shown[-1] == "On 'Second?': all is well."


async def test_answer_that_takes_too_long_is_broken_off_and_told() -> None:
    stage = Stage(PATIENT.model_copy(update={"answer_seconds": 0.01}))
    stage.answers.hold("First?")
    async with stage.running() as engine:
        receipt = await engine.receive(stage.message("First?"))
        await engine.settled()

    assert await state_of(stage, receipt.question_id) is QuestionState.FAILED
    assert stage.chat.posted[0].reply.status == ""


async def test_platform_that_takes_nothing_fails_the_question_and_not_the_engine() -> None:
    stage = Stage()

    async def refuse(method: str, moment: Moment) -> None:
        raise DeliveryFailed("no such channel")

    stage.chat.watch = refuse
    async with stage.running() as engine:
        first = await engine.receive(stage.message("First?"))
        await engine.settled()
        stage.chat.watch = None
        second = await engine.receive(stage.message("Second?"))
        await engine.settled()

    assert await state_of(stage, first.question_id) is QuestionState.FAILED
    assert await state_of(stage, second.question_id) is QuestionState.ANSWERED


class _Flickering(MemoryQuestions):
    """A book that fails at times when a question begins or ends."""

    failures = 0

    async def start(self, question_id: str) -> bool:
        self._flicker()
        return await super().start(question_id)

    async def finish(self, question_id: str, state: QuestionState, *, answer: AnswerRecord | None = None) -> bool:
        self._flicker()
        return await super().finish(question_id, state, answer=answer)

    def _flicker(self) -> None:
        self.failures += 1
        if self.failures % 2:
            raise StoreFailed("database is locked")


async def test_store_that_fails_for_a_moment_is_asked_again() -> None:
    store = MemoryStore()
    store.questions.__class__ = _Flickering
    stage = Stage(store=store)
    async with stage.running() as engine:
        receipt = await engine.receive(stage.message("First?"))
        await turns()
        await stage.time.advance(1)
        await stage.time.advance(1)
        await engine.settled()

    assert await state_of(stage, receipt.question_id) is QuestionState.ANSWERED
    assert stage.shown == ["On 'First?': all is well."]
