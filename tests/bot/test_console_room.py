"""Conversations in the terminal from end to end: the real engine, store, delivery and commands."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.checklist_records import Act, Change, Reminder
from bot.console.typed import OWNER, person, room
from bot.records import PostRecord, PostState, QuestionRecord, QuestionState, Rating
from rag.types import Language

from .parlour import parlour, risk_parlour


async def test_conversation_reads_well_in_both_languages(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        english = await at.type("How do flywheels turn?")
        assert english.splitlines()[:5] == [
            "Of “How do flywheels turn?”, much is known.[1]",
            "",
            "Sources",
            "1. Flywheels · How · https://example.org/f",
            "   f.md",
        ]
        assert "Related; type the number to ask\n  1. Pricing" in english
        assert "Of “Pricing”" in await at.type("1")
        chinese = await at.type("护城河是什么？")
        assert "来源\n1. Flywheels" in chinese
        assert "相关话题（输入编号即可提问）" in chinese
        assert [len(question.history) for question in at.desk.asked] == [0, 1, 2]


async def test_answer_is_rated_explained_and_shortened(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        await at.type("How do flywheels turn?")
        assert "1. It is wrong" in await at.type("-")
        assert "Your reason is noted: It is outdated." in await at.type("2")
        record = await at.store.answers.latest(at.place.key)
        assert record is not None
        saved = await at.store.feedback.get(record.id, person(OWNER).key)
        assert saved is not None
        assert (saved.rating, saved.reason) == (Rating.DOWN, "outdated")
        assert "Thank you, noted." in await at.type("+")
        assert "(relevance 90%)" in await at.type("w")


async def test_key_that_stands_for_nothing_asks_nothing(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        assert "“w” stands for nothing" in await at.type("w")
        assert "“7”现在没有对应的选项。" in await at.type("护城河是什么？", "7")
        assert "每句话的依据" in await at.type("为什么是这些来源？")
        assert len(at.desk.asked) == 1


async def test_other_reason_is_typed_as_a_form(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        await at.type("护城河是什么？")
        assert "请具体说明" in await at.type("-", "5")
        assert "谢谢，原因已记录：年份不对。" in await at.type("年份不对")
        assert "已略过" in await at.type("-", "5", "")
        assert "Of “年份不对”" not in at.output.getvalue()


async def test_conversation_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        await at.type("How do flywheels turn?")
    async with parlour(tmp_path) as at:
        assert "goes on where it stopped: “How do flywheels turn?”" in at.output.getvalue()
        await at.type("and why?")
        assert [turn.question for turn in at.desk.asked[0].history] == ["How do flywheels turn?"]
        await at.type("/new", "and now?")
        assert at.desk.asked[1].history == ()
    async with parlour(tmp_path) as at:
        assert "“and now?”" in at.output.getvalue()


@pytest.mark.parametrize("shown", [False, True], ids=["before a sign", "behind a sign of work"])
async def test_question_that_a_kill_cut_off_is_answered_at_the_next_start(tmp_path: Path, shown: bool) -> None:
    place = room("t")
    async with parlour(tmp_path) as at:
        left = QuestionRecord(
            id="q9",
            place=place,
            person=person(OWNER),
            text="What was lost?",
            asked_at=datetime.now(UTC),
            message_id="m9",
        )
        await at.store.questions.admit(left)
        await at.store.questions.start("q9")
        if shown:
            sign = PostRecord(nonce="n9", question_id="q9", place=place, part=0, state=PostState.POSTING)
            await at.store.posts.claim(sign)
            await at.store.posts.posted("n9", "n9")
    async with parlour(tmp_path) as at:
        assert "» What was lost?\nOf “What was lost?”, much is known.[1]" in at.output.getvalue()
        assert "Unanswered when the last session ended, and answered first: 1." in at.output.getvalue()
        record = await at.store.questions.get("q9")
        assert record is not None
        assert record.state is QuestionState.ANSWERED


async def test_full_queue_is_told_and_loses_nothing(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        told = [await at.type(f"/as p{number}", "/new", f"wait for {number}? &") for number in range(8)]
        assert sum("Asked." in line for line in told) >= 4
        assert [line.split("Questions before it: ")[1][0] for line in told if "before it" in line] == ["1", "2", "3"]
        busy = [line for line in told if "Please ask again in about" in line]
        assert busy
        at.desk.opened.set()
        await at.type("")
        printed = at.output.getvalue()
        answered = [number for number in range(8) if f"» wait for {number}?" in printed]
        assert len(answered) == 8 - len(busy)
        assert all(printed.count(f"Of “wait for {number}?”") == 1 for number in answered)
        assert not await at.store.questions.unfinished()


async def test_second_message_joins_a_question_that_waits(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        await at.type("wait for it &")
        await at.begun()
        await at.type("What of moats? &")
        assert "Added to your question, which still waits." in await at.type("And of prices? &")
        at.desk.opened.set()
        await at.type("")
        assert [question.text for question in at.desk.asked] == ["wait for it", "What of moats?\nAnd of prices?"]
        assert "» What of moats?\n  And of prices?\n" in at.output.getvalue()


async def test_bot_stays_quiet_while_people_talk_to_each_other(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        await at.type("How do flywheels turn?")
        assert "Of “And why?”" in await at.type("/say And why?")
        assert "not meant for the advisor" in await at.type("/as bob", "@me shall we try?")
        assert "not meant for the advisor" in await at.type("/say Sure?")
        assert "Of “And you?”" in await at.type("@advisor And you?")


async def test_stop_and_resume_are_heard_in_either_language(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        await at.type("How do flywheels turn?")
        assert "quiet in this thread" in await at.type("/stop")
        assert "not meant" in await at.type("/say And why?")
        assert "继续关注" in await at.type("/继续")
        assert "Of “And why?”" in await at.type("/say And why?")


async def test_failed_answer_offers_another_try(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        told = await at.type("Why does it fail?")
        assert "Please try again in a moment. (en)" in told
        assert "advisor: the disk is full; make room" in told
        await at.type("t")
        assert len(at.desk.asked) == 2


async def test_help_tells_commands_and_keys(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        english, chinese = await at.type("/help"), await at.type("帮助")
        assert "`/ask <question>`" in english
        assert "/as NAME" in english
        assert "`/提问 <问题>`" in chinese
        assert "换一个人说话" in chinese
        assert "In this terminal" not in await at.type("/help ask")
        assert "Did you mean `/sources [topic]`?" in await at.type("/new", "What now?", "/souces")


async def test_answer_that_is_stopped_keeps_its_beginning(tmp_path: Path) -> None:
    async with parlour(tmp_path) as at:
        await at.type("wait for this &")
        await at.begun()
        await at.session.stop()
        assert "» wait for this\nOf “wait for this”, much is known.[1]\n\nStopped." in at.output.getvalue()
        assert "advisor:" not in at.output.getvalue()


@pytest.mark.parametrize("line", ["", "/as", "/new"])
async def test_lines_for_the_terminal_never_fail(tmp_path: Path, line: str) -> None:
    async with parlour(tmp_path) as at:
        assert await at.session.take(line)


async def test_numbers_stay_for_all_that_one_line_has_brought_up_and_files_are_kept(tmp_path: Path) -> None:
    async with risk_parlour(tmp_path) as at:
        shown = await at.type("/risks incident data-breach")
        assert "  1. Close the incident" in shown
        assert "  2. ✓ 1" in shown
        assert "  10. ✓ 1" in shown
        done = await at.type("10")
        assert "☑ **1. Outside lawyer** · done by me" in done
        assert "1 of 10 steps done" in done
        await at.type("/risks export")
        assert (tmp_path / "files" / "risk-register.csv").read_bytes().startswith(b"\xef\xbb\xbf")
        assert f"[{tmp_path / 'files' / 'risk-register.md'}]" in at.output.getvalue()


async def test_checklist_is_worked_on_by_several_people_at_one_terminal(tmp_path: Path) -> None:
    async with risk_parlour(tmp_path) as at:
        assert "  5. ✓ 5" in await at.type("/风险 清单")
        assert "已处理，me" in await at.type("1")
        assert "已处理，bob" in await at.type("/as bob", "1")
        assert "备注“轮换密钥”" in await at.type("6", "5", "轮换密钥")
    async with risk_parlour(tmp_path) as at:
        assert "已处理 2/5 项" in await at.type("/风险 清单")


async def test_what_became_due_is_said_before_the_next_line_is_taken(tmp_path: Path) -> None:
    async with risk_parlour(tmp_path) as at:
        until, team = datetime(2026, 1, 2, tzinfo=UTC), at.place.channel_key
        rest = Change(board=team, item="data-breach", act=Act.SNOOZE, at=until, value=until.isoformat())
        due = Reminder(
            id="r1",
            board=team,
            list_id="",
            item="data-breach",
            value=until.isoformat(),
            place=at.place,
            language=Language.EN,
            due_at=until,
        )
        await at.store.checklists.add([rest], reminders=[due])
        said = await at.type("/risks history")
        assert said.index("🔔 Put off until now") < said.index("What became of the risks here")
        assert "🔔" not in await at.type("/risks history")
