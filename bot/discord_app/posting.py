"""Posts messages: in the thread of their conversation, else around it, with as much as permissions let through."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import discord

from bot.chat import Place
from bot.discord_app import sizes
from bot.discord_app.calls import Calls
from bot.discord_app.failures import MISSING_PERMISSIONS, SHUT, UNKNOWN_CHANNEL, code_of
from bot.discord_app.markup import inert
from bot.discord_app.render import Rendered, Renderer
from bot.discord_app.rooms import Rooms, Target
from bot.errors import DeliveryFailed
from bot.replies import File, Reply
from bot.splitting import split
from bot.wording import Say

_MOST_PIECES = 10
"""Messages that a file may become where none can be attached."""


class Poster:
    """Posts what a reply says in as few messages as Discord takes it in."""

    def __init__(self, client: discord.Client, calls: Calls, rooms: Rooms, renderer: Renderer) -> None:
        self._client = client
        self._calls = calls
        self._rooms = rooms
        self._renderer = renderer

    async def post(self, place: Place, reply: Reply, *, nonce: str, reply_to: str) -> tuple[str, int]:
        """Posts a reply, and tells its message and the channel in which that stands. Raises DeliveryFailed."""
        target = await self._rooms.target(place, reply_to=reply_to)
        try:
            return await self._posted(target, reply, nonce=nonce)
        except DeliveryFailed as error:
            around = await self._around(place, target, code_of(error), reply_to=reply_to)
            if around is None:
                raise
        return await self._posted(around, reply, nonce=nonce)

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

    def ways(self, reply: Reply, *, told: Say = Say.FILES_REFUSED) -> Iterator[Rendered]:
        """A reply as a message, and what is left of it where files or embeds are not allowed; best first."""
        bare = reply
        if reply.files:
            names = ", ".join(file.name for file in reply.files)
            note = self._renderer.say(told, reply, names=names)
            bare = replace(reply, files=(), notes=(*reply.notes, note))
        for each in (reply, bare) if reply.files else (reply,):
            yield self._renderer.message(each)
        for each in (reply, bare) if reply.files else (reply,):
            shown = self._renderer.message(each)
            if shown.embeds:
                yield shown.plain

    async def _posted(self, target: Target, reply: Reply, *, nonce: str) -> tuple[str, int]:
        pieces = _pieces(reply.files)
        lane, refusal = str(target.channel), DeliveryFailed("there is no way to send the message")
        for shown in self.ways(reply, told=Say.FILES_AS_TEXT if pieces else Say.FILES_REFUSED):
            call = self.send(target, shown, nonce=nonce)
            try:
                message = await self._calls.make("take a message", call, lane=lane, key=f"post/{nonce}")
            except DeliveryFailed as error:
                if code_of(error) != MISSING_PERMISSIONS:
                    raise
                refusal = error
                continue
            if reply.files and not shown.files:
                await self._spell_out(target, pieces, nonce=nonce)
            return str(message.id), target.channel
        raise refusal

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


def _pieces(files: tuple[File, ...]) -> tuple[str, ...]:
    """Text files as messages; none where one of the files is no text, or where they would be too many."""
    if not all(file.media_type.startswith("text/markdown") for file in files):
        return ()
    texts = (file.content.decode("utf-8", errors="replace") for file in files)
    pieces = tuple(piece for text in texts for piece in split(inert(text), sizes.CONTENT))
    return pieces if len(pieces) <= _MOST_PIECES else ()
