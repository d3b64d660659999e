"""A conversation in the terminal, from end to end: remarks on answers, a case that is spoken of, and a new start."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.remarks import wished_language
from rag.types import Language, Turn

from .parlour import parlour


async def test_what_is_said_of_an_answer_does_what_its_buttons_do(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        await at.type("How do flywheels turn?")
        by_key, by_word = await at.type("w"), await at.type("source?")
        assert by_word == by_key
        assert "as short as I can make it" in await at.type("can you say that shorter?")
        assert len(at.desk.asked) == 1


async def test_what_is_said_of_an_answer_in_chinese_is_done_in_chinese(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        await at.type("护城河是什么？")
        assert "每句话的依据" in await at.type("出处？")
        assert "已经是最简短的了" in await at.type("能说得短一点吗？")
        assert len(at.desk.asked) == 1


async def test_more_is_something_that_was_not_told_yet(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        await at.type("How do flywheels turn?")
        assert "Pricing" in await at.type("tell me more")
        assert "That is all I find on it." in await at.type("tell me more")
        assert len(at.desk.asked) == 2


@pytest.mark.parametrize(
    ("question", "remark", "language"),
    [
        ("护城河是什么？", "in English please", Language.EN),
        ("How do flywheels turn?", "用中文回答", Language.ZH),
    ],
)
async def test_answer_is_given_again_in_the_language_that_is_wished_for(
    tmp_path: Path, question: str, remark: str, language: Language
) -> None:
    async with parlour(tmp_path) as at:
        await at.type(question, remark)
        again = at.desk.asked[-1]
        assert (again.text, again.language) == (question, language)
        await at.type("And what then?")
        assert [wished_language(turn.question)[1] for turn in at.desk.asked[-1].history] == [None, None]


async def test_remark_before_any_answer_asks_nothing(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        assert "no answer here yet" in await at.type("tell me more")
        assert "还没有可以展开的回答" in await at.type("能说得短一点吗？")
        assert at.desk.asked == []


async def test_conversation_and_its_remarks_go_on_after_a_new_start(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        await at.type("How do flywheels turn?")
        told = await at.type("source?")
    async with parlour(tmp_path) as at:
        assert await at.type("source?") == told
        await at.type("And what do they cost?")
        assert [turn.question for turn in at.desk.asked[-1].history] == ["How do flywheels turn?"]


async def test_nothing_is_offered_to_be_shared_where_nobody_reads_along(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        await at.type("How do flywheels turn?")
        assert "Share" not in await at.type("w")


async def test_what_a_command_has_shown_is_part_of_what_was_said(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        await at.type("How do flywheels turn?")
        record = await at.store.answers.latest(at.place.key)
        assert record is not None
        later = Turn(question="What is the story of DeepSeek?", answer="")
        await at.store.conversations.note_turn(at.place.key, later, at=record.at.replace(year=9999), person="somebody")
        turns = await at.store.conversations.turns(at.place.key, limit=9)
        assert [turn.question for turn in turns] == [record.answer.question, later.question]
