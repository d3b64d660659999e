"""The admins' weekly report: its figures, its gaps, its picture, and what it keeps to itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot.pictures.days import DayWords, draw_days
from bot.records import AnswerRecord, ChannelSettings, QuestionState
from bot.schedules.records import ScheduleKind
from rag.types import Language
from tests.bot.samples import answer, question

from .test_trends import PLACE, Scene

PNG = b"\x89PNG\r\n"
WORDS = DayWords(title="每天的提问数", answered="answered", refused="资料库没有")


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    made.schedule = replace(made.schedule, kind=ScheduleKind.REPORT)
    made.trends = made.scheduling.contents[ScheduleKind.REPORT]
    return made


async def test_week_is_counted_with_a_picture(scene: Scene) -> None:
    for number in range(3):
        await scene.ask(f"Question {number}")
    await scene.ask("Best sourdough?", answered=False)
    scene.now += dt.timedelta(hours=1)
    made = await scene.made()
    (reply,) = made.replies
    assert "**Weekly report** · 17 November 2026 to 23 November 2026" in reply.text
    assert "- Questions: **4** · answered 3 (75 %) · not in the library 1 · failed 0" in reply.text
    assert "- “Best sourdough?”" in reply.text
    (picture,) = reply.files
    assert picture.content.startswith(PNG)
    assert not made.empty


async def test_week_without_questions_says_so_without_a_picture(scene: Scene) -> None:
    made = await scene.made(language=Language.ZH)
    assert made.empty
    assert "这七天没有人提问。" in made.replies[0].text
    assert made.replies[0].text.endswith("这七天没有人提问。")
    assert made.replies[0].files == ()


@pytest.mark.parametrize(
    ("language", "told"), [(Language.EN, "writing, 1.5 s"), (Language.ZH, "撰写回答，平均 1.5 秒")]
)
async def test_slowest_stage_is_one_of_the_stages_by_its_name(scene: Scene, language: Language, told: str) -> None:
    asked = replace(question(name="q", place=PLACE), asked_at=scene.now)
    await scene.store.questions.admit(asked)
    given = replace(answer(), timings_ms={"dense": 12.0, "write": 1500.0, "total": 1520.0})
    record = AnswerRecord(
        id="a",
        question_id="q",
        conversation=PLACE.key,
        answer=given,
        evidence=(),
        suggestions=(),
        at=scene.now,
    )
    await scene.store.questions.finish("q", QuestionState.ANSWERED, answer=record)
    assert told in (await scene.made(language=language)).replies[0].text


async def test_changes_of_the_library_are_counted_since_the_last_report(scene: Scene) -> None:
    scene.library.note("Old", "It was here before.")
    assert "Library" not in await scene.post()
    scene.library.note("New", "It came.")
    assert "- Library: 1 added, 0 changed" in await scene.post()


async def test_gaps_of_channels_that_see_more_are_not_quoted(scene: Scene) -> None:
    board = replace(PLACE, channel="board")
    await scene.store.settings.save(board.channel_key, ChannelSettings(labels=frozenset({"board"})))
    await scene.ask("Secret canary?", place=board, answered=False)
    await scene.ask("Open question?", place=replace(PLACE, channel="open"), answered=False)
    scene.now += dt.timedelta(hours=1)
    text = (await scene.made()).replies[0].text
    assert "Open question?" in text
    assert "canary" not in text
    await scene.store.settings.save(PLACE.channel_key, ChannelSettings(labels=frozenset({"board"})))
    assert "canary" in (await scene.made()).replies[0].text


def test_picture_is_drawn_of_any_week() -> None:
    assert draw_days([(f"2026-11-{day}", 0, 0) for day in range(17, 24)], WORDS).startswith(PNG)
    assert draw_days([(f"2026-11-{day}", day, 30 - day) for day in range(17, 24)], WORDS).startswith(PNG)
