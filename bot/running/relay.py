"""A chat that stays while its connection comes and goes, so that the rest of the program need not know."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.chat import Attachment, Capabilities, ChatAdapter, MessageRef, Person, Place, Said
from bot.errors import DeliveryFailed
from bot.replies import Form, Reply

_UNKNOWN = Capabilities(message_characters=2000, edit_interval_s=1.5)
"""What is taken for granted of a platform before the first connection to it."""


class ChatRelay:
    """Passes everything on to the adapter that is connected; waits a while for one where none is.

    Args:
        platform: the platform's name.
        patience_s: how long a call waits for the connection to come back.
    """

    def __init__(self, platform: str, *, patience_s: float) -> None:
        self.platform = platform
        self.capabilities = _UNKNOWN
        self._patience_s = patience_s
        self._chat: ChatAdapter | None = None
        self._connected = asyncio.Event()

    def connect(self, chat: ChatAdapter) -> None:
        """Pass calls on to an adapter from now on."""
        self._chat, self.capabilities = chat, chat.capabilities
        self._connected.set()

    def disconnect(self) -> None:
        """The adapter is gone."""
        self._chat = None
        self._connected.clear()

    async def post(self, place: Place, reply: Reply, *, nonce: str, reply_to: str = "") -> MessageRef:
        """Post a message; see `bot.chat.ChatAdapter`."""
        return await (await self._there()).post(place, reply, nonce=nonce, reply_to=reply_to)

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        """Replace a message's content; see `bot.chat.ChatAdapter`."""
        await (await self._there()).edit(message, reply)

    async def delete(self, message: MessageRef) -> None:
        """Take a message away; see `bot.chat.ChatAdapter`."""
        await (await self._there()).delete(message)

    async def whisper(self, place: Place, person: Person, reply: Reply) -> None:
        """Say something to one person; see `bot.chat.ChatAdapter`."""
        await (await self._there()).whisper(place, person, reply)

    async def open_form(self, trigger: str, form: Form) -> None:
        """Show a form; see `bot.chat.ChatAdapter`."""
        await (await self._there()).open_form(trigger, form)

    async def find_posted(self, place: Place, nonce: str) -> MessageRef | None:
        """The message that carries a nonce; see `bot.chat.ChatAdapter`."""
        return await (await self._there()).find_posted(place, nonce)

    async def history(self, place: Place, *, limit: int) -> Sequence[Said]:
        """The last messages of a place; see `bot.chat.ChatAdapter`."""
        return await (await self._there()).history(place, limit=limit)

    async def fetch(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """The content of a file; see `bot.chat.ChatAdapter`."""
        return await (await self._there()).fetch(attachment, limit_bytes=limit_bytes)

    async def _there(self) -> ChatAdapter:
        try:
            async with asyncio.timeout(self._patience_s):
                while self._chat is None:
                    await self._connected.wait()
        except TimeoutError as error:
            raise DeliveryFailed(
                f"{self.platform} is not connected; its state is in the log and at /readyz",
                retry_after_s=self._patience_s,
            ) from error
        return self._chat
