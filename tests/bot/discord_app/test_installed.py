"""The bot installed by a person, and used where it is no member: answered by the interaction alone, as a guest."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.discord_app.parse import ASK_ABOUT
from tests.doubles.discord.names import ADA, CEO, CHANNEL, DM, FOREIGN, ME

from .offices import office
from .opened import until


async def test_question_is_answered_where_the_bot_is_no_member(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        used = bot.discord.people.command(ADA, FOREIGN, "ask", question="what is a moat?")
        await until(lambda: used.original is not None and used.original.finished)
        await bot.engine.settled()
        assert used.original is not None
        assert "much is known" in used.original.content
        assert "Sources" in [embed["title"] for embed in used.original.embeds]
        bot.discord.people.press(ADA, used.original, "Why these sources?")
        await bot.whispers()
    assert bot.discord.called("POST", f"/channels/{FOREIGN}/messages") == 0
    assert bot.desk.asked[0].scope.audience == {"public"}


async def test_who_manages_a_server_without_the_bot_is_no_admin_of_it(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        used = bot.discord.people.command(CEO, FOREIGN, "config")
        await until(lambda: used.original is not None and used.original.finished)
        assert used.original is not None
        assert used.original.labels == []
        assert "labels" not in used.original.content


@pytest.mark.parametrize("place", [FOREIGN, DM], ids=["server without the bot", "direct message"])
async def test_every_command_of_everybody_is_answered_there(place: str, tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        for name in ("help", "home", "profile", "privacy"):
            used = bot.discord.people.command(ADA, place, name)
            await until(lambda used=used: used.original is not None and used.original.finished)  # type: ignore[misc]


@pytest.mark.parametrize(("place", "text"), [(DM, "what is a moat?"), (CHANNEL, f"<@{ME}> what is a moat?")])
async def test_menu_of_a_message_that_was_answered_says_where(place: str, text: str, tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, place, text)
        await bot.answers()
        used = bot.discord.people.menu(ADA, said, ASK_ABOUT)
        await until(lambda: used.original is not None and "taken this message up before" in used.original.content)
    assert len(bot.desk.asked) == 1
