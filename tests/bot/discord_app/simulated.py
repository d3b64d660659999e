"""The bot in simcord's Discord: rights, deadlines, limits and payloads as others have read the documentation.

simcord has no gateway and no rate limits (`tests.doubles.discord` has them), takes the place of the library's HTTP
client, and keeps a clock of its own. The engine works outside of what it waits for; the bot waits with each interaction
until that has its answer, so that an act of a person returns when it is answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import aiohttp
import discord
import simcord
from pydantic import SecretStr
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle
from simcord.env import Env

from bot.chat import ChatAdapter
from bot.discord_app.application import Application
from bot.discord_app.calls import Calls
from bot.discord_app.client import Bot
from bot.discord_app.connection import DiscordConnection, assembled
from bot.discord_settings import DiscordSettings
from bot.engine.engine import Engine
from bot.limits import EngineSettings
from bot.metrics import Metrics
from bot.rights import rights_of
from bot.rights_settings import RightsSettings
from bot.running.inquiries import Inquiries
from bot.running.talking import Rules, build_talk
from bot.settings import Settings
from bot.store.opening import SqlStore, open_store
from tests.bot.parlour import Desk
from tests.bot.slack_app.office import index_of

from .offices import rag_of

_SETTLE_S = 60.0
"""The first picture of a process takes its time on a busy machine."""


@dataclass
class AtWork:
    """The bot at work in a simulated Discord."""

    desk: Desk
    engine: Engine
    store: SqlStore
    connection: DiscordConnection


@dataclass
class World:
    """One server with a channel, an admin and a member."""

    env: Env
    home: Path
    guild: GuildHandle
    channel: ChannelHandle
    lead: MemberActor
    ada: MemberActor

    @asynccontextmanager
    async def at_work(self, *, catalogue: Any = None) -> AsyncIterator[AtWork]:
        """The engine, its store and the adapter, in front of the client that the world knows."""
        desk, adapters = Desk(), cast("dict[str, ChatAdapter]", {})
        client = cast("Bot", self.env.bot)
        known = Application(id=str(client.application_id), name="Advisor", reads_messages=True, anybody_may_add=True)
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            store = await stack.enter_async_context(open_store(None, home=self.home))
            await store.workspaces.register(f"discord/{self.guild.id}", at=datetime.now(UTC))
            calls, settings = Calls(longest_s=_SETTLE_S), settings_of(self.home)
            connection = assembled(client, calls, session, settings=settings, known=known, clock=self.clock)
            adapters["discord"] = connection.chat
            rules = Rules(rights=rights_of(RightsSettings(admins=())), index=index_of(None))
            rag = rag_of(desk, self.home, catalogue)
            engine, _ = build_talk(
                store, rag, adapters=adapters, settings=settings.engine, metrics=Metrics(version="test"), rules=rules
            )
            connection.settle_in(Inquiries(engine, store.settings))
            running = asyncio.create_task(engine.run())
            try:
                async with connection.hearing(engine.receive):
                    yield AtWork(desk, engine, store, connection)
            finally:
                engine.close()
                await running
                await calls.close()

    def clock(self) -> float:
        """Seconds of the simulated Discord."""
        return self.env.now().timestamp()

    async def restart(self) -> None:
        """A fresh client for the same world, as after a restart of the process."""
        await self.env.restart_bot(Bot(message_content=True))

    def thread_of(self, message: discord.Message) -> ChannelHandle:
        """The thread of a message."""
        return next(thread for thread in self.channel.threads if thread.id == message.id)

    def own(self, channel: ChannelHandle) -> list[discord.Message]:
        """What the bot has said to all in a channel, the oldest first."""
        user = self.env.bot.user
        said = (message for message in channel.history() if user is not None and message.author.id == user.id)
        return sorted(said, key=lambda message: message.id)


def settings_of(home: Path) -> Settings:
    """Settings of a bot that is never slowed down."""
    chosen = DiscordSettings(token=SecretStr("simulated"), edit_interval_s=0)
    return Settings(home=home, discord=chosen, engine=EngineSettings(workers=4, shutdown_seconds=1))


@asynccontextmanager
async def simulated(home: Path) -> AsyncIterator[World]:
    """A Discord with the bot signed in; what the bot raises and nobody heard of fails the test."""
    bot = Bot(message_content=True)
    async with simcord.run(bot, shard_count=1, settle_timeout=_SETTLE_S) as env:
        guild = env.create_guild("Founders")
        leads = guild.create_role("Leads", permissions=discord.Permissions(manage_guild=True))
        lead = guild.add_member(env.create_user("cleo"), roles=[leads])
        ada = guild.add_member(env.create_user("ada"))
        yield World(env, home, guild, guild.create_text_channel("general"), lead, ada)
