"""The connection to Discord: refused in a sentence, brought back when it breaks, and never harmed by one bad event."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.chat import Message
from bot.discord_app.connection import DiscordFactory
from bot.errors import AdapterFailed
from bot.limits import EngineSettings
from rag.errors import InvalidSettings
from tests.doubles.discord.names import ADA, CHANNEL, GRANTED, ME, MESSAGE_CONTENT, TOKEN
from tests.doubles.discord.server import DiscordServer, Fault, discord_server

from .opened import discord_settings, ended, listening, signed_in, until

ASKED = f"<@{ME}> what is a moat?"


async def test_unknown_token_is_told_in_a_sentence_and_not_tried_again(tmp_path: Path) -> None:
    with pytest.raises(AdapterFailed, match="does not know the token of ADVISOR_DISCORD_TOKEN") as failure:
        async with signed_in(tmp_path, token=SecretStr("bad.token.here")):
            pass
    assert not failure.value.retryable
    assert "bad.token" not in str(failure.value)


async def test_missing_token_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="ADVISOR_DISCORD_TOKEN"):
        async with signed_in(tmp_path, token=SecretStr(" ")):
            pass


async def test_discord_is_wanted_where_its_token_is_set(tmp_path: Path) -> None:
    async with discord_server() as discord:
        assert DiscordFactory().wanted(discord_settings(discord, tmp_path))
        assert not DiscordFactory().wanted(discord_settings(discord, tmp_path, token=None))


async def test_discord_out_of_reach_may_come_back(tmp_path: Path) -> None:
    with pytest.raises(AdapterFailed, match="out of reach") as failure:
        async with signed_in(tmp_path, api_base_url="http://127.0.0.1:1/api"):
            pass
    assert failure.value.retryable


async def test_server_that_is_not_discord_is_told(tmp_path: Path) -> None:
    async with discord_server() as discord:
        discord.faults.append(Fault("GET", "/applications/@me", 502, times=9))
        with pytest.raises(AdapterFailed, match="502") as failure:
            async with DiscordFactory().open(discord_settings(discord, tmp_path)):
                pass
    assert failure.value.retryable


@pytest.mark.parametrize(
    ("granted", "engine", "setting", "asked"),
    [
        pytest.param(True, EngineSettings(), "auto", True, id="granted and of use"),
        pytest.param(True, EngineSettings(follow_ups=False), "auto", False, id="of no use"),
        pytest.param(False, EngineSettings(), "auto", False, id="not granted"),
        pytest.param(True, EngineSettings(), "off", False, id="switched off"),
        pytest.param(True, EngineSettings(follow_ups=False), "on", True, id="switched on"),
    ],
)
async def test_contents_are_asked_for_where_they_are_granted_and_of_use(
    granted: bool, engine: EngineSettings, setting: str, asked: bool, tmp_path: Path
) -> None:
    def prepare(discord: DiscordServer) -> None:
        discord.world.flags = GRANTED if granted else 0

    async with listening(tmp_path, prepare, engine=engine, message_content=setting) as bot:
        intents = bot.discord.gateway.identified[0]["intents"]
    assert bool(intents & MESSAGE_CONTENT) is asked
    assert intents & ~MESSAGE_CONTENT == 1 << 0 | 1 << 9 | 1 << 12


async def test_contents_that_are_wanted_and_not_granted_are_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AdapterFailed, match="has not granted the Message Content Intent") as failure:
        async with signed_in(tmp_path, message_content="on"):
            pass
    assert not failure.value.retryable


async def test_follow_ups_without_a_grant_are_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with signed_in(tmp_path):
        pass
    assert "message_content_not_granted" in caplog.messages


@pytest.mark.parametrize(
    ("code", "told"),
    [
        pytest.param(4004, r"\(4004\): the token of ADVISOR_DISCORD_TOKEN was revoked; reset it", id="token revoked"),
        pytest.param(4010, r"\(4010\): the gateway does not know this shard", id="wrong shard"),
        pytest.param(4011, r"\(4011\): the bot is in more servers than one connection may serve", id="sharding"),
        pytest.param(4012, r"\(4012\): the gateway speaks another version", id="version"),
        pytest.param(4013, r"\(4013\): the gateway does not know an intent; update the bot", id="unknown intent"),
        pytest.param(4014, "has not granted the Message Content Intent: switch it on", id="intent taken back"),
    ],
)
async def test_close_for_good_ends_the_intake_with_a_sentence(code: int, told: str, tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        await bot.discord.gateway.close(code)
        with pytest.raises(AdapterFailed, match=told) as failure:
            await asyncio.wait_for(bot.listening, 10)
    assert not failure.value.retryable
    assert len(bot.discord.gateway.identified) == 1


_PASSING = (1000, 1001, 1006, 4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009)


@pytest.mark.parametrize("code", _PASSING, ids=str)
async def test_lost_connection_is_resumed_and_nothing_is_lost(code: int, tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        gateway = bot.discord.gateway
        for number in range(40):
            bot.discord.people.say(ADA, CHANNEL, f"{ASKED} {number}")
            if number == 20:
                await gateway.close(code)
            await asyncio.sleep(0)
        heard = await bot.heard.count(40)
        texts = [each.text for each in heard if isinstance(each, Message)]
    assert texts == [f"what is a moat? {number}" for number in range(40)]
    assert (len(gateway.identified), len(gateway.resumed)) == (1, 1)


@pytest.mark.full  # the library waits five seconds
async def test_session_that_cannot_be_resumed_begins_anew(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        gateway = bot.discord.gateway
        gateway.refuse_resume = True
        await gateway.close(4000)
        await until(lambda: len(gateway.connected) == 1 and len(gateway.identified) == 2)
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        await bot.heard.count(1)


@pytest.mark.parametrize(
    ("event", "data"),
    [
        pytest.param("MESSAGE_CREATE", {}, id="empty"),
        pytest.param("MESSAGE_CREATE", None, id="nothing"),
        pytest.param("MESSAGE_CREATE", {"id": "x", "channel_id": CHANNEL, "author": 7}, id="wrong types"),
        pytest.param("INTERACTION_CREATE", {"id": "1", "type": 2}, id="interaction"),
        pytest.param("FUTURE_EVENT", {"a": 1}, id="unknown event"),
        pytest.param("GUILD_CREATE", {"id": "1", "channels": 3}, id="server"),
    ],
)
async def test_event_that_cannot_be_read_harms_none_that_can(event: str, data: object, tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        bot.discord.gateway.tell_raw(event, data)
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        await bot.heard.count(1)
        assert not bot.listening.done()
    assert len(bot.discord.gateway.identified) == 1


async def test_day_without_sessions_left_is_waited_for_and_costs_none(tmp_path: Path) -> None:
    async with discord_server() as discord:
        discord.gateway.most = 0
        async with DiscordFactory().open(discord_settings(discord, tmp_path)) as connection:
            with pytest.raises(AdapterFailed, match="no more connections today") as failure:
                await connection.listen(lambda _: asyncio.sleep(0))  # type: ignore[arg-type,return-value]
    assert failure.value.retryable
    assert discord.gateway.identified == []


@pytest.mark.full  # the library waits five seconds
async def test_each_shard_hears_its_servers(tmp_path: Path) -> None:
    def prepare(discord: DiscordServer) -> None:
        discord.gateway.shards = 2

    async with listening(tmp_path, prepare) as bot:
        await bot.discord.gateway.ready(2)
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        await bot.heard.count(1)
    assert sorted(each["shard"] for each in bot.discord.gateway.identified) == [[0, 2], [1, 2]]


async def test_gateway_of_the_settings_is_the_one_that_is_used(tmp_path: Path) -> None:
    async with discord_server() as discord, discord_server() as other:
        settings = discord_settings(discord, tmp_path, gateway_url=other.gateway.url)
        async with DiscordFactory().open(settings) as connection:
            task = asyncio.create_task(connection.listen(lambda _: asyncio.sleep(0)))  # type: ignore[arg-type,return-value]
            await until(lambda: bool(other.gateway.identified))
            await ended(task)
    assert discord.gateway.identified == []


async def test_chat_can_be_posted_to_when_nobody_listens_any_more(tmp_path: Path) -> None:
    from bot.replies import Reply

    from .opened import channel

    async with listening(tmp_path) as bot:
        await ended(bot.listening)
        await bot.connection.chat.post(channel(), Reply(text="last words"), nonce="n")
        (said,) = bot.discord.world.own()
    assert said.content == "last words"


async def test_heartbeat_is_kept(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        (socket,) = bot.discord.gateway.sockets
        await until(lambda: len(socket.beats) >= 4)
    assert bot.discord.gateway.latest_beat_s < 2 * bot.discord.gateway.interval_s


@pytest.mark.parametrize(
    ("change", "count"),
    [
        pytest.param(lambda folder: None, 1, id="unchanged"),
        pytest.param(lambda folder: (folder / "discord_commands.json").unlink(), 2, id="forgotten"),
        pytest.param(lambda folder: (folder / "discord_commands.json").write_text("{"), 2, id="broken file"),
    ],
)
async def test_commands_are_registered_when_they_have_changed(
    change: Callable[[Path], None], count: int, tmp_path: Path
) -> None:
    async with discord_server() as discord:
        settings = discord_settings(discord, tmp_path)
        for _ in range(2):
            async with DiscordFactory().open(settings) as connection:
                task = asyncio.create_task(connection.listen(lambda _: asyncio.sleep(0)))  # type: ignore[arg-type,return-value]
                await until(lambda: connection.bot.connected)
                await ended(task)
            change(tmp_path)
    assert discord.world.registrations == count


async def test_another_server_is_told_the_commands_however_little_has_changed(tmp_path: Path) -> None:
    for _ in range(2):
        async with discord_server() as discord:
            async with DiscordFactory().open(discord_settings(discord, tmp_path)) as connection:
                task = asyncio.create_task(connection.listen(lambda _: asyncio.sleep(0)))  # type: ignore[arg-type,return-value]
                await until(lambda: connection.bot.connected)
                await ended(task)
            assert discord.world.registrations == 1


async def test_commands_are_registered_though_discord_fails_at_first(tmp_path: Path) -> None:
    def prepare(discord: DiscordServer) -> None:
        discord.faults.append(Fault("PUT", "/commands", 503))

    async with listening(tmp_path, prepare) as bot:
        assert bot.discord.world.registrations == 1


async def test_commands_that_discord_refuses_leave_the_bot_at_work(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)

    def prepare(discord: DiscordServer) -> None:
        discord.faults.append(Fault("PUT", "/commands", 400, 30034))

    async with listening(tmp_path, prepare) as bot:
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        await bot.heard.count(1)
    assert "commands_not_registered" in caplog.messages
    assert TOKEN not in caplog.text
