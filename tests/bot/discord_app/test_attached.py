"""Files that Discord does not take, in messages and in answers to commands: what they hold is said, or missed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat import CommandCall, PlaceKind
from bot.replies import File, Reply, Visibility
from tests.bot.samples import citation
from tests.doubles.discord.names import ADA, CHANNEL, DM
from tests.doubles.discord.server import Fault

from .opened import channel, listening, signed_in
from .test_in_time import asked

PICTURE = File(name="map.png", content=b"\x89PNG", media_type="image/png")
TEXT = File(name="answer.md", content="\n\n".join(f"{number}. A moat." for number in range(200)).encode())
LARGE, FORBIDDEN, NAKED = (413, 40005), (403, 50013), (413, 0)


@pytest.mark.parametrize("refused", [LARGE, FORBIDDEN, NAKED], ids=["too large", "not allowed", "by a proxy"])
async def test_answer_to_a_command_says_what_a_file_holds_that_is_not_taken(
    refused: tuple[int, int], tmp_path: Path
) -> None:
    async with asked(tmp_path) as bot:
        (call,) = bot.heard.incoming
        bot.discord.faults.append(Fault("PATCH", "/webhooks/", *refused))
        reply = Reply(text="All of it:", files=(TEXT,), citations=(citation(1),))
        message = await bot.connection.chat.post(call.place, reply, nonce="n")
        first, *pieces = bot.discord.world.own()
    assert first.id == message.id
    assert "holds follows" in first.content
    assert first.embeds
    assert "199. A moat." in pieces[-1].content


async def test_private_answer_says_what_a_file_holds_to_the_person_alone(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        bot.discord.people.command(ADA, CHANNEL, "help")
        (call,) = await bot.heard.count(1)
        assert isinstance(call, CommandCall)
        bot.discord.faults += [Fault("POST", "/callback", *LARGE), Fault("PATCH", "/webhooks/", *LARGE)]
        reply = Reply(text="Yours:", files=(TEXT,), visibility=Visibility.PRIVATE)
        await bot.connection.chat.whisper(call.place, call.person, reply)
        whispers = bot.discord.world.whispers(ADA)
        assert bot.discord.world.own() == []
    assert "larger than Discord takes" in whispers[0].content
    assert "199. A moat." in whispers[-1].content


async def test_picture_that_is_too_large_is_told_to_be_missing(tmp_path: Path) -> None:
    async with asked(tmp_path) as bot:
        (call,) = bot.heard.incoming
        chat = bot.connection.chat
        bot.discord.faults.append(Fault("PATCH", "/webhooks/", *LARGE))
        message = await chat.post(call.place, Reply(text="The map.", files=(PICTURE,)), nonce="n")
        (said,) = bot.discord.world.own()
        assert "map.png is larger than Discord takes here, so it is missing" in said.content
        bot.discord.faults.append(Fault("PATCH", "/webhooks/", *LARGE))
        await chat.edit(message, Reply(text="The new map.", files=(PICTURE,)))
    assert said.content.startswith("The new map.\n-# map.png is larger")


async def test_file_is_too_large_and_embeds_are_not_allowed(tmp_path: Path) -> None:
    async with signed_in(tmp_path) as (discord, connection):
        discord.world.denied[CHANNEL] = {"embeds"}
        discord.world.largest = 3
        await connection.chat.post(
            channel(), Reply(text="The map.", files=(PICTURE,), citations=(citation(1),)), nonce="n"
        )
        (said,) = discord.world.own()
    assert "**Sources**" in said.content
    assert "map.png is larger than Discord takes here" in said.content
    assert (said.embeds, said.attachments) == ([], [])


async def test_file_in_a_direct_message_is_left_out_where_it_is_too_large(tmp_path: Path) -> None:
    async with signed_in(tmp_path) as (discord, connection):
        discord.world.largest = 3
        place = replace(channel(DM), workspace="@me", kind=PlaceKind.DM)
        await connection.chat.post(place, Reply(text="The map.", files=(PICTURE,)), nonce="n")
        (said,) = discord.world.own()
    assert (said.channel, said.attachments) == (DM, [])
