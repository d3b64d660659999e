"""Questions on Slack from the event to the answer: the real engine, store and delivery over the double."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.doubles.slack.people import labels
from tests.doubles.slack.server import slack_server
from tests.doubles.slack.workspace import ADA, BOB, BOT_USER, CHANNEL, DM, ELSEWHERE, Refusal, Said, markdown_of

from .office import ASKED, KNOWN, office
from .opened import ended, until


async def test_mention_is_answered_once_in_its_thread(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.slack.people.say(ADA, CHANNEL, ASKED)
        (answer,) = await bot.answers()
    assert answer.thread_ts == said.ts
    assert KNOWN in markdown_of(answer.blocks)
    assert len(bot.desk.asked) == 1
    assert any("Sources" in str(block) for block in answer.blocks)
    assert {"👍", "👎", "Why these sources?"} <= set(labels(answer))


async def test_people_who_are_copied_in_are_no_part_of_what_is_searched(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.slack.people.say(ADA, CHANNEL, f"Hi <@{BOB}> and {ASKED} cc <@{ADA}>")
        (answer,) = await bot.answers()
    assert [question.text for question in bot.desk.asked] == ["what is a moat?"]
    assert "Sources" in str(answer.blocks)


async def test_event_that_comes_again_is_not_answered_again(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        await bot.answers()
        for delivery in list(bot.slack.deliveries.all):
            again = bot.slack.deliveries.hand_over(delivery.kind, delivery.payload)
            await asyncio.wait_for(again.done.wait(), 10)
            assert again.acknowledged
        assert len(await bot.answers()) == 1
    assert len(bot.desk.asked) == 1


async def test_event_that_comes_again_after_a_restart_is_not_answered_again(tmp_path: Path) -> None:
    async with slack_server() as slack:
        async with office(tmp_path, slack=slack) as bot:
            slack.people.say(ADA, CHANNEL, ASKED)
            await bot.answers()
        async with office(tmp_path, slack=slack) as bot:
            (first, *_) = slack.deliveries.all
            again = slack.deliveries.hand_over(first.kind, first.payload)
            await asyncio.wait_for(again.done.wait(), 10)
            await bot.engine.settled()
            assert (again.acknowledged, bot.desk.asked) == (True, [])


async def test_direct_message_is_answered_in_its_thread(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.slack.people.say(ADA, DM, "what is a moat?")
        (answer,) = await bot.answers()
    assert (answer.channel, answer.thread_ts) == (DM, said.ts)


async def test_follow_up_needs_no_mention_and_knows_what_was_said(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.slack.people.say(ADA, CHANNEL, ASKED)
        await bot.answers()
        bot.slack.people.say(ADA, CHANNEL, "and how do I dig one?", thread=said.ts)
        _, second = await bot.answers(2)
    assert second.thread_ts == said.ts
    assert [turn.question for turn in bot.desk.asked[1].history] == ["what is a moat?"]


async def test_talk_among_people_is_not_answered(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.slack.people.say(BOB, CHANNEL, "lunch?")
        await until(lambda: all(each.done.is_set() for each in bot.slack.deliveries.all))
        await bot.engine.settled()
        assert bot.slack.workspace.own() == []


async def test_command_is_answered_to_the_person_alone(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.slack.people.command(BOB, CHANNEL, "帮助")
        (whisper, *_) = await bot.whispers()
    assert (whisper["channel"], whisper["user"]) == (CHANNEL, BOB)
    assert "/advisor" in markdown_of(whisper["blocks"])


async def test_question_by_command_is_answered_in_the_channel_beneath_its_words(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.slack.people.command(BOB, CHANNEL, "什么是护城河？")
        (answer,) = await bot.answers()
    assert markdown_of(answer.blocks).startswith("> 什么是护城河？")


async def test_command_is_answered_where_the_bot_is_no_member(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.slack.workspace.refuse("chat.postEphemeral", Refusal("not_in_channel", times=10))
        bot.slack.people.command(ADA, ELSEWHERE, "help")
        await until(lambda: bool(bot.slack.workspace.replies))
    assert bot.slack.workspace.replies[0][0] == ADA


async def test_thumb_is_noted(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        (answer,) = await bot.answers()
        bot.slack.people.press(BOB, answer, "👍")
        (whisper,) = await bot.whispers()
    assert (whisper["user"], whisper["thread_ts"]) == (BOB, answer.thread_ts)
    assert "noted" in markdown_of(whisper["blocks"])


async def test_reason_in_own_words_is_asked_for_in_a_form(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        (answer,) = await bot.answers()
        bot.slack.people.press(ADA, answer, "👎")
        (asked,) = await bot.whispers()
        shown = Said(
            channel=CHANNEL, ts=asked["ts"], user=BOT_USER, text="", blocks=asked["blocks"], bot_id="B0ADVISOR"
        )
        shown.thread_ts = answer.thread_ts
        bot.slack.people.press(ADA, shown, "Something else …")
        await until(lambda: bool(bot.slack.workspace.views))
        (view,) = bot.slack.workspace.views
        bot.slack.people.submit(ADA, view, {"text": "It lacks prices."})
        noted = await bot.whispers(2)
    assert "noted" in markdown_of(noted[1]["blocks"])


async def test_suggestion_is_asked_in_the_same_thread(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.slack.people.say(ADA, CHANNEL, ASKED)
        (answer,) = await bot.answers()
        topic = next(label for label in labels(answer) if label in {"How", "Pricing"})
        bot.slack.people.press(BOB, answer, topic)
        _, second = await bot.answers(2)
    assert second.thread_ts == said.ts
    assert topic in bot.desk.asked[1].text


async def test_shortcut_answers_a_message_in_its_thread(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.slack.people.say(ADA, CHANNEL, "how do others price this?")
        await until(lambda: all(each.done.is_set() for each in bot.slack.deliveries.all))
        bot.slack.people.shortcut(BOB, said)
        (answer,) = await bot.answers()
    assert answer.thread_ts == said.ts


async def test_answer_that_fails_says_so_and_offers_another_try(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.slack.people.say(ADA, CHANNEL, f"<@{BOT_USER}> please fail")
        (answer,) = await bot.answers()
    assert labels(answer) == ["Try again"]
    assert "the disk" not in str(answer.blocks)


async def test_reader_stops_an_answer(tmp_path: Path) -> None:
    async with office(tmp_path, streaming=False) as bot:
        bot.slack.people.say(ADA, CHANNEL, f"<@{BOT_USER}> please wait")
        await until(lambda: any("Stop" in labels(said) for said in bot.slack.workspace.own()))
        (growing,) = bot.slack.workspace.own()
        bot.slack.people.press(ADA, growing, "Stop")
        (answer,) = await bot.answers()
    assert "Stopped." in str(answer.blocks)


async def test_message_that_slack_took_before_a_crash_is_found_and_not_posted_again(tmp_path: Path) -> None:
    async with slack_server() as slack:
        async with office(tmp_path, slack=slack) as bot:
            slack.people.say(ADA, CHANNEL, f"<@{BOT_USER}> please wait")
            await until(lambda: bool(slack.workspace.own()))
            bot.engine.close()
            await ended(asyncio.create_task(bot.engine.settled()))
        async with office(tmp_path, slack=slack) as bot:
            bot.desk.opened.set()
            await bot.answers()
    assert len(slack.workspace.own()) == 1


async def test_work_is_shown_in_the_status_of_the_thread(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.slack.people.say(ADA, CHANNEL, ASKED)
        await bot.answers()
        await until(lambda: bool(bot.slack.workspace.statuses))
        (status,) = bot.slack.workspace.statuses
    assert (status["channel_id"], status["thread_ts"]) == (CHANNEL, said.ts)


async def test_status_that_is_not_allowed_is_tried_once(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.slack.workspace.refuse("assistant.threads.setStatus", Refusal("missing_scope", times=100))
        for count in (1, 2):
            bot.slack.people.say(ADA, CHANNEL, ASKED)
            await bot.answers(count)
        assert len(bot.slack.workspace.called("assistant.threads.setStatus")) == 1


async def test_export_goes_to_the_person_in_a_direct_message(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        await bot.answers()
        bot.slack.people.command(ADA, CHANNEL, "privacy export")
        (told,) = await bot.whispers()
        await bot.engine.settled()
        (file,) = bot.slack.workspace.files.values()
    assert "all that I keep of you" in str(told)
    assert "The file is in our direct messages" in str(told)
    assert file["channel"] == DM
    assert b"what is a moat?" in file["content"]


async def test_member_of_the_admins_group_changes_settings_and_others_do_not(tmp_path: Path) -> None:
    async with office(tmp_path, admins=("slack:T0HOME/group:S1",)) as bot:
        bot.slack.workspace.groups["S1"] = {ADA}
        bot.slack.people.command(ADA, CHANNEL, "config set respond auto")
        bot.slack.people.command(BOB, CHANNEL, "config set respond off")
        told = {each["user"]: str(each) for each in await bot.whispers(2)}
    assert "respond is now" in told[ADA]
    assert "Only an admin may do that." in told[BOB]
