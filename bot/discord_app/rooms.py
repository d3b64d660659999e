"""Where a message goes: into the thread of its conversation, opened where there is none yet, else into the channel."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.chat import Place, PlaceKind
from bot.discord_app import sizes
from bot.discord_app.calls import Calls
from bot.discord_app.reading import room_of
from bot.discord_app.sizes import held
from bot.discord_app.values import Room
from bot.errors import DeliveryFailed
from bot.remembered import Remembered

log = logging.getLogger(__name__)

_MOST = 20_000
_ARCHIVE_MINUTES: Final = 1_440
_EXISTS = 160004
"""Discord's code for a message that has a thread already."""

_NAMELESS = "Advisor"

Inline = Callable[[str], Awaitable[bool]]
"""Whether answers in a channel, by its key, stand in the channel itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A channel or thread by its id; `reply_to` is the message that is answered where no thread shows it."""

    channel: int
    reply_to: int = 0


class Rooms:
    """Finds targets, and remembers which conversations have threads."""

    def __init__(self, client: discord.Client, calls: Calls) -> None:
        self._client = client
        self._calls = calls
        self._inline: Inline = _nowhere
        self._threads: Remembered[str, bool] = Remembered(_MOST)
        self._titles: Remembered[str, str] = Remembered(_MOST)
        self._untold: Remembered[int, Room] = Remembered(_MOST)

    def ask(self, inline: Inline) -> None:
        """Asks whoever knows the settings of channels from now on."""
        self._inline = inline

    async def untold(self, channel: Any, guild: int | None) -> Room | None:
        """A channel of a server that the gateway has not told of, as Discord tells when it is asked; None of others."""
        if not guild or not isinstance(channel, discord.PartialMessageable):
            return None
        known = self._untold.get(channel.id)
        if known is None:
            try:
                found = await self._calls.make(
                    "tell of a channel", self._fetched(channel.id), key=f"channel/{channel.id}"
                )
            except DeliveryFailed:
                return None
            known = room_of(channel if found is None else found, guild)
            self._untold.keep(channel.id, known)
        return known

    def entitle(self, message_id: str, title: str) -> None:
        """What a thread is called that answers a message."""
        self._titles.keep(message_id, title)

    async def target(self, place: Place, *, reply_to: str = "") -> Target:
        """Where an answer goes; a thread is opened from the message that it answers.

        Raises:
            DeliveryFailed: Discord does not tell, or the thread of the conversation is gone: what was said there may
                not have been for all who read the channel.
        """
        if place.private or not place.thread:
            return Target(channel=int(place.channel), reply_to=int(reply_to or 0) if not place.private else 0)
        threaded = self._known(place)
        if threaded is None:
            threaded = await (self._open(place) if reply_to == place.thread else self._continues(place))
            self._threads.keep(place.key, threaded)
        if threaded:
            return Target(channel=int(place.thread))
        return Target(channel=int(place.channel), reply_to=int(reply_to or place.thread))

    async def around(self, place: Place, *, reply_to: str) -> Target | None:
        """The channel around a thread that takes no messages; None where what is said in the thread is not for there.

        Raises DeliveryFailed.
        """
        if place.kind is PlaceKind.FORUM or not await self._in_public(place, reply_to=reply_to):
            return None
        return Target(channel=int(place.channel), reply_to=int(place.thread))

    def lost(self, place: Place) -> None:
        """The thread of a conversation is gone: from now on it is held in the channel."""
        self._threads.keep(place.key, False)  # noqa: FBT003

    async def present(self, place: Place) -> int:
        """The channel or thread in which a conversation is held by now. Raises DeliveryFailed."""
        if place.private or not place.thread:
            return int(place.channel)
        threaded = self._known(place)
        if threaded is None:
            threaded = await self._exists(place)
        return int(place.thread if threaded else place.channel)

    def likely(self, place: Place) -> int:
        """The same without asking Discord: for signs, of which one in the wrong place does no harm."""
        threaded = bool(place.thread) and not place.private and bool(self._known(place))
        return int(place.thread if threaded else place.channel)

    async def _in_public(self, place: Place, *, reply_to: str) -> bool:
        """Whether all who read a thread's channel may read the thread: the thread of a message is one of them."""
        if reply_to == place.thread:
            return True
        room: Any = self._client.get_channel(int(place.thread))
        if room is None:
            room = await self._calls.make("tell of a thread", self._fetched(int(place.thread)))
        if not isinstance(room, discord.Thread) or room.is_private():
            return False
        return isinstance(room.parent, discord.TextChannel)

    async def _fetched(self, channel: int) -> Any:
        try:
            return await self._client.fetch_channel(channel)
        except (discord.NotFound, discord.Forbidden):
            return None

    def _known(self, place: Place) -> bool | None:
        if self._client.get_channel(int(place.thread)) is not None:
            return True
        return self._threads.get(place.key)

    async def _continues(self, place: Place) -> bool:
        """Whether a conversation is held in a thread; else it began with a message of the channel."""
        if await self._exists(place):
            return True
        if not await self._calls.make("tell of a message", self._is_said(int(place.channel), int(place.thread))):
            raise DeliveryFailed("the thread of the conversation is gone")
        return False

    async def _is_said(self, channel: int, message: int) -> bool:
        try:
            await self._client.get_partial_messageable(channel).fetch_message(message)
        except (discord.NotFound, discord.Forbidden):
            return False
        return True

    async def _exists(self, place: Place) -> bool:
        return await self._calls.make("tell of a thread", self._found(int(place.thread)))

    async def _found(self, thread: int) -> bool:
        return isinstance(await self._fetched(thread), discord.Thread)

    async def _open(self, place: Place) -> bool:
        channel = self._client.get_channel(int(place.channel))
        if not _may_open(channel) or await self._inline(place.channel_key):
            return False
        return await self._calls.make("open a thread", self._opened(place), key=f"thread/{place.key}")

    async def _opened(self, place: Place) -> bool:
        """Whether there is a thread now; where Discord refuses one, the answer stands in the channel."""
        name = held(" ".join((self._titles.get(place.thread) or "").split()), sizes.THREAD_NAME) or _NAMELESS
        channel = self._client.get_partial_messageable(int(place.channel), guild_id=int(place.workspace))
        try:
            message = channel.get_partial_message(int(place.thread))
            await message.create_thread(name=name, auto_archive_duration=_ARCHIVE_MINUTES)
        except ValueError:  # a server that the bot is no member of
            return False
        except discord.HTTPException as error:
            if error.status >= 500 or error.status == 429:
                raise
            if error.code != _EXISTS:
                log.info("no_thread_opened", extra={"status": error.status, "code": error.code})
            return error.code == _EXISTS
        return True


def _may_open(channel: Any) -> bool:
    """Whether a thread may be opened, as far as is known; Discord has the last word."""
    if channel is None:
        return True
    if not isinstance(channel, discord.TextChannel):
        return False
    may = channel.permissions_for(channel.guild.me)
    return may.create_public_threads and may.send_messages_in_threads


async def _nowhere(_: str) -> bool:
    return False
