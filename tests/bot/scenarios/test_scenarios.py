"""What has to be the same on every platform: each scenario runs on all of them, with the real engine and store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .rooms import PLATFORMS, Platform, Room

KNOWN = "much is known."


@pytest.fixture(params=PLATFORMS, ids=lambda each: each.name)
def platform(request: pytest.FixtureRequest) -> Platform:
    chosen: Platform = request.param
    return chosen


@pytest.fixture
async def room(platform: Platform, tmp_path: Path) -> AsyncIterator[Room]:
    async with platform.server() as server, platform.room(tmp_path, server) as opened:
        yield opened


async def test_mention_is_answered_once_with_sources_and_ratings(room: Room) -> None:
    said = room.mention("what is a moat?")
    (answer,) = await room.answers()
    assert KNOWN in answer.words
    assert "Sources" in answer.words
    assert {"👍", "👎", "Why these sources?"} <= set(answer.labels)
    assert answer.thread == room.thread_of(said)
    assert len(room.desk.asked) == 1


async def test_chinese_question_is_answered_around_in_chinese(room: Room) -> None:
    room.mention("什么是护城河？")
    (answer,) = await room.answers()
    assert "来源" in answer.words
    assert "为什么" in "".join(answer.labels)


async def test_follow_up_in_the_thread_needs_no_mention(room: Room) -> None:
    said = room.mention("what is a moat?")
    await room.answers()
    room.go_on(said, "and how do I dig one?")
    _, second = await room.answers(2)
    assert second.thread == room.thread_of(said)
    assert [turn.question for turn in room.desk.asked[1].history] == ["what is a moat?"]


async def test_direct_message_needs_no_mention(room: Room) -> None:
    room.direct("what is a moat?")
    (answer,) = await room.answers()
    assert KNOWN in answer.words


async def test_talk_among_people_is_left_alone(room: Room) -> None:
    room.talk("lunch?")
    await room.quiet()
    assert await room.answers(0) == []


async def test_question_by_command_stands_above_its_answer(room: Room) -> None:
    room.ask("how do others price this?")
    (answer,) = await room.answers()
    assert "> how do others price this?" in answer.words


@pytest.mark.parametrize(("chinese", "word"), [(False, "Commands"), (True, "命令")], ids=["English", "Chinese"])
async def test_help_is_for_one_person_and_in_their_language(room: Room, chinese: bool, word: str) -> None:
    room.command("help", chinese=chinese)
    whispers = await room.whispers()
    assert word in "".join(each.words for each in whispers)
    assert await room.answers(0) == []


async def test_message_is_answered_in_its_thread_by_its_menu(room: Room) -> None:
    said = room.talk("how do others price this?")
    await room.quiet()
    room.about(said)
    (answer,) = await room.answers()
    assert answer.thread == room.thread_of(said)


async def test_thumb_is_noted(room: Room) -> None:
    room.mention("what is a moat?")
    (answer,) = await room.answers()
    room.press(answer, "👍")
    (whisper,) = await room.whispers()
    assert "noted" in whisper.words


async def test_reason_is_told_in_a_form(room: Room) -> None:
    room.mention("what is a moat?")
    (answer,) = await room.answers()
    room.press(answer, "👎")
    (asked,) = await room.whispers()
    room.press(asked, "Something else …")
    await room.fill_in("It lacks prices.")
    *_, noted = await room.whispers(2)
    assert "noted" in noted.words


async def test_why_these_sources_is_told_to_one_person(room: Room) -> None:
    room.mention("what is a moat?")
    (answer,) = await room.answers()
    room.press(answer, "Why these sources?")
    whispers = await room.whispers()
    assert "How each sentence is supported" in whispers[0].words


async def test_suggestion_is_asked_in_the_same_thread(room: Room) -> None:
    said = room.mention("what is a moat?")
    (answer,) = await room.answers()
    topic = next(label for label in answer.labels if label in {"How", "Pricing"})
    room.press(answer, topic)
    _, second = await room.answers(2)
    assert second.thread == room.thread_of(said)
    assert topic in room.desk.asked[1].text


async def test_answer_that_fails_tells_no_secret_and_offers_another_try(room: Room) -> None:
    room.mention("please fail")
    (answer,) = await room.answers()
    assert answer.labels == ("Try again",)
    assert "the disk" not in answer.words


async def test_reader_stops_an_answer(room: Room) -> None:
    room.mention("please wait")
    room.press(await room.growing(), "Stop")
    (answer,) = await room.answers()
    assert "Stopped." in answer.words


async def test_button_works_after_a_restart(platform: Platform, tmp_path: Path) -> None:
    async with platform.server() as server:
        async with platform.room(tmp_path, server) as before:
            before.mention("what is a moat?")
            (answer,) = await before.answers()
        async with platform.room(tmp_path, server) as after:
            after.press(answer, "👍")
            (whisper,) = await after.whispers()
    assert "noted" in whisper.words
