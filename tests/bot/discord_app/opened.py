"""The bot on the Discord double: signed in, listening, with an engine or with a list in its place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.chat import Incoming, Place
from bot.discord_app.connection import DiscordConnection, DiscordFactory
from bot.discord_settings import DiscordSettings
from bot.limits import EngineSettings
from bot.records import Outcome, Receipt
from bot.settings import Settings
from tests.doubles.discord.names import CHANNEL, GUILD, TOKEN
from tests.doubles.discord.server import DiscordServer, discord_server


def discord_settings(
    discord: DiscordServer, home: Path, *, engine: EngineSettings | None = None, **changes: Any
) -> Settings:
    """Settings of a bot that takes the double for Discord and is never slowed down."""
    chosen = {"token": SecretStr(TOKEN), "api_base_url": discord.api, "edit_interval_s": 0}
    return Settings(home=home, discord=DiscordSettings(**{**chosen, **changes}), engine=engine or EngineSettings())


@dataclass
class Heard:
    """What came in; `receipt` is what the engine would say, `fail` is raised instead as often as it holds errors."""

    incoming: list[Incoming] = field(default_factory=list)
    receipt: Receipt = field(default_factory=lambda: Receipt(outcome=Outcome.IGNORED))
    fail: list[Exception] = field(default_factory=list)

    async def receive(self, incoming: Incoming) -> Receipt:
        if self.fail:
            raise self.fail.pop()
        self.incoming.append(incoming)
        return self.receipt

    async def count(self, count: int = 1) -> list[Incoming]:
        """What came in, when there is so much of it."""
        await until(lambda: len(self.incoming) >= count)
        return self.incoming


@dataclass
class Opened:
    """The double with the bot connected to it."""

    discord: DiscordServer
    connection: DiscordConnection
    listening: asyncio.Task[None]
    heard: Heard


@asynccontextmanager
async def signed_in(home: Path, **changes: Any) -> AsyncIterator[tuple[DiscordServer, DiscordConnection]]:
    """The bot signed in, not listening."""
    async with (
        discord_server() as discord,
        DiscordFactory().open(discord_settings(discord, home, **changes)) as connection,
    ):
        yield discord, connection


@asynccontextmanager
async def listening(
    home: Path,
    prepare: Callable[[DiscordServer], None] | None = None,
    *,
    heard: Heard | None = None,
    **changes: Any,
) -> AsyncIterator[Opened]:
    """The bot listening to the gateway; what it hears is kept."""
    heard = heard or Heard()
    async with discord_server() as discord:
        if prepare:
            prepare(discord)
        async with DiscordFactory().open(discord_settings(discord, home, **changes)) as connection:
            task = asyncio.create_task(connection.listen(heard.receive))
            try:
                await first_of(discord, connection, task)
                yield Opened(discord, connection, task, heard)
            finally:
                await ended(task)


async def first_of(discord: DiscordServer, connection: DiscordConnection, task: asyncio.Task[None]) -> None:
    """Returns when the bot knows its servers, raises when it has ended before."""
    await until(lambda: task.done() or (connection.bot.connected and bool(connection.bot.guilds)))
    if task.done():
        task.result()


async def ended(task: asyncio.Task[None]) -> None:
    """Cancels a task and waits for it."""
    task.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await task


async def until(holds: Callable[[], bool], *, most_s: float = 30) -> None:
    """Returns when something holds; gives up after so long that only a failed test sees it."""
    async with asyncio.timeout(most_s):
        while not holds():
            await asyncio.sleep(0.005)


def channel(place: str = CHANNEL, thread: str = "") -> Place:
    return Place(platform="discord", workspace=GUILD, channel=place, thread=thread)
