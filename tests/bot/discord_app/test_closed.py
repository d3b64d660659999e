"""Channels and threads in which the bot may not do everything: the answer lands all the same, or harms nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat import PlaceKind
from bot.errors import DeliveryFailed
from bot.replies import File, Reply
from tests.doubles.discord.names import ADA, BOB, CHANNEL, FORUM, ME
from tests.doubles.discord.server import DiscordServer, Fault

from .offices import office
from .opened import channel, listening, signed_in, until

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


@pytest.mark.parametrize(
    "shut",
    [
        pytest.param({"locked": True}, id="locked"),
        pytest.param({"locked": True, "archived": True}, id="locked and archived"),
    ],
)
async def test_answer_to_a_thread_that_was_locked_stands_in_the_channel(shut: dict[str, bool], tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, CHANNEL, ASKED)
        (first,) = await bot.answers()
        bot.discord.world.channels[said.id]["thread_metadata"] |= shut
        bot.discord.people.say(BOB, said.id, f"<@{ME}> and how do I dig one?")
        _, second = await bot.answers(2)
        bot.discord.people.press(BOB, second, "👍")
        await bot.whispers()
    assert (first.channel, second.channel) == (said.id, CHANNEL)
    assert second.reference == {"message_id": said.id}
    assert KNOWN in second.content


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (403, 50013), (404, 10003)], ids=str)
async def test_answer_whose_thread_is_closed_to_the_bot_stands_in_the_channel(
    status: int, code: int, tmp_path: Path
) -> None:
    async with office(tmp_path) as bot:
        said = bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> please wait")
        # With sources in an embed, it is tried once without them.
        path = f"/channels/{int(said.id)}/messages"
        bot.discord.faults.append(Fault("POST", path, status, code, times=9))
        bot.desk.opened.set()
        (answer,) = await bot.answers()
    assert (answer.channel, answer.reference) == (CHANNEL, {"message_id": said.id})


@pytest.mark.parametrize(
    ("kind", "private"), [(PlaceKind.THREAD, True), (PlaceKind.FORUM, False)], ids=["private thread", "forum post"]
)
async def test_answer_to_a_private_thread_or_a_post_goes_nowhere_else(
    kind: PlaceKind, private: bool, tmp_path: Path
) -> None:
    def prepare(discord: DiscordServer) -> None:
        parent = FORUM if kind is PlaceKind.FORUM else CHANNEL
        made = discord.world.add_thread("700000000000000007", parent, "among us")
        made["type"] = 12 if private else 11
        made["thread_metadata"]["locked"] = True

    async with listening(tmp_path, prepare) as bot:
        place = replace(channel(thread="700000000000000007"), kind=kind)
        with pytest.raises(DeliveryFailed):
            await bot.connection.chat.post(place, Reply(text="a secret"), nonce="n", reply_to="700000000000000008")
        assert bot.discord.world.own() == []


async def test_what_a_file_holds_is_said_where_no_files_may_be_attached(tmp_path: Path) -> None:
    text = "\n\n".join(f"{number}. What @everyone should know about moats." for number in range(120))
    async with signed_in(tmp_path) as (discord, connection):
        discord.world.denied[CHANNEL] = {"files"}
        reply = Reply(
            text="", notes=("The whole answer follows.",), files=(File(name="answer.md", content=text.encode()),)
        )
        message = await connection.chat.post(channel(), reply, nonce="n")
        await connection.chat.post(channel(), reply, nonce="n")
        first, *pieces = discord.world.own()
    assert message.id == first.id
    assert "I may not attach files here, so what answer.md holds follows" in first.content
    assert "119. What" in pieces[-1].content
    assert len(pieces) == 3
    assert all("@everyone" not in each.content for each in pieces)


@pytest.mark.parametrize("denied", [{"files"}, {"files", "embeds"}], ids=["files", "files and embeds"])
async def test_file_that_is_no_text_is_told_to_be_missing(denied: set[str], tmp_path: Path) -> None:
    picture = File(name="map.png", content=b"\x89PNG", media_type="image/png")
    async with signed_in(tmp_path) as (discord, connection):
        discord.world.denied[CHANNEL] = denied
        message = await connection.chat.post(channel(), Reply(text="The map.", files=(picture,)), nonce="n")
        (said,) = discord.world.own()
        assert "so map.png is missing" in said.content
        assert said.attachments == []
        discord.world.denied.clear()
        await connection.chat.edit(message, Reply(text="The map.", files=(picture,)))
        assert [each["filename"] for each in said.attachments] == ["map.png"]
        assert said.content == "The map."
