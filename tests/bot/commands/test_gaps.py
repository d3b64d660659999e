"""Gaps by meaning: seen, checked, closed and opened again, by admins, where everybody may read the questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.gap_report import GapReport
from bot.oversight import Gauges, Oversight
from bot.records import ChannelSettings, FeedbackRecord, QuestionState, Rating
from bot.replies import Select
from bot.steering import Steering
from bot.usage import UsageMeter
from rag.digest.likeness import Likeness
from rag.types import Answer, AnswerStatus, Question
from tests.bot.samples import ADA, BOB, NOW, PLACE, answer, citation, document, question, record

from .stage import Stage

FLYWHEELS = ("How do data flywheels start turning?", "How do data flywheels start?", "data flywheels start how?")


class Quoting:
    """Answers the questions that hold a word, from one document."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.known = "flywheels"

    def stream(self, question: Question) -> Any:
        raise NotImplementedError

    def failure_text(self, error: object, language: object) -> str:
        return ""

    async def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        known = self.known in question.text
        status = AnswerStatus.ANSWERED if known else AnswerStatus.REFUSED
        cited = replace(citation(1), document=document("New"))
        return answer("text", status=status, citations=[cited] if known else [])


@pytest.fixture
def quoting() -> Quoting:
    return Quoting()


@pytest.fixture
async def desk(stage: Stage, quoting: Quoting) -> Stage:
    """A channel in which five questions were refused, three of them the same; Ada is an admin."""
    store = stage.store
    for number, text in enumerate((*FLYWHEELS, "Which harbour is cheapest?", "Who feeds the office cat?")):
        await refuse(stage, f"r{number}", text)
    oversight = Oversight(
        meter=UsageMeter(store.usage, pseudonym=lambda key: f"hash {key}", now=lambda: NOW),
        steering=Steering(store.oversight, stage.means.engine, now=lambda: NOW),
        gaps=GapReport(store, search=stage.means.retriever, quoting=quoting, likeness=Likeness(None)),
        gauges=Gauges(),
    )
    stage.means = replace(stage.means, oversight=oversight)
    stage.remade()
    stage.admins.add(ADA.id)
    return stage


async def refuse(stage: Stage, key: str, text: str, **changes: Any) -> None:
    await stage.store.questions.admit(replace(question(), id=key, text=text, **changes))
    await stage.store.questions.finish(key, QuestionState.REFUSED)


def options(stage: Stage) -> Sequence[str]:
    (select,) = (each for row in stage.last.actions for each in row if isinstance(each, Select))
    return [option.value for option in select.options]


async def test_same_question_is_one_gap_with_a_count_and_the_nearest_documents(desk: Stage) -> None:
    told = await desk.command("gaps")
    assert told.startswith("**What people could not find** · open: 5 · different ones: 3\n\n- **1** · asked 3×")
    assert "no answer 3" in told
    assert "nearest in the library: " in told
    assert ADA.name not in told
    assert ADA.id not in told
    assert set(options(desk)) == {"1", "4", "5"}
    assert "**大家没找到的内容** · 未处理 5 条，约 3 类问题" in await desk.command("缺口")


async def test_group_that_would_be_answered_is_closed_when_the_admin_agrees(desk: Stage, quoting: Quoting) -> None:
    await desk.command("gaps")
    assert (await desk.choose("1")).startswith("**Gap 1** · open questions: 3")
    assert await desk.press_label("Would it be answered now?") == (
        "3 of 3 would be answered by now. Close them when you agree:"
    )
    assert len(await desk.store.gaps.open(limit=9)) == 5  # nothing is closed unasked
    assert await desk.press_label("Close 3", person=BOB) == "Only an admin may do that."
    await desk.command("gaps", "check 1")
    assert await desk.press_label("Close 3") == "Closed: 3."
    assert {gap.id for gap in await desk.store.gaps.open(limit=9)} == {4, 5}
    assert await desk.press_label("Reopen") == "Open again: 3."
    assert len(await desk.store.gaps.open(limit=9)) == 5
    entries = [entry for entry in await desk.store.audit.latest(limit=9) if entry.action == "gap"]
    assert [entry.details["after"] for entry in entries] == ["open", "mended"]
    assert entries[0].details["gaps"].count(",") == 2


