"""Channels and threads in which the bot may not do everything: the answer lands all the same, or harms nothing."""

from __future__ import annotations

from pathlib import Path

from tests.doubles.discord.names import ADA, BOB, CHANNEL, ME

from .offices import office
from .opened import until

ASKED = f"<@{ME}> what is a moat?"
KNOWN = "much is known.[1]"


async def test_sources_stand_in_the_text_where_no_embeds_may_be_sent(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.world.denied[CHANNEL] = {"embeds"}
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        (answer,) = await bot.answers()
    assert answer.embeds == []
    assert KNOWN in answer.content
    assert "**Sources**\n\\[1\\]" in answer.content


async def test_answer_lands_in_a_thread_that_was_archived_while_it_grew(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> please wait")
        await until(lambda: any("Stop" in each.labels for each in bot.discord.world.own()))
        bot.discord.world.channels[said.id]["thread_metadata"]["archived"] = True
        bot.desk.opened.set()
        await until(lambda: any(KNOWN in each.content and each.finished for each in bot.discord.world.own(said.id)))
        await bot.engine.settled()


async def test_thread_that_was_locked_ends_the_answer_and_nothing_else(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, CHANNEL, ASKED)
        (first,) = await bot.answers()
        bot.discord.world.channels[said.id]["thread_metadata"]["locked"] = True
        bot.discord.people.say(BOB, said.id, f"<@{ME}> and how do I dig one?")
        await until(lambda: len(bot.desk.asked) == 2)
        await bot.engine.settled()
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        own = await bot.answers(2)
    assert [each.channel == said.id for each in own] == [True, False]
    assert first in own
