"""Questions on Discord from the event to the answer: the real engine, store and delivery over the double."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.discord_app.parse import ASK_ABOUT
from bot.limits import EngineSettings
from tests.doubles.discord.names import ADA, BOB, CHANNEL, DM, FORUM, GRANTED, ME, QUIET, VOICE
from tests.doubles.discord.server import discord_server

from .offices import office
from .opened import ended, until

ASKED = f"<@{ME}> what is a moat?"
KNOWN = "much is known.[1]"


async def test_mention_is_answered_once_in_a_thread_of_its_message(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, CHANNEL, ASKED)
        (answer,) = await bot.answers()
        thread = bot.discord.world.channels[said.id]
    assert answer.channel == said.id
    assert (thread["name"], thread["parent_id"]) == ("what is a moat?", CHANNEL)
    assert KNOWN in answer.content
    assert [embed["title"] for embed in answer.embeds] == ["Sources"]
    assert {"👍", "👎", "Why these sources?"} <= set(answer.labels)
    assert len(bot.desk.asked) == 1


async def test_nothing_that_the_bot_says_calls_anybody(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        bot.discord.people.command(BOB, CHANNEL, "help")
        await bot.answers()
        await bot.whispers()
        said = [*bot.discord.world.own(), *bot.discord.world.whispers()]
    assert [(each.allowed_mentions or {}).get("parse") for each in said] == [[]] * len(said)


async def test_follow_up_in_the_thread_needs_no_mention_where_contents_are_granted(tmp_path: Path) -> None:
    async with discord_server() as discord:
        discord.world.flags = GRANTED
        async with office(tmp_path, discord=discord) as bot:
            said = discord.people.say(ADA, CHANNEL, ASKED)
            await bot.answers()
            discord.people.say(ADA, said.id, "and how do I dig one?")
            _, second = await bot.answers(2)
    assert second.channel == said.id
    assert [turn.question for turn in bot.desk.asked[1].history] == ["what is a moat?"]


async def test_reply_to_an_answer_needs_no_grant(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, CHANNEL, ASKED)
        (answer,) = await bot.answers()
        bot.discord.people.say(ADA, said.id, "overheard by nobody")
        bot.discord.people.say(ADA, said.id, "and how do I dig one?", reply_to=answer)
        await bot.answers(2)
    assert [asked.text for asked in bot.desk.asked] == ["what is a moat?", "and how do I dig one?"]


async def test_answer_stands_in_the_channel_where_no_thread_may_be_opened(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, QUIET, ASKED)
        (answer,) = await bot.answers()
        bot.discord.people.say(ADA, QUIET, "and how do I dig one?", reply_to=answer)
        _, second = await bot.answers(2)
    assert (answer.channel, answer.reference) == (QUIET, {"message_id": said.id})
    assert second.channel == QUIET
    assert [turn.question for turn in bot.desk.asked[1].history] == ["what is a moat?"]
    assert bot.discord.called("POST", "/threads") == 0


async def test_answer_stands_in_the_channel_where_discord_refuses_a_thread(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.world.denied[CHANNEL] = {"threads"}
        said = bot.discord.people.say(ADA, CHANNEL, ASKED)
        (answer,) = await bot.answers()
    assert (answer.channel, answer.reference) == (CHANNEL, {"message_id": said.id})
    assert bot.discord.called("POST", "/threads") == 1


async def test_answer_that_is_longer_than_a_message_goes_on_in_the_next(tmp_path: Path) -> None:
    words = " ".join(f"word{number}" for number in range(250))
    async with office(tmp_path) as bot:
        bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> {words}?")
        first, second = await bot.answers(2)
    assert f"{first.content} {second.content}".split()[1:251] == f"“{words}?”,".split()
    assert (first.embeds, first.labels) == ([], [])
    assert [embed["title"] for embed in second.embeds] == ["Sources"]
    assert "👍" in second.labels


async def test_answer_in_a_voice_channel_is_a_reply(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.say(ADA, VOICE, ASKED)
        (answer,) = await bot.answers()
    assert answer.channel == VOICE


async def test_direct_message_is_answered_without_a_mention(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.say(ADA, DM, "what is a moat?")
        (answer,) = await bot.answers()
        bot.discord.people.say(ADA, DM, "and how do I dig one?")
        await bot.answers(2)
    assert (answer.channel, answer.reference) == (DM, None)
    assert [turn.question for turn in bot.desk.asked[1].history] == ["what is a moat?"]


async def test_forum_post_is_answered_in_itself_with_its_title(tmp_path: Path) -> None:
    async with discord_server() as discord:
        discord.world.flags = GRANTED
        async with office(tmp_path, discord=discord, engine=EngineSettings(respond="auto")) as bot:
            post = discord.people.post(ADA, FORUM, "How to price?", "We sell to banks")
            (answer,) = await bot.answers()
    assert answer.channel == post.id
    (asked,) = bot.desk.asked
    assert "How to price?" in asked.text
    assert "We sell to banks" in asked.text


async def test_talk_among_people_and_bots_is_not_answered(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.say(BOB, CHANNEL, "lunch?")
        bot.discord.people.say("910000000000000001", CHANNEL, ASKED)
        bot.discord.people.say(BOB, CHANNEL, ASKED, webhook="920000000000000001")
        await bot.quiet()
        assert bot.discord.world.own() == []


async def test_question_by_command_is_answered_where_discord_holds_its_place(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        used = bot.discord.people.command(BOB, CHANNEL, "ask", question="什么是护城河？")
        (answer,) = await bot.answers()
    assert used.responses[0]["type"] == 5
    assert used.original is answer
    assert answer.content.startswith("> 什么是护城河？")


async def test_reply_to_the_answer_of_a_command_goes_on(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.command(ADA, CHANNEL, "ask", question="what is a moat?")
        (answer,) = await bot.answers()
        bot.discord.people.say(ADA, CHANNEL, "and how do I dig one?", reply_to=answer)
        await bot.answers(2)
    assert [turn.question for turn in bot.desk.asked[1].history] == ["what is a moat?"]


async def test_command_in_a_thread_belongs_to_it(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, CHANNEL, ASKED)
        await bot.answers()
        bot.discord.people.command(ADA, said.id, "ask", question="how do I dig one?")
        _, second = await bot.answers(2)
    assert second.channel == said.id
    assert [turn.question for turn in bot.desk.asked[1].history] == ["what is a moat?"]


async def test_command_is_answered_to_the_person_alone_in_their_language(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.command(BOB, CHANNEL, "help", locale="zh-CN")
        whispers = await bot.whispers()
    assert {each.person for each in whispers} == {BOB}
    assert "命令" in "".join(each.content for each in whispers)


async def test_thumb_is_noted(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        (answer,) = await bot.answers()
        bot.discord.people.press(BOB, answer, "👍")
        (whisper,) = await bot.whispers()
    assert whisper.person == BOB
    assert "noted" in whisper.content


async def test_reason_in_own_words_is_asked_for_in_a_form(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        (answer,) = await bot.answers()
        bot.discord.people.press(ADA, answer, "👎")
        (asked,) = await bot.whispers()
        bot.discord.people.press(ADA, asked, "Something else …")
        await until(lambda: bool(bot.discord.world.modals))
        (modal,) = bot.discord.world.modals
        bot.discord.people.submit(ADA, modal, {"text": "It lacks prices."})
        noted = await bot.whispers(2)
    assert "noted" in noted[1].content


async def test_button_works_after_a_restart(tmp_path: Path) -> None:
    async with discord_server() as discord:
        async with office(tmp_path, discord=discord) as bot:
            discord.people.say(ADA, CHANNEL, ASKED)
            (answer,) = await bot.answers()
        async with office(tmp_path, discord=discord) as bot:
            discord.people.press(BOB, answer, "Why these sources?")
            (whisper, *_) = await bot.whispers()
    assert "supported" in whisper.content
    assert discord.world.registrations == 1


async def test_suggestion_is_asked_in_the_same_thread(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, CHANNEL, ASKED)
        (answer,) = await bot.answers()
        topic = next(label for label in answer.labels if label in {"How", "Pricing"})
        bot.discord.people.press(BOB, answer, topic)
        _, second = await bot.answers(2)
    assert second.channel == said.id
    assert topic in bot.desk.asked[1].text


async def test_menu_answers_a_message_in_its_thread(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, CHANNEL, "how do others price this?")
        await bot.quiet()
        used = bot.discord.people.menu(BOB, said, ASK_ABOUT)
        (answer,) = await bot.answers()
        await until(lambda: used.original is None)
    assert answer.channel == said.id
    assert bot.desk.asked[0].text == "how do others price this?"


async def test_answer_that_fails_says_so_and_offers_another_try(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> please fail")
        (answer,) = await bot.answers()
    assert answer.labels == ["Try again"]
    assert "the disk" not in answer.everything


async def test_reader_stops_an_answer(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> please wait")
        await until(lambda: any("Stop" in said.labels for said in bot.discord.world.own()))
        (growing,) = bot.discord.world.own()
        bot.discord.people.press(ADA, growing, "Stop")
        (answer,) = await bot.answers()
    assert "Stopped." in answer.content


async def test_question_that_is_taken_away_takes_its_answer_along(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> please wait")
        await until(lambda: bool(bot.discord.world.own()))
        bot.discord.people.delete(said)
        await until(lambda: not bot.discord.world.own())
        await bot.engine.settled()


async def test_question_that_is_changed_before_its_answer_is_answered_as_changed(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> please wait")
        await until(lambda: bool(bot.discord.world.own()))
        bot.discord.people.edit(said, ASKED)
        await until(lambda: any(KNOWN in each.content for each in bot.discord.world.own()))
        await bot.engine.settled()
    assert bot.desk.asked[-1].text == "what is a moat?"


async def test_message_that_discord_took_before_a_crash_is_not_posted_again(tmp_path: Path) -> None:
    async with discord_server() as discord:
        async with office(tmp_path, discord=discord) as bot:
            discord.people.say(ADA, CHANNEL, f"<@{ME}> please wait")
            await until(lambda: bool(discord.world.own()))
            bot.engine.close()
            await ended(asyncio.create_task(bot.engine.settled()))
        async with office(tmp_path, discord=discord) as bot:
            bot.desk.opened.set()
            await bot.answers()
    assert len(discord.world.own()) == 1


async def test_work_is_shown_by_typing(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        await bot.answers()
        await until(lambda: bool(bot.discord.world.typing))
