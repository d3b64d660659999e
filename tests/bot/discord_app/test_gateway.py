"""What the gateway and the application say that cannot be read, or is left out: the bot goes on, and loses nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.discord_app.connection import DiscordFactory
from tests.doubles.discord.gateway import INVALID, RECONNECT
from tests.doubles.discord.names import ADA, CHANNEL, GRANTED, ME
from tests.doubles.discord.server import DiscordServer, Fault, discord_server

from .opened import discord_settings, ended, listening, until

ASKED = f"<@{ME}> what is a moat?"


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "null", "7", '{"op": 0, "t": "RESUMED", "s": 3, "d": null}', '{"op": 10, "d": null}', '{"op": "x"}'],
)
async def test_line_that_cannot_be_read_is_left_out_and_the_session_goes_on(line: str, tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        (session,) = bot.discord.gateway.connected
        assert session.socket is not None
        session.socket.send_text(line)
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        await bot.heard.count(1)
        assert not bot.listening.done()
    assert len(bot.discord.gateway.identified) == 1


async def test_broken_compression_is_resumed_and_nothing_is_lost(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        gateway = bot.discord.gateway
        (session,) = gateway.connected
        assert session.socket is not None
        await session.socket.ws.send_bytes(b"no compression at all\x00\x00\xff\xff")
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        await bot.heard.count(1)
    assert (len(gateway.identified), len(gateway.resumed)) == (1, 1)


@pytest.mark.parametrize(("op", "data"), [(RECONNECT, None), (INVALID, True)], ids=["reconnect", "invalid session"])
async def test_session_that_discord_wants_resumed_is_and_nothing_is_lost(op: int, data: object, tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        gateway = bot.discord.gateway
        (session,) = gateway.connected
        assert session.socket is not None
        session.socket.send(op, data)
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        await bot.heard.count(1)
        await until(lambda: len(gateway.resumed) == 1)
    assert len(gateway.identified) == 1


@pytest.mark.parametrize(
    "untold",
    [
        pytest.param({"resume_gateway_url"}, id="where to resume"),
        pytest.param({"resume_gateway_url", "guilds", "shard", "application", "v"}, id="all but user and session"),
    ],
)
async def test_session_that_begins_with_few_words_is_resumed_and_nothing_is_lost(
    untold: set[str], tmp_path: Path
) -> None:
    def prepare(discord: DiscordServer) -> None:
        discord.gateway.untold_of_ready = untold

    async with listening(tmp_path, prepare) as bot:
        await bot.discord.gateway.close(4000)
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        await bot.heard.count(1)
        await until(lambda: len(bot.discord.gateway.resumed) == 1)
    assert len(bot.discord.gateway.identified) == 1


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"shards": 1}, id="no limit told"),
        pytest.param({"shards": 1, "session_start_limit": None}, id="no limit"),
        pytest.param({}, id="address alone"),
    ],
)
async def test_gateway_that_tells_only_what_is_needed_is_connected_to(told: dict[str, Any], tmp_path: Path) -> None:
    def prepare(discord: DiscordServer) -> None:
        discord.told_of_gateway = told

    async with listening(tmp_path, prepare) as bot:
        assert len(bot.discord.gateway.identified) == 1


@pytest.mark.parametrize(("setting", "asked"), [("auto", False), ("on", True)])
async def test_application_without_flags_has_the_gateway_decide(setting: str, asked: bool, tmp_path: Path) -> None:
    async with discord_server() as discord:
        discord.world.flags = GRANTED
        discord.untold_of_application = {"flags", "team"}
        settings = discord_settings(discord, tmp_path, message_content=setting)
        async with DiscordFactory().open(settings) as connection:
            assert connection.bot.intents.message_content is asked


async def test_gateway_of_the_settings_need_not_be_told_of(tmp_path: Path) -> None:
    async with discord_server() as discord:
        discord.faults.append(Fault("GET", "/gateway/bot", 404))
        settings = discord_settings(discord, tmp_path, gateway_url=discord.gateway.url)
        async with DiscordFactory().open(settings) as connection:
            task = asyncio.create_task(connection.listen(lambda _: asyncio.sleep(0)))  # type: ignore[arg-type,return-value]
            await until(lambda: bool(discord.gateway.identified))
            await ended(task)
