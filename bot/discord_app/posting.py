"""Posts messages: in the thread of their conversation, else around it, with as much as permissions let through."""

from __future__ import annotations

import hashlib
from typing import Any

import discord

from bot.chat import Place
from bot.discord_app import sizes
from bot.discord_app.failures import NO_HISTORY, SHUT, UNKNOWN_CHANNEL, code_of
from bot.discord_app.means import Means
from bot.discord_app.render import Rendered
from bot.discord_app.rooms import Target
from bot.discord_app.ways import Ways
from bot.errors import DeliveryFailed
from bot.replies import Reply


class Poster:
    """Posts what a reply says in as few messages as Discord takes it in."""

    def __init__(self, means: Means, ways: Ways) -> None:
        self._client = means.client
        self._calls = means.calls
        self._rooms = means.rooms
        self._ways = ways

    async def post(self, place: Place, reply: Reply, *, nonce: str, reply_to: str) -> tuple[str, int]:
        """Posts a reply, and tells its message and the channel in which that stands. Raises DeliveryFailed."""
        target = await self._rooms.target(place, reply_to=reply_to)
        try:
            return await self.into(target, reply, nonce=nonce)
        except DeliveryFailed as error:
            around = await self._around(place, target, code_of(error), reply_to=reply_to)
            if around is None:
                raise
        return await self.into(around, reply, nonce=nonce)

    async def send(self, target: Target, shown: Rendered, *, nonce: str) -> discord.Message:
        """Sends one message; what Discord and the network raise is the library's own."""
        channel = self._client.get_partial_messageable(target.channel)
        more: dict[str, Any] = {}
        if target.reply_to:
            more["reference"] = discord.MessageReference(
                message_id=target.reply_to, channel_id=target.channel, fail_if_not_exists=False
            )
        if shown.view is not None:
            more["view"] = shown.view
        message: discord.Message = await channel.send(
            shown.content or None,
            embeds=list(shown.embeds),
            files=shown.uploads(),
            nonce=nonce_of(nonce),
            allowed_mentions=shown.allowed,
            mention_author=False,
            **more,
        )
        if message.content.strip() != shown.content.strip():
            # The nonce was taken: Discord hands out the message of an earlier try, which may say less.
            message = await message.edit(
                content=shown.content or None,
                embeds=list(shown.embeds),
                view=shown.view,
                allowed_mentions=shown.allowed,
            )
        return message

    async def into(self, target: Target, reply: Reply, *, nonce: str) -> tuple[str, int]:
        """Posts a reply into a channel, and tells its message and the channel. Raises DeliveryFailed."""
        lane = str(target.channel)

        async def send(shown: Rendered) -> discord.Message:
            call = self.send(target, shown, nonce=nonce)
            return await self._calls.make("take a message", call, lane=lane, key=f"post/{nonce}")

        try:
            message, pieces = await self._ways.sent(reply, send, spelled=True)
        except DeliveryFailed as error:
            if code_of(error) != NO_HISTORY or not target.reply_to:
                raise
            return await self.into(Target(channel=target.channel), reply, nonce=nonce)
        await self._spell_out(target, pieces, nonce=nonce)
        return str(message.id), target.channel

    async def _spell_out(self, target: Target, pieces: tuple[str, ...], *, nonce: str) -> None:
        """Says what files hold that cannot be attached."""
        room = Target(channel=target.channel)
        for number, piece in enumerate(pieces):
            call = self.send(room, Rendered(content=piece), nonce=f"{nonce}/{number}")
            await self._calls.make("take a message", call, lane=str(target.channel))

    async def _around(self, place: Place, target: Target, code: int, *, reply_to: str) -> Target | None:
        """Where an answer goes whose thread takes no messages; None where it would be out of place elsewhere."""
        if code not in SHUT or str(target.channel) != place.thread:
            return None
        around = await self._rooms.around(place, reply_to=reply_to)
        if around is not None and code == UNKNOWN_CHANNEL:
            self._rooms.lost(place)
        return around


def nonce_of(key: str) -> str:
    """A nonce that Discord takes, the same for the same key."""
    return hashlib.blake2b(key.encode(), digest_size=(sizes.NONCE - 1) // 2).hexdigest()
