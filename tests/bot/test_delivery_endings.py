"""Questions that wait, fail, are stopped or deleted, and answers that a restart cut off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.board import Pacing
from bot.chat import Place, PlaceKind
from bot.delivery import Delivery, Voice
from bot.errors import DeliveryFailed
from bot.memory_chat import Moment
from bot.offers import Verb
from bot.records import PostState, QuestionState
from bot.wording import Say
from rag.errors import ModelUnavailable
from rag.types import AnswerEvent, Delta, Language, Retrieved

from .delivering import TABLE, WORDING, desk, slow
from .samples import ADA, NOW, PLACE, answer, passage, question, retrieval, stream


async def test_place_in_the_queue_becomes_the_answer() -> None:
    at = desk()
    delivery = at.delivery
    await delivery.waiting(question("什么是数据飞轮？"), ahead=2)
    assert at.last.status == "前面还有 2 个问题……"
    await delivery.waiting(question("什么是数据飞轮？"), ahead=1)
    assert at.last.status == "前面还有 2 个问题……"
    at.time.now += 1
    await delivery.waiting(question("什么是数据飞轮？"), ahead=0)
    assert at.last.status == "马上轮到您……"
    await delivery.deliver(question("什么是数据飞轮？"), stream(answer("循环。[1]", language=Language.ZH)))
    assert at.texts == ["循环。[1]"]


async def test_place_in_the_queue_that_cannot_be_shown_is_let_go(caplog: pytest.LogCaptureFixture) -> None:
    at = desk()

    async def refuse(method: str, moment: Moment) -> None:
        raise DeliveryFailed("no")

    at.chat.watch = refuse
    await at.delivery.waiting(question(), ahead=1)
    assert "waiting_not_shown" in caplog.text


@pytest.mark.parametrize(
    ("place", "private_replies", "whispered"),
    [
        pytest.param(PLACE, True, True, id="in a thread: to one person"),
        pytest.param(PLACE, False, False, id="where nothing can be said to one person"),
        pytest.param(replace(PLACE, kind=PlaceKind.DM), True, False, id="between two: as a message that stays"),
    ],
)
async def test_line_of_the_bots_own_is_for_one_person_where_that_can_be(
    place: Place, private_replies: bool, whispered: bool
) -> None:
    at = desk()
    at.chat.capabilities = replace(at.chat.capabilities, private_replies=private_replies)
    await at.delivery.tell(place, ADA, Say.BUSY, Language.ZH, seconds=7)
    told = [reply for _, _, reply in at.chat.whispers] if whispered else [posted.reply for posted in at.chat.posted]
    assert [reply.text for reply in told] == ["现在提问的人比较多，请约 7 秒后再问一次。"]
    assert len(at.chat.whispers) == whispered


async def broken() -> AsyncIterator[AnswerEvent]:
    yield Retrieved(retrieval=retrieval(passage("How")))
    yield Delta(text="The beginning.[1]")
    raise ModelUnavailable("gone")


async def test_answer_that_fails_keeps_its_beginning_and_says_so() -> None:
    at = desk()
    delivery = at.delivery
    with pytest.raises(ModelUnavailable):
        await delivery.deliver(question(), broken())
    await delivery.close(question(), QuestionState.FAILED, error=ModelUnavailable("gone"))
    assert at.texts == ["The beginning.[1]"]
    assert at.last.notes == (f"{ModelUnavailable.user_message} (en)",)
    assert at.last.actions[0][0].payload.verb == Verb.RETRY
    assert at.last.status == ""


@pytest.mark.parametrize(
    ("state", "line", "retry"),
    [
        pytest.param(QuestionState.EXPIRED, "too long ago", True, id="expired"),
        pytest.param(QuestionState.INTERRUPTED, "incomplete", True, id="interrupted"),
        pytest.param(QuestionState.CANCELLED, "Stopped.", False, id="stopped"),
    ],
)
async def test_sign_of_work_gives_way_to_the_end(state: QuestionState, line: str, retry: bool) -> None:
    at = desk()
    await at.delivery.waiting(question(), ahead=1)
    await at.delivery.close(question(), state)
    assert line in at.last.text
    assert at.last.status == ""
    assert bool(at.last.actions) is retry
    assert len(at.chat.posted) == 1


async def test_nothing_is_said_of_a_question_that_was_stopped_before_anything_was_shown() -> None:
    at = desk()
    await at.delivery.close(question(), QuestionState.CANCELLED)
    assert at.chat.posted == ()


async def test_deleted_question_takes_its_messages_with_it() -> None:
    at = desk(characters=200)
    await at.delivery.deliver(question(), stream(answer()))
    await at.delivery.withdraw(question())
    assert at.chat.posted == ()
    assert {post.state for post in await at.store.posts.of_question("q1")} == {PostState.ABANDONED}


async def test_answer_after_a_restart_fills_the_same_messages_and_removes_the_rest() -> None:
    at = desk(characters=200)
    await at.delivery.deliver(question(), stream(answer(TABLE)))
    before = [posted.ref for posted in at.chat.posted]
    assert len(before) > 2
    await at.delivery.deliver(question(), stream(answer("Shorter now.")))
    assert [posted.ref for posted in at.chat.posted] == before[:1]
    assert at.texts == ["Shorter now."]


async def test_message_that_took_the_place_of_another_goes_with_its_part() -> None:
    at = desk(characters=200)
    gone: list[str] = []

    async def lose_the_second(method: str, moment: Moment) -> None:
        if method == "edit" and moment is Moment.BEFORE and len(at.chat.posted) == 2 and not gone:
            gone.append(at.chat.posted[1].ref.id)
            await at.chat.delete(at.chat.posted[1].ref)

    at.chat.watch = lose_the_second
    growing = [TABLE[begin : begin + 40] for begin in range(0, len(TABLE), 40)]
    await at.delivery.deliver(question(), slow(stream(answer(TABLE), *growing)))
    assert gone
    assert any(post.part > 1000 for post in await at.store.posts.of_question("q1"))
    at.chat.watch = None
    await at.delivery.deliver(question(), stream(answer("Shorter now.")))
    assert at.texts == ["Shorter now."]


async def test_edit_is_not_cut_off_in_the_middle_when_the_answer_is_stopped() -> None:
    at, editing, go, edited = desk(), asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def watch(method: str, moment: Moment) -> None:
        if method == "edit" and moment is Moment.BEFORE:
            editing.set()
            await go.wait()
        if method == "edit" and moment is Moment.AFTER:
            edited.set()

    at.chat.watch = watch
    words = stream(answer("One. Two."), "One. ", "Two.")
    delivering = asyncio.create_task(at.delivery.deliver(question(), slow(words, turns=1000)))
    await asyncio.wait_for(editing.wait(), 10)
    delivering.cancel()
    for _ in range(20):
        await asyncio.sleep(0)
    assert not delivering.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await delivering
    assert edited.is_set()


@pytest.mark.parametrize("arrived", [True, False])
async def test_post_that_a_crash_cut_off_is_neither_lost_nor_doubled(arrived: bool) -> None:
    at = desk()

    async def crash(method: str, moment: Moment) -> None:
        if method == "post" and moment is (Moment.AFTER if arrived else Moment.BEFORE):
            raise asyncio.CancelledError

    at.chat.watch = crash
    with pytest.raises(asyncio.CancelledError):
        await at.delivery.deliver(question(), stream(answer("Once.")))
    at.chat.watch = None
    await at.delivery.deliver(question(), stream(answer("Once.")))
    assert at.texts == ["Once."]
    (post,) = await at.store.posts.of_question("q1")
    assert (post.state, post.message_id) == (PostState.POSTED, at.chat.posted[0].ref.id)


async def test_unconnected_platform_is_named() -> None:
    at = desk()
    delivery = Delivery(
        {},
        at.store.posts,
        voice=Voice(wording=WORDING, failure=lambda *_: "", notice=lambda *_: ""),
        pacing=Pacing(clock=lambda: 0.0, sleep=at.time.sleep),
        new_id=at.ids,
        now=lambda: NOW,
    )
    with pytest.raises(DeliveryFailed, match="'memory' is not connected"):
        await delivery.deliver(question(), stream(answer()))
