"""First responses that come too late or get lost, tokens that end early, rate limits left to the bot itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import DeliveryFailed
from bot.replies import Reply, Visibility
from tests.doubles.discord.names import ADA, CHANNEL, DM, ME
from tests.doubles.discord.server import DiscordServer, Fault

from .opened import Heard, channel, listening, signed_in
from .test_in_time import TAKEN, asked


async def test_first_response_of_which_discord_says_nothing_is_no_reason_to_leave_the_person(tmp_path: Path) -> None:
    def prepare(discord: DiscordServer) -> None:
        discord.faults.append(Fault("POST", "/callback", 502, after=True))

    async with listening(tmp_path, prepare, heard=Heard(receipt=TAKEN)) as bot:
        used = bot.discord.people.command(ADA, CHANNEL, "ask", question="what is a moat?")
        (call,) = await bot.heard.count(1)
        message = await bot.connection.chat.post(call.place, Reply(text="A hole."), nonce="n")  # type: ignore[union-attr]
        await bot.connection.chat.edit(message, Reply(text="A hole with water."))
    assert used.original is not None
    assert (used.original.id, used.original.content) == (message.id, "A hole with water.")
    assert len(used.responses) == 1


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (403, 50083)], ids=["too late", "in a locked thread"])
async def test_question_that_takes_no_response_is_answered_by_a_message(status: int, code: int, tmp_path: Path) -> None:
    def prepare(discord: DiscordServer) -> None:
        discord.faults.append(Fault("POST", "/callback", status, code, times=9))

    async with listening(tmp_path, prepare, heard=Heard(receipt=TAKEN)) as bot:
        bot.discord.people.command(ADA, CHANNEL, "ask", question="what is a moat?")
        (call,) = await bot.heard.count(1)
        await bot.connection.chat.post(call.place, Reply(text="A hole."), nonce="n")  # type: ignore[union-attr]
        (said,) = bot.discord.world.own()
    assert (said.channel, said.content) == (CHANNEL, "A hole.")


@pytest.mark.parametrize("code", [50001, 50083], ids=["no access", "archived"])
async def test_command_in_a_thread_that_was_locked_is_answered_around_it(code: int, tmp_path: Path) -> None:
    async with asked(tmp_path) as bot:
        (call,) = bot.heard.incoming
        bot.discord.faults.append(Fault("PATCH", "/webhooks/", 403, code, times=9))
        message = await bot.connection.chat.post(call.place, Reply(text="at last"), nonce="n")
    assert bot.discord.world.messages[message.id].channel == CHANNEL


async def test_private_line_that_came_too_late_is_a_direct_message(tmp_path: Path) -> None:
    def prepare(discord: DiscordServer) -> None:
        discord.faults.append(Fault("POST", "/callback", 404, 10062, times=9))

    async with listening(tmp_path, prepare) as bot:
        bot.discord.people.command(ADA, CHANNEL, "help")
        (call,) = await bot.heard.count(1)
        line = Reply(text="Commands", visibility=Visibility.PRIVATE)
        await bot.connection.chat.whisper(call.place, call.person, line)  # type: ignore[union-attr]
        (said,) = bot.discord.world.own()
    assert (said.channel, said.content) == (DM, "Commands")


@pytest.mark.parametrize("code", [10015, 50027], ids=["unknown", "invalid"])
async def test_answer_whose_token_ended_early_is_a_message_of_its_own(code: int, tmp_path: Path) -> None:
    async with asked(tmp_path) as bot:
        (call,) = bot.heard.incoming
        bot.discord.faults.append(Fault("PATCH", "/webhooks/", 401, code, times=9))
        message = await bot.connection.chat.post(call.place, Reply(text="at last"), nonce="n")
        await bot.connection.chat.edit(message, Reply(text="at long last"))
    assert bot.discord.world.messages[message.id].content == "at long last"


async def test_answer_whose_place_somebody_took_away_follows_all_the_same(tmp_path: Path) -> None:
    async with asked(tmp_path) as bot:
        (call,) = bot.heard.incoming
        (used,) = bot.discord.world.interactions.values()
        bot.discord.world.remove(used.original)
        message = await bot.connection.chat.post(call.place, Reply(text="at last"), nonce="n")
        await bot.connection.chat.edit(message, Reply(text="at long last"))
    assert bot.discord.world.messages[message.id].content == "at long last"


async def test_rate_limit_through_a_proxy_is_waited_for_as_long_as_it_says(tmp_path: Path) -> None:
    async with signed_in(tmp_path) as (discord, connection):
        discord.faults.append(Fault("POST", "/messages", 429, headers={"Via": "", "Retry-After": "7"}))
        with pytest.raises(DeliveryFailed) as failure:
            await connection.chat.post(channel(), Reply(text="A"), nonce="n")
    assert failure.value.retry_after_s == 7


async def test_private_line_outlives_a_rate_limit_through_a_proxy(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        bot.discord.people.command(ADA, CHANNEL, "help")
        (call,) = await bot.heard.count(1)
        bot.discord.faults.append(Fault("PATCH", "/webhooks/", 429, headers={"Via": "", "Retry-After": "1"}))
        line = Reply(text="Commands", visibility=Visibility.PRIVATE)
        await bot.connection.chat.whisper(call.place, call.person, line)  # type: ignore[union-attr]
        (whisper,) = bot.discord.world.whispers()
    assert whisper.content == "Commands"


async def test_line_beneath_a_message_outlives_a_failure_that_the_library_does_not_try_again(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> what is a moat?")
        (said,) = await bot.heard.count(1)
        bot.discord.faults.append(Fault("POST", "/messages", 503))
        line = Reply(text="Busy", visibility=Visibility.ASIDE)
        await bot.connection.chat.whisper(said.place, said.person, line)  # type: ignore[union-attr]
        (told,) = bot.discord.world.own()
    assert told.content == "Busy"
