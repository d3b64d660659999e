"""Answers to people whose place is shut before they are answered: they get them elsewhere, or hear why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.chat import Person
from tests.doubles.discord.names import ADA, BOB, CHANNEL, DM, FORUM, GUILD, ME, PRIVATE_THREAD
from tests.doubles.discord.server import DiscordServer, Fault
from tests.doubles.discord.things import Said

from .offices import Office, office
from .opened import channel, until

WAIT = f"<@{ME}> please wait"
KNOWN = "much is known.[1]"
OWED = "I had an answer for you earlier"


def person(key: str) -> Person:
    return Person(platform="discord", workspace=GUILD, id=key)


def in_post(discord: DiscordServer) -> Said:
    return discord.people.post(ADA, FORUM, "Moats", WAIT)


def in_private_thread(discord: DiscordServer) -> Said:
    discord.world.add_thread("700000000000000007", CHANNEL, "among us", kind=PRIVATE_THREAD)
    return discord.people.say(ADA, "700000000000000007", WAIT)


def locked(discord: DiscordServer, thread: str) -> None:
    discord.world.channels[thread]["thread_metadata"] |= {"locked": True, "archived": True}


def taken_away(discord: DiscordServer, thread: str) -> None:
    discord.world.take_away(thread)


async def _growing(bot: Office, channel: str) -> None:
    await until(lambda: any("Stop" in each.labels for each in bot.discord.world.own(channel)))


@pytest.mark.parametrize("shut", [locked, taken_away], ids=["locked", "taken away"])
@pytest.mark.parametrize("ask", [in_post, in_private_thread], ids=["post", "private thread"])
async def test_answer_whose_thread_is_shut_while_it_grows_is_a_direct_message(
    ask: Callable[[DiscordServer], Said], shut: Callable[[DiscordServer, str], None], tmp_path: Path
) -> None:
    async with office(tmp_path) as bot:
        said = ask(bot.discord)
        await _growing(bot, said.channel)
        shut(bot.discord, said.channel)
        bot.desk.opened.set()
        await until(lambda: any(KNOWN in each.content for each in bot.discord.world.own(DM)))
        await bot.engine.settled()
        answer = next(each for each in bot.discord.world.own(DM) if KNOWN in each.content)
        assert [each.content for each in bot.discord.world.own(CHANNEL)] == []
    assert "I may not write where you asked" in answer.content
    assert [embed["title"] for embed in answer.embeds] == ["Sources"]
    # They belong to the place that was shut.
    assert answer.components == []


async def test_answer_whose_channel_is_taken_away_is_a_direct_message(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, CHANNEL, WAIT)
        await _growing(bot, said.id)
        for each in (said.id, CHANNEL):
            taken_away(bot.discord, each)
        bot.desk.opened.set()
        await until(lambda: any(KNOWN in each.content for each in bot.discord.world.own(DM)))
        await bot.engine.settled()


async def test_who_takes_no_direct_messages_is_told_around_a_private_thread_without_the_answer(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.world.closed_to_direct.add(ADA)
        said = in_private_thread(bot.discord)
        await _growing(bot, said.channel)
        locked(bot.discord, said.channel)
        bot.desk.opened.set()
        await until(lambda: bool(bot.discord.world.own(CHANNEL)))
        await bot.engine.settled()
        told = bot.discord.world.own(CHANNEL)
    assert all(each.content.startswith("Ada, I have an answer for you") for each in told)
    assert all("known" not in each.everything and "among us" not in each.everything for each in told)


async def test_question_by_command_in_a_post_that_is_shut_is_answered_directly(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        post = bot.discord.people.post(ADA, FORUM, "Moats", "talk among people")
        bot.discord.people.command(ADA, post.id, "ask", question="please wait")
        await until(lambda: bool(bot.discord.world.interactions))
        await until(lambda: all(each.original is not None for each in bot.discord.world.interactions.values()))
        bot.discord.faults.append(Fault("PATCH", "/webhooks/", 403, 50083, times=99))
        bot.discord.faults.append(Fault("POST", "/webhooks/", 403, 50083, times=99))
        locked(bot.discord, post.id)
        bot.desk.opened.set()
        await until(lambda: any(KNOWN in each.content for each in bot.discord.world.own(DM)))
        await bot.engine.settled()


@pytest.mark.parametrize("back", ["command", "mention"])
async def test_who_can_be_told_nowhere_is_told_when_they_are_heard_of_again(back: str, tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.world.closed_to_direct.add(ADA)
        said = in_post(bot.discord)
        await _growing(bot, said.channel)
        locked(bot.discord, said.channel)
        bot.desk.opened.set()
        await until(lambda: bot.connection.chat.owes(channel(), person(ADA)))
        bot.discord.people.say(BOB, CHANNEL, f"<@{ME}> what is a moat?")
        await bot.quiet()
        assert bot.connection.chat.owes(channel(), person(ADA))
        if back == "command":
            bot.discord.people.command(ADA, CHANNEL, "help")
        else:
            bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> what is a moat?")
        await until(lambda: any(OWED in each.content for each in bot.discord.world.messages.values()))
        told = [each for each in bot.discord.world.messages.values() if OWED in each.content]
        assert not bot.connection.chat.owes(channel(), person(ADA))
    assert len(told) == 1
    assert "known" not in told[0].everything
