"""The bot at work on the Discord double: the real engine, store and delivery over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from bot.assembly import inputs_of
from bot.chat import ChatAdapter
from bot.commands.call import Means
from bot.discord_app.connection import DiscordConnection, DiscordFactory
from bot.engine.engine import Engine
from bot.inputs.values import InputRules
from bot.limits import EngineSettings
from bot.metrics import Metrics
from bot.rights import rights_of
from bot.rights_settings import RightsSettings
from bot.running.inquiries import Inquiries
from bot.running.talking import Rules, build_talk
from bot.store.opening import SqlStore, open_store
from rag.digest.builder import DigestBuilder
from rag.digest.likeness import Likeness
from tests.bot.parlour import Desk, library_of
from tests.bot.slack_app.office import index_of
from tests.doubles.discord.names import GUILD
from tests.doubles.discord.server import DiscordServer, discord_server
from tests.doubles.discord.things import Said

from .opened import discord_settings, ended, first_of, until


class Indexing:
    """Takes in what is to be indexed."""

    async def update(self, inputs: Any, *, force: bool = False) -> SimpleNamespace:
        return SimpleNamespace(failed=())


@dataclass
class Office:
    """A bot at work on Discord."""

    discord: DiscordServer
    desk: Desk
    engine: Engine
    means: Means
    store: SqlStore
    connection: DiscordConnection

    async def answers(self, count: int = 1) -> list[Said]:
        """The bot's messages, when so many of them are finished."""
        await until(lambda: sum(said.finished for said in self.discord.world.own()) >= count)
        await self.engine.settled()
        return self.discord.world.own()

    async def whispers(self, count: int = 1) -> list[Said]:
        """What was said to one person alone, when there is so much of it."""
        await until(lambda: len(self.discord.world.whispers()) >= count)
        return self.discord.world.whispers()

    async def quiet(self) -> None:
        """Returns when all that happened has been heard and worked on."""
        # A mention of the bot by a bot is heard behind all else, and gets no answer.
        await asyncio.sleep(0.05)
        await self.engine.settled()


def rag_of(desk: Desk, home: Path, catalogue: Any) -> Any:
    """A library that a test decides, or one that it has filled."""
    digests = DigestBuilder(catalogue, Likeness(None)) if catalogue else None
    return library_of(desk, home, catalogue=catalogue, indexer=Indexing(), digests=digests)


def _rules(rag: Any, store: SqlStore, given: RightsSettings) -> Rules:
    """What holds for people; a library that is a real one can be kept current from the chat."""
    index = index_of(rag)
    inputs = inputs_of(rag, store, index, InputRules()) if index else None
    return Rules(rights=rights_of(given), index=index, inputs=inputs)


@asynccontextmanager
async def office(
    home: Path,
    *,
    discord: DiscordServer | None = None,
    engine: EngineSettings | None = None,
    catalogue: Any = None,
    registered: bool = True,
    desk: Any = None,
    rag: Any = None,
    admins: tuple[str, ...] = (),
    labels: Mapping[str, tuple[str, ...]] | None = None,
    **changes: Any,
) -> AsyncIterator[Office]:
    """The bot, connected; a second one on the same home and server is a restart."""
    if discord is None:
        more = dict(changes, engine=engine, catalogue=catalogue, registered=registered, rag=rag, admins=admins)
        async with discord_server() as fresh, office(home, discord=fresh, desk=desk, labels=labels, **more) as opened:
            yield opened
        return
    desk, adapters = desk or Desk(), cast("dict[str, ChatAdapter]", {})
    library = rag or rag_of(desk, home, catalogue)
    limits = engine or EngineSettings(workers=4, shutdown_seconds=1)
    settings = discord_settings(discord, home, engine=limits, **changes)
    async with open_store(None, home=home) as store, DiscordFactory().open(settings) as connection:
        if registered:
            await store.workspaces.register(f"discord/{GUILD}", at=datetime.now(UTC))
        adapters["discord"] = connection.chat
        rules = _rules(rag, store, RightsSettings(admins=admins, labels=labels or {}))
        metrics = Metrics(version="test")
        made, means = build_talk(store, library, adapters=adapters, settings=limits, metrics=metrics, rules=rules)
        connection.settle_in(Inquiries(made, store.settings))
        running = asyncio.create_task(made.run())
        listening = asyncio.create_task(connection.listen(made.receive))
        try:
            await first_of(discord, connection, listening)
            yield Office(discord, desk, made, means, store, connection)
        finally:
            await ended(listening)
            made.close()
            await running