async def test_gap_that_nobody_answers_is_declined_listed_and_reopened(desk: Stage) -> None:
    assert await desk.command("gaps", "decline 5") == "Closed as “won't answer”: 1."
    assert "There is no open gap 5 here." in await desk.command("gaps", "check 5")
    assert "- **5** · won't answer · 2026-03-01 · Who feeds the office cat?" in await desk.command("gaps", "closed")
    assert await desk.choose("5") == "Open again: 1."
    assert await desk.command("缺口", "不答 5") == "已按“不予回答”关闭 1 条。"
    assert await desk.command("缺口", "重开 5") == "已重新打开 1 条。"
    reopened = await desk.command("gaps", "reopen 5")
    assert reopened.startswith("No closed gap here has the number “5”;")
    assert "没有编号为“5”的已关闭缺口" in await desk.command("缺口", "重开 5")
    assert await desk.command("gaps", "closed") == "No gap was closed here."


async def test_wrong_numbers_and_old_buttons_change_nothing(desk: Stage) -> None:
    for typed in ("show 99", "check x", "decline 0", "show 9999999999999999999"):
        assert "There is no open gap" in await desk.command("gaps", typed)
    for verb in ("gap-check", "gap-decline", "gap-done"):
        assert await desk.press(verb, "nothing", "en") == "These gaps are not open here any more."
    assert len(await desk.store.gaps.open(limit=9)) == 5


async def test_unanswered_question_says_where_a_document_is_added(desk: Stage) -> None:
    await desk.command("gaps", "show 4")
    assert "as a file in a direct message or with `/advisor upload`" in await desk.press_label("Add a document")
    await desk.command("gaps", "check 4")
    assert desk.said == "None of these would be answered by now."


async def test_gap_is_checked_as_a_reader_of_its_own_channel(desk: Stage, quoting: Quoting) -> None:
    secret = replace(PLACE, channel="board")
    await desk.store.settings.save(secret.channel_key, ChannelSettings(labels=frozenset({"board"})))
    await refuse(desk, "s1", "What of the flywheels of the board?", place=secret)
    assert "of the board" not in await desk.command("gaps")
    assert "There is no open gap 6 here." in await desk.command("gaps", "check 6")
    assert quoting.asked == []
    await desk.command_in(secret, "gaps", "check 6")
    assert [each.scope.audience for each in quoting.asked] == [{"public", "board"}]
    await desk.command("gaps", "check 1")
    assert quoting.asked[-1].scope.audience == {"public"}


async def test_button_does_not_reach_gaps_that_may_not_be_read_where_it_is_pressed(desk: Stage) -> None:
    secret = replace(PLACE, channel="board")
    await desk.store.settings.save(secret.channel_key, ChannelSettings(labels=frozenset({"board"})))
    await refuse(desk, "s1", "What of the flywheels of the board?", place=secret)
    await desk.command_in(secret, "gaps", "show 6")
    assert await desk.press_label("Won't answer") == "These gaps are not open here any more."
    assert len(await desk.store.gaps.open(limit=9)) == 6


async def test_disliked_answer_counts_as_mended_by_a_document_that_it_did_not_rest_on(
    desk: Stage, quoting: Quoting
) -> None:
    await desk.answered()
    feedback = FeedbackRecord(answer_id=record().id, person=BOB.key, rating=Rating.DOWN, at=NOW)
    await desk.store.feedback.save(feedback)
    (gap,) = [each for each in await desk.store.gaps.open(limit=9) if each.person]
    quoting.known = gap.text
    report = desk.means.oversight.gaps if desk.means.oversight else None
    assert report is not None
    assert await report.mended([gap]) == [gap]
    assert await report.mended([gap], sources=frozenset({"other.md"})) == []
    assert await report.mended([gap], sources=frozenset({"f.md"})) == [gap]
