"""Discord as the running program keeps it: asked for proposals, left alone when it refuses, connected anew else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from bot.chat import ChatAdapter, CommandCall
from bot.discord_app.connection import DiscordFactory
from bot.hosting import ConnectionSettings
from bot.metrics import Metrics
from bot.running.connecting import Connection, Rhythm, State, Surroundings
from tests.doubles.discord.names import ADA, CHANNEL, ME
from tests.doubles.discord.server import DiscordServer, discord_server

from .opened import Heard, discord_settings, until


async def nothing() -> None:
    """Nobody asked anything before the start."""


class House:
    """Proposes one word, and wants no threads."""

    async def complete(self, call: CommandCall, argument: str, typed: str) -> Sequence[str]:
        return (f"{call.name} {argument} {typed}",)

    async def inline(self, channel_key: str) -> bool:
        return True


async def at_once(_: float) -> None:
    await asyncio.sleep(0)


@asynccontextmanager
async def kept(
    discord: DiscordServer, home: Path, heard: Heard, *, metrics: Metrics | None = None, **changes: object
) -> AsyncIterator[Connection]:
    """The connection as `advisor run` keeps it; its pauses end at once."""
    adapters: dict[str, ChatAdapter] = {}
    around = Surroundings(
        adapters=adapters,
        catch_up=nothing,
        receive=heard.receive,
        settings=discord_settings(discord, home, **changes),
        pauses=ConnectionSettings(),
        rhythm=Rhythm(clock=asyncio.get_running_loop().time, sleep=at_once, jitter=lambda: 1.0),
        metrics=metrics or Metrics(version="test"),
        house=House(),
    )
    connection = Connection(DiscordFactory(), around)
    connection.start()
    try:
        yield connection
    finally:
        await connection.close()


async def test_house_is_asked_for_proposals(tmp_path: Path) -> None:
    async with discord_server() as discord, kept(discord, tmp_path, Heard()):
        await until(lambda: bool(discord.gateway.connected) and bool(discord.world.commands))
        discord.people.type_into(ADA, CHANNEL, "help", "command", "so")
        await until(lambda: bool(discord.world.proposals))
    assert discord.world.proposals == [[{"name": "help command so", "value": "help command so"}]]


async def test_refused_token_is_tried_once(tmp_path: Path) -> None:
    token = SecretStr("bad.token.here")
    async with discord_server() as discord, kept(discord, tmp_path, Heard(), token=token) as connection:
        await connection.finished()
        assert connection.state is State.REFUSED
    assert discord.called("GET", "/oauth2/applications/@me") == 1
    assert discord.gateway.identified == []


async def test_session_without_a_name_is_followed_by_a_new_connection(tmp_path: Path) -> None:
    heard = Heard()
    async with discord_server() as discord, kept(discord, tmp_path, heard):
        await discord.gateway.ready()
        (session,) = discord.gateway.connected
        assert session.socket is not None
        session.socket.send_text('{"op": 0, "t": "READY", "s": 9, "d": {"session_id": null}}')
        await until(lambda: len(discord.gateway.identified) == 2 and len(discord.gateway.connected) == 1)
        discord.people.say(ADA, CHANNEL, f"<@{ME}> what is a moat?")
        await heard.count(1)
    assert discord.world.registrations == 1
