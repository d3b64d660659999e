"""Discord as a `bot.chat.ChatAdapter`: posts, edits, whispers and reads through discord.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import discord

from bot.chat import Attachment, Capabilities, MessageRef, Person, Place, Said
from bot.discord_app.failures import GONE, SHUT, UNKNOWN_MESSAGE, code_of
from bot.discord_app.forms import modal_of
from bot.discord_app.means import Means
from bot.discord_app.personal import Personal
from bot.discord_app.posting import Poster, nonce_of
from bot.discord_app.reading import is_written, said_of
from bot.discord_app.render import Rendered
from bot.discord_app.slot import Slot
from bot.discord_app.tree import ADMINS
from bot.discord_app.values import PLATFORM
from bot.discord_app.ways import Ways
from bot.errors import DeliveryFailed
from bot.remembered import Remembered
from bot.replies import Form, Reply

Told = TypeVar("Told")

_MOST = 20_000
_CROWD = 2
"""Calls under way in a channel from which on what only shows growth gives way to what has to be seen."""

_UNHEARD = GONE | SHUT | {UNKNOWN_MESSAGE}
"""Codes with which an answer finds its place taken away, or the thread around it shut."""

_PAGE = 50
_FILE_CHARACTERS = 9_500
"""A longer answer would be more than five messages."""


class DiscordChat:
    """The bot's voice in all servers that it is in."""

    platform = PLATFORM

    def __init__(self, means: Means) -> None:
        self.capabilities = Capabilities(
            one_account=True,
            message_characters=1_900,
            edit_interval_s=means.edit_interval_s,
            file_characters=_FILE_CHARACTERS,
            admin_prefix=f"/{ADMINS} ",
            private_elsewhere=True,
            overhears=means.client.intents.message_content,
            fields=True,
            hint_characters=24,
            registers=True,
        )
        self._means = means
        self._client = means.client
        self._calls = means.calls
        self._ways = Ways(means.renderer)
        self._poster = Poster(means, self._ways)
        self._personal = Personal(means, self._poster)
        self._channels: Remembered[str, int] = Remembered(_MOST)

    async def post(self, place: Place, reply: Reply, *, nonce: str, reply_to: str = "") -> MessageRef:
        """Post a message; see `bot.chat.ChatAdapter`. A command's answer takes the place that Discord holds for it."""
        message = None if reply_to else await self._answered(place, reply)
        if message is None:
            message = await self._posted(place, reply, nonce=nonce, reply_to=reply_to)
            await self._seen(place)
        return MessageRef(place=place, id=message)

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        """Replace a message; see `bot.chat.ChatAdapter`. One that only shows growth gives way in a crowded channel."""
        slot = self._means.slots.of_message(message.id)
        if slot is not None:
            changed = self._ways.sent(reply, lambda shown: slot.edit(message.id, shown))
            if await self._still(slot, changed) is not None:
                return
        await self._ways.sent(reply, lambda shown: self._edited(message, reply, shown))

    async def _edited(self, message: MessageRef, reply: Reply, shown: Rendered) -> None:
        channel = await self._channel_of(message)
        self._give_way(channel, reply)
        more: dict[str, Any] = {"attachments": shown.uploads()} if shown.files else {}
        call = self._partial(channel, message.id).edit(
            content=shown.content or None,
            embeds=list(shown.embeds),
            view=shown.view,
            allowed_mentions=shown.allowed,
            **more,
        )
        await self._calls.make("change a message", call, lane=str(channel))

    async def delete(self, message: MessageRef) -> None:
        """Take a message away; see `bot.chat.ChatAdapter`."""
        channel = await self._channel_of(message)

        async def gone() -> None:
            try:
                await self._partial(channel, message.id).delete()
            except discord.NotFound:
                return

        await self._calls.make("take a message away", gone(), lane=str(channel))

    async def whisper(self, place: Place, person: Person, reply: Reply) -> None:
        """Say something to one person; see `bot.chat.ChatAdapter`.

        Discord has private lines in answer to a command or a button alone. Else what is no secret is said beneath the
        person's message, and the rest in a direct message.
        """
        slot = self._means.slots.of_person(place, person.id)
        if slot is None or await self._still(slot, self._whispered(slot, place, reply), gone=_UNHEARD) is None:
            await self._personal.tell(place, person, reply)

    async def make_good(self, place: Place, person: Person) -> None:
        """Tells somebody what they could be told nowhere before, if there is anything. Raises DeliveryFailed."""
        if reply := self._personal.owed(place, person):
            await self.whisper(place, person, reply)

    def owes(self, place: Place, person: Person) -> bool:
        """Whether there is something that somebody could be told nowhere."""
        return self._personal.owes(place, person)

    async def open_form(self, trigger: str, form: Form) -> None:
        """Show a form; see `bot.chat.ChatAdapter`."""
        slot = self._means.slots.of_trigger(trigger)
        if slot is None:
            raise DeliveryFailed("the form was asked for too long ago to be opened")
        await slot.open_form(modal_of(form))

    async def find_posted(self, place: Place, nonce: str) -> MessageRef | None:
        """The message that carries a nonce; see `bot.chat.ChatAdapter`.

        Discord does not tell the nonces of older messages, but takes none twice within some minutes: `post` finds the
        rest out.
        """
        wanted = nonce_of(nonce)
        for message in await self._messages(place, limit=_PAGE):
            if str(message.nonce or "") == wanted and message.author.id == self._me:
                return MessageRef(place=place, id=str(message.id))
        return None

    async def history(self, place: Place, *, limit: int) -> Sequence[Said]:
        """The last messages of a place; see `bot.chat.ChatAdapter`."""
        messages = await self._messages(place, limit=limit)
        return tuple(said_of(each, self._me) for each in reversed(messages) if is_written(each) or self._is_own(each))

    async def fetch(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """The content of a file; see `bot.chat.ChatAdapter`."""
        return await self._means.files.fetch(attachment, limit_bytes=limit_bytes)

    async def show_typing(self, place: Place) -> None:
        """Show for ten seconds that the bot is at work, where the conversation is by now. Raises DeliveryFailed."""
        channel = self._client.get_partial_messageable(self._means.rooms.likely(place))

        async def typing() -> None:
            await channel.typing()

        await self._calls.spare("show that the bot is typing", typing())

    @property
    def _me(self) -> int:
        return self._client.user.id if self._client.user else 0

    def _is_own(self, message: discord.Message) -> bool:
        return message.author.id == self._me

    def _partial(self, channel: int, message_id: str) -> discord.PartialMessage:
        return self._client.get_partial_messageable(channel).get_partial_message(int(message_id))

    async def _answered(self, place: Place, reply: Reply) -> str | None:
        """Answers the command that waits in a place; further messages follow the first one while Discord lets them."""
        slots = self._means.slots
        slot = slots.next_in(place) or slots.of_message(place.thread)
        told = await self._still(slot, self._spoken(reply, slot.answer), gone=_UNHEARD) if slot is not None else None
        if slot is None or told is None:
            return None
        slots.keep_message(told[0], slot)
        return told[0]

    async def _whispered(self, slot: Slot, place: Place, reply: Reply) -> None:
        if place.private:
            await self._spoken(reply, slot.answer)
        else:
            message = await self._spoken(self._means.renderer.shareable(reply), slot.whisper)
            self._means.slots.told_alone(slot, message, reply)

    async def _spoken(self, reply: Reply, say: Callable[[Rendered], Awaitable[Told]]) -> Told:
        """Answers an interaction, and goes on with what files hold that it does not take."""
        told, pieces = await self._ways.sent(reply, say, spelled=True)
        for piece in pieces:
            await say(Rendered(content=piece))
        return told

    async def _still(
        self, slot: Slot, answering: Awaitable[Told], *, gone: Collection[int] = GONE
    ) -> tuple[Told] | None:
        """Answers an interaction; None where Discord takes no answer to it any more, and another way is needed."""
        try:
            return (await answering,)
        except DeliveryFailed as error:
            if code_of(error) not in gone:
                raise
            slot.give_up()
            return None

    async def _seen(self, place: Place) -> None:
        """Takes signs back that are of no use any more; a message that stands is no failure because of one."""
        with suppress(DeliveryFailed):
            await self._means.slots.posted(place)

    async def _posted(self, place: Place, reply: Reply, *, nonce: str, reply_to: str) -> str:
        self._give_way(self._means.rooms.likely(place), reply)
        message, channel = await self._poster.post(place, reply, nonce=nonce, reply_to=reply_to)
        self._channels.keep(message, channel)
        return message

    def _give_way(self, channel: int, reply: Reply) -> None:
        """Leaves out what only shows growth where a channel, or Discord, has more to take. Raises DeliveryFailed."""
        if reply.status and (self._calls.waiting(str(channel)) >= _CROWD or self._calls.refusals.strained):
            raise DeliveryFailed(
                "the channel has more messages to take at the moment", retry_after_s=self.capabilities.edit_interval_s
            )

    async def _channel_of(self, message: MessageRef) -> int:
        known = self._channels.get(message.id)
        return known if known is not None else await self._means.rooms.present(message.place)

    async def _messages(self, place: Place, *, limit: int) -> list[discord.Message]:
        """The last messages of a place, newest first; none where the bot may not read what was said."""
        channel = self._client.get_partial_messageable(await self._means.rooms.present(place))

        async def read() -> list[discord.Message]:
            try:
                return [message async for message in channel.history(limit=limit)]
            except (discord.Forbidden, discord.NotFound):
                return []

        return await self._calls.make("tell what was said", read())
