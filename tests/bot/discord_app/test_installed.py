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


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"context": 2, "authorizing_integration_owners": {"1": ADA}}, id="between two people"),
        pytest.param({"context": 2, "channel": {"id": DM, "type": 3, "recipients": []}}, id="in a group"),
        pytest.param({"channel": {"id": DM, "type": 3, "recipients": []}}, id="in a group, untold"),
    ],
)
async def test_what_people_write_to_each_other_is_no_place_for_what_one_of_them_may_read(
    changes: dict[str, object], tmp_path: Path
) -> None:
    labels = {"secret": (f"discord:@me/{ADA}",)}
    async with office(tmp_path, labels=labels) as bot:
        direct = bot.discord.people.command(ADA, DM, "ask", question="what is a moat?")
        await until(lambda: direct.original is not None and direct.original.finished)
        tell = bot.discord.world.tell
        bot.discord.world.tell = lambda event, data, channel: tell(
            event, data | (changes if event == "INTERACTION_CREATE" else {}), channel
        )
        used = bot.discord.people.command(ADA, DM, "ask", question="how deep is a moat?")
        await until(lambda: used.original is not None and used.original.finished)
        assert used.original is not None
        assert "much is known" in used.original.content
        bot.discord.people.command(ADA, DM, "profile")
        (whisper,) = await bot.whispers()
    assert [sorted(each.scope.audience) for each in bot.desk.asked] == [["public", "secret"], ["public"]]
    assert "no profile yet" in whisper.content


@pytest.mark.parametrize(("place", "text"), [(DM, "what is a moat?"), (CHANNEL, f"<@{ME}> what is a moat?")])
async def test_menu_of_a_message_that_was_answered_says_where(place: str, text: str, tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, place, text)
        await bot.answers()
        used = bot.discord.people.menu(ADA, said, ASK_ABOUT)
        await until(lambda: used.original is not None and "taken this message up before" in used.original.content)
    assert len(bot.desk.asked) == 1
