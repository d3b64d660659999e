"""discord.py's client as the bot uses it: which events it wants, and to whom it hands them."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import aiohttp
import discord
from discord import app_commands, http, shard
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.webhook import async_ as responses

from bot.discord_app.completing import channel_of, completed
from bot.discord_app.gateway import Gateway
from bot.discord_app.items import Actionable
from bot.discord_app.reading import Interaction

log = logging.getLogger(__name__)

_LONGEST_RATE_LIMIT_S = 60.0
"""A rate limit that lasts longer is told instead of being waited for; the library takes no less than 30 s."""

_CONNECTION = DiscordWebSocket.__name__
"""What the library calls its connection where it opens one."""

_A_CHANNEL = re.compile(r"/channels/\d+(/messages/\d+/threads)?$|/users/@me/channels$")
"""Paths at which a channel is told of, or made."""

_READING = http.json_or_text.__name__
"""What the library calls what it reads answers with."""


class Ear(Protocol):
    """Whoever takes in what Discord tells."""

    async def message(self, message: discord.Message) -> None:
        """Somebody wrote."""
        ...

    async def edited(self, event: discord.RawMessageUpdateEvent) -> None:
        """A message was changed."""
        ...

    async def deleted(self, message_id: int, channel_id: int, guild_id: int | None) -> None:
        """A message was taken away."""
        ...

    async def used(self, interaction: Interaction) -> None:
        """Somebody used a command, a button or a form."""
        ...


class Tree(app_commands.CommandTree["Bot"]):
    """Commands are made from the registry and read as data, so that the library's own tree stays empty."""

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Hands a command on; the library has nothing to do with it any more."""
        await interaction.client.take(interaction)
        return False


class Bot(commands.AutoShardedBot):
    """The client. Without an ear it hears nothing, and can be posted with all the same."""

    def __init__(self, *, message_content: bool, http_trace: aiohttp.TraceConfig | None = None) -> None:
        # The bot has no voice, so that nobody need be told what it would take.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=message_content)
        super().__init__(
            command_prefix=(),
            help_command=None,
            tree_cls=Tree,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=_LONGEST_RATE_LIMIT_S,
            http_trace=http_trace or aiohttp.TraceConfig(),
        )
        self.ear: Ear | None = None
        self.connected = False

    async def setup_hook(self) -> None:
        """Before the first event: buttons of whenever are known, and an event that cannot be read harms none."""
        self.add_dynamic_items(Actionable)
        state = self._connection
        # The library would end the whole connection; the event is lost either way.
        state.parsers = {name: _guarded(name, parse) for name, parse in state.parsers.items()}

    async def take(self, interaction: Interaction) -> None:
        """Hands over a command, a button or a list."""
        if self.ear is not None:
            await self.ear.used(interaction)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Forms reach the bot here, also those that were opened before a restart."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self.take(interaction)

    async def on_message(self, message: discord.Message, /) -> None:
        """Somebody wrote; the library would look for commands with a prefix."""
        if self.ear is not None:
            await self.ear.message(message)

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """A message was changed."""
        if self.ear is not None:
            await self.ear.edited(event)

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """A message was taken away."""
        if self.ear is not None:
            await self.ear.deleted(event.message_id, event.channel_id, event.guild_id)

    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Many messages were taken away at once."""
        for message_id in sorted(event.message_ids):
            if self.ear is not None:
                await self.ear.deleted(message_id, event.channel_id, event.guild_id)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """The outermost place of an event. What was in it is not logged."""
        log.error("event_broke", extra={"event": event_method}, exc_info=sys.exc_info())

    async def on_shard_connect(self, shard_id: int) -> None:
        """A session has begun."""
        self.connected = True
        log.info("discord_session_begun", extra={"shard": shard_id})

    async def on_shard_resumed(self, shard_id: int) -> None:
        """A session goes on; what happened meanwhile has been handed over."""
        log.info("discord_session_resumed", extra={"shard": shard_id})

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """The library connects again by itself."""
        log.info("discord_disconnected", extra={"shard": shard_id})


@contextmanager
def pointed_at(*, api_base_url: str) -> Iterator[None]:
    """Has the library use another REST interface and gateway; it has no setting for either, only these names."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    reading = http.json_or_text
    Route.BASE = api_base_url
    setattr(shard, _CONNECTION, Gateway)
    for module in (http, responses):
        setattr(module, _READING, _read)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
        setattr(shard, _CONNECTION, DiscordWebSocket)
        for module in (http, responses):
            setattr(module, _READING, reading)


def use_gateway(url: str) -> None:
    """The gateway that is connected to from now on."""
    DiscordWebSocket.DEFAULT_GATEWAY = type(DiscordWebSocket.DEFAULT_GATEWAY)(url)


async def _read(response: aiohttp.ClientResponse) -> Any:
    """What was answered; the library takes JSON for a text where its encoding is told beside its type."""
    text = await response.text(encoding="utf-8")
    told = json.loads(text) if response.content_type == "application/json" else text
    return channel_of(told) if isinstance(told, dict) and _A_CHANNEL.search(response.url.path) else told


def _guarded(name: str, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def guarded(data: Any) -> Any:
        try:
            return parse(completed(name, data))
        except Exception:  # whatever Discord may send one day
            log.exception("event_not_read", extra={"event": name})
            return None

    return guarded
