"""What every store promises of posts, conversations, feedback and settings, whatever it is made of."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat import Place
from bot.errors import StoreFailed
from bot.ports import Store
from bot.records import (
    ChannelSettings,
    Conversation,
    Engagement,
    FeedbackRecord,
    PostRecord,
    PostState,
    QuestionState,
    Rating,
    Respond,
)
from rag.types import AnswerStatus, Language, Turn

from .conftest import Making


def post(question_id: str = "q1", *, nonce: str = "n1", part: int = 0, place: Place) -> PostRecord:
    return PostRecord(nonce=nonce, question_id=question_id, place=place, part=part, state=PostState.CLAIMED)


async def test_post_is_claimed_once_for_each_part(store: Store, make: Making) -> None:
    first = post(place=make.place)

    claimed = await asyncio.gather(*(store.posts.claim(replace(first, nonce=f"n{number}")) for number in range(8)))
    other = await store.posts.claim(post(nonce="m1", part=1, place=make.place))

    assert len({each.nonce for each in claimed}) == 1
    assert await store.posts.of_question("q1") == (claimed[0], other)


async def test_nonce_of_another_post_is_refused(store: Store, make: Making) -> None:
    await store.posts.claim(post(place=make.place))

    with pytest.raises(StoreFailed, match="'n1'"):
        await store.posts.claim(post("q2", place=make.place))


async def test_post_goes_through_its_states(store: Store, make: Making) -> None:
    first, second = post(place=make.place), post(nonce="n2", part=1, place=make.place)
    await store.posts.claim(first)
    await store.posts.claim(second)

    assert await store.posts.posting("n1")
    assert not await store.posts.posting("n1")
    assert (await store.posts.of_question("q1"))[0].state is PostState.POSTING
    await store.posts.posted("n1", "m77")
    await store.posts.abandon("n2")
    assert not await store.posts.posting("n1")

    assert await store.posts.of_question("q1") == (
        replace(first, state=PostState.POSTED, message_id="m77"),
        replace(second, state=PostState.ABANDONED),
    )


@pytest.mark.parametrize("method", ["posting", "abandon"])
async def test_unknown_post_cannot_change(store: Store, method: str) -> None:
    with pytest.raises(StoreFailed, match="'n9'"):
        await getattr(store.posts, method)("n9")


async def test_conversation_is_replaced_by_its_later_form(store: Store, make: Making) -> None:
    first = Conversation(key="slack/T1/C1/1")
    second = replace(
        first,
        engagement=Engagement.ENGAGED,
        partner=make.person.key,
        language=Language.ZH,
        unattended=3,
        updated_at=make.start,
    )
    assert await store.conversations.get(first.key) is None

    await store.conversations.save(first)
    assert await store.conversations.get(first.key) == first
    await store.conversations.save(second)

    assert await store.conversations.get(first.key) == second


async def test_turns_are_the_last_answered_questions_oldest_first(store: Store, make: Making) -> None:
    for status in ("answered", "answered", "refused", "answered"):
        question = make.question()
        await store.questions.admit(question)
        answer = make.answer(question, status=AnswerStatus(status))
        await store.questions.finish(question.id, QuestionState(status), answer=answer)

    turns = await store.conversations.turns(make.place.key, limit=2)

    assert [turn.answer for turn in turns] == ["回答 q2 [1]", "回答 q4 [1]"]
    assert len(await store.conversations.turns(make.place.key, limit=9)) == 3
    assert await store.conversations.turns("slack/T1/C9/", limit=9) == ()


async def test_imported_turns_come_before_the_own_ones_and_replace_each_other(store: Store, make: Making) -> None:
    question = make.question()
    await store.questions.admit(question)
    await store.questions.finish(question.id, QuestionState.ANSWERED, answer=make.answer(question))
    later = make.start + timedelta(days=1)

    await store.conversations.import_turns(make.place.key, [Turn(question="gone", answer="gone")] * 3, at=make.start)
    turns = [Turn(question=f"{number}?", answer=f"{number}!") for number in range(2)]
    await store.conversations.import_turns(make.place.key, turns, at=later)

    assert [turn.question for turn in await store.conversations.turns(make.place.key, limit=9)] == [
        "0?",
        "1?",
        question.text,
    ]


async def test_later_word_on_an_answer_replaces_the_earlier_one(store: Store, make: Making) -> None:
    question = make.question()
    await store.questions.admit(question)
    await store.questions.finish(question.id, QuestionState.ANSWERED, answer=make.answer(question))
    first = FeedbackRecord(answer_id=f"a{question.id}", person="p1", rating=Rating.DOWN, at=make.start)
    second = replace(first, rating=Rating.UP, reason="other", text="好", at=make.start + timedelta(minutes=1))

    await store.feedback.save(first)
    await store.feedback.save(replace(first, person="p2"))
    await store.feedback.save(second)

    assert await store.feedback.get(first.answer_id, "p1") == second
    assert await store.feedback.get(first.answer_id, "p2") == replace(first, person="p2")
    assert await store.feedback.get(first.answer_id, "p3") is None


async def test_word_on_an_unknown_answer_is_refused(store: Store) -> None:
    word = FeedbackRecord(answer_id="a9", person="p1", rating=Rating.UP, at=datetime(2026, 1, 1, tzinfo=UTC))

    with pytest.raises(StoreFailed, match="'a9'"):
        await store.feedback.save(word)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(ChannelSettings(), id="nothing"),
        pytest.param(ChannelSettings(labels=frozenset(), follow_ups=False), id="no label is not the default"),
        pytest.param(
            ChannelSettings(
                respond=Respond.AUTO,
                follow_ups=True,
                inline=False,
                language=Language.EN,
                labels=frozenset({"public", "投资"}),
                other={"tone": "short"},
            ),
            id="everything",
        ),
    ],
)
async def test_settings_of_a_channel_return_as_saved(store: Store, settings: ChannelSettings) -> None:
    await store.settings.save("slack/T1/C1", ChannelSettings(respond=Respond.OFF))
    await store.settings.save("slack/T1/C1", settings)

    assert await store.settings.get("slack/T1/C1") == settings
    assert await store.settings.get("slack/T1/C2") == ChannelSettings()
