"""Slack as a `bot.chat.ChatAdapter`: posts, edits, whispers and reads through Slack's Web API."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.chat import Attachment, Capabilities, MessageRef, Person, Place, Said
from bot.errors import DeliveryFailed
from bot.remembered import Remembered
from bot.replies import Form, Reply
from bot.slack_app.arrivals import Arrivals
from bot.slack_app.clients import Clients
from bot.slack_app.dialect import Dialect
from bot.slack_app.direct import DirectMessages
from bot.slack_app.failures import code_of, delivering, reason_of, ts_of
from bot.slack_app.files import Files
from bot.slack_app.forms import view_of
from bot.slack_app.groups import UserGroups
from bot.slack_app.home import home_view, is_home
from bot.slack_app.identity import PLATFORM, Identity
from bot.slack_app.outbox import Pace
from bot.slack_app.past import Past
from bot.slack_app.render import Renderer
from bot.slack_app.streams import Asker, Streams, metadata_of, stop_of
from bot.slack_app.traces import Traces
from bot.slack_app.uploads import Uploads

log = logging.getLogger(__name__)

_FOUND = "found"
"""Stands for the nonce of a message that an earlier run posted: the store knows it by its id."""

_NO_PREVIEWS: Mapping[str, Any] = {"unfurl_links": False, "unfurl_media": False}
_STREAMING = frozenset({"streaming_state_conflict", "message_in_streaming_state"})
_OUT_OF_REACH = frozenset(
    {
        "channel_not_found",
        "ekm_access_denied",
        "is_archived",
        "no_permission",
        "not_in_channel",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
        "user_not_in_channel",
    }
)
"""Where the bot may not write, whoever reads it."""

_WHISPERS_AT_ONCE = 16
"""A flood of lines such as "busy" must not keep Slack's events from being acknowledged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What talking takes besides Slack's methods."""

    renderer: Renderer
    dialect: Dialect
    traces: Traces
    pace: Pace
    files: Files
    streams: Streams
    groups: UserGroups


class SlackChat:
    """The bot's voice in one workspace."""

    platform = PLATFORM

    def __init__(self, clients: Clients, identity: Identity, tools: Tools) -> None:
        self.capabilities = Capabilities(
            message_characters=9_000,
            edit_interval_s=tools.pace.edit_interval_s,
            private_files=True,
            sharing=True,
        )
        self.streams = tools.streams
        self.arrivals = Arrivals()
        self._client = clients.patient
        self._careful = clients.careful
        self._renderer = tools.renderer
        self._dialect = tools.dialect
        self._traces = tools.traces
        self._pace = tools.pace
        self._files = tools.files
        self._whispers = asyncio.Semaphore(_WHISPERS_AT_ONCE)
        self._nonces: Remembered[tuple[str, str], str] = Remembered(5_000)
        self._direct = DirectMessages(clients.patient)
        self._uploads = Uploads(clients.patient, self._direct)
        self._past = Past(clients.patient, identity, growing=lambda ref: self.streams.find(ref) is not None)
        self._groups = tools.groups

    async def post(self, place: Place, reply: Reply, *, nonce: str, reply_to: str = "") -> MessageRef:
        """Post a message; see `bot.chat.ChatAdapter`. `reply_to` is in the place: it is the thread's beginning."""
        if is_home(place):
            return await self._publish(place, reply)
        asker = self._traces.asker(place, reply_to)
        place = await self._direct.place(place)
        await self._pace.outbox.turn(place.channel)
        try:
            whom = Asker(id=asker, team=self._traces.team(asker))
            message = await self.streams.begin(place, reply, nonce=nonce, asker=whom)
            message = message or await self._post(place, reply, nonce=nonce)
        except DeliveryFailed as error:
            if not error.retryable:
                return await self._handed(place, asker, reply, error)
            # It may have arrived, though its answer got lost.
            message = await self.find_posted(place, nonce) or await self._post(place, reply, nonce=nonce)
        self._nonces.keep((place.channel, message.id), nonce)
        if stop := stop_of(reply):
            self._traces.at_work(place, stop)
        self._traces.alive(place)
        await self._uploads.beneath(message, reply.files)
        return message

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        """Replace a message; see `bot.chat.ChatAdapter`. One that only shows growth gives way when edits are scarce."""
        message = await self._direct.message(message)
        if not reply.status:
            self._traces.at_work(message.place, None)
        if not await self._streamed(message, reply):
            wait = self._pace.edits.take(last=not reply.status)
            if wait:
                raise DeliveryFailed("too many messages are edited at the moment", retry_after_s=wait)
            # A stream that died carries no nonce yet. Without one it would be taken for another message of its thread.
            nonce = self._nonces.get((message.place.channel, message.id)) or _FOUND
            change = partial(self._client.chat_update, metadata=metadata_of(nonce))
            with delivering("change a message"):
                await self._dialect.say(reply, partial(self._settled, message, change))
        await self._uploads.beneath(message, reply.files)

    async def delete(self, message: MessageRef) -> None:
        """Take a message away; see `bot.chat.ChatAdapter`."""
        message = await self._direct.message(message)
        if self.streams.find(message):
            await self._ended(message)
        try:
            with delivering("take a message away"):
                await self._settled(message, self._client.chat_delete)
        except DeliveryFailed as error:
            if reason_of(error) != "message_not_found":
                raise

    async def whisper(self, place: Place, person: Person, reply: Reply) -> None:
        """Say something to one person; see `bot.chat.ChatAdapter`."""
        if reply.files:
            await self._uploads.hand_over(person, reply.files)
            reply = self._renderer.with_files_elsewhere(reply)
        async with self._whispers:
            await self.arrivals.pass_by()
            with delivering("take a private line"):
                await self._dialect.say(reply, partial(self._whisper, place, person))

    async def _whisper(self, place: Place, person: Person, **content: Any) -> None:
        # In a thread without an answer nobody would see it.
        thread = place.thread if self._traces.is_alive(place) else None
        try:
            await self._careful.chat_postEphemeral(channel=place.channel, user=person.id, thread_ts=thread, **content)
        except SlackApiError as error:
            address = self._traces.address(place, person.id)
            if code_of(error) not in _OUT_OF_REACH or address is None:
                raise
            await self._respond(address, **content)

    async def open_form(self, trigger: str, form: Form) -> None:
        """Show a form; see `bot.chat.ChatAdapter`."""
        place = self._traces.place(trigger)
        if place is None:
            raise DeliveryFailed("the form was asked for too long ago to be opened")
        with delivering("open a form"):
            await self._client.views_open(trigger_id=trigger, view=view_of(form, place))

    async def find_posted(self, place: Place, nonce: str) -> MessageRef | None:
        """The message that carries a nonce; see `bot.chat.ChatAdapter`."""
        return await self._past.find(await self._direct.place(place), nonce)

    async def history(self, place: Place, *, limit: int) -> Sequence[Said]:
        """The last messages of a place; see `bot.chat.ChatAdapter`."""
        return await self._past.last(await self._direct.place(place), limit=limit)

    async def fetch(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """The content of a file; see `bot.chat.ChatAdapter`."""
        return await self._files.fetch(attachment, limit_bytes=limit_bytes)

    async def named(self, sent: Sequence[Attachment]) -> tuple[Attachment, ...]:
        """Files with their names, as far as Slack tells them in time."""
        return await self._files.named(sent)

    async def belongs(self, person: Person, group: str) -> bool:
        """Whether a person is in a user group; see `bot.chat.Membership`."""
        return await self._groups.has(group, person.id)

    async def show_status(self, place: Place, status: str) -> None:
        """Show a sign of work until the next message in the thread; it goes by itself. Raises DeliveryFailed."""
        with delivering("show a status"):
            await self._client.assistant_threads_setStatus(
                channel_id=place.channel, thread_ts=place.thread, status=status
            )

    async def show_rest(self, place: Place) -> None:
        """Show that nothing is at work in a thread: Slack leaves that to the app it was stopped in. DeliveryFailed."""
        with delivering("show that work has ended"):
            await self._client.agents_sessions_setStatus(
                channel_id=place.channel, thread_ts=place.thread, status="active"
            )

    async def _post(self, place: Place, reply: Reply, *, nonce: str) -> MessageRef:
        where: dict[str, Any] = {"channel": place.channel, "thread_ts": place.thread or None}
        with delivering("take a message"):
            posted = await self._dialect.say(
                reply, partial(self._careful.chat_postMessage, metadata=metadata_of(nonce), **where, **_NO_PREVIEWS)
            )
            ts = ts_of(posted)
        message = MessageRef(place=place, id=ts) if ts else await self.find_posted(place, nonce)
        if message is None:
            # To post it once more might say it twice.
            raise DeliveryFailed("Slack took a message and does not tell which one it is")
        return message

    async def _handed(self, place: Place, asker: str, reply: Reply, error: DeliveryFailed) -> MessageRef:
        """What one person alone reads goes to the address of their command where the bot is no part of the talk."""
        address = self._traces.address(place, asker) if place.private and not reply.status else None
        if address is None or reason_of(error) not in _OUT_OF_REACH:
            raise error
        with delivering("take a private line"):
            await self._dialect.say(reply, partial(self._respond, address))
        return MessageRef(place=place, id="")

    async def _publish(self, place: Place, reply: Reply) -> MessageRef:
        with delivering("show a page"):
            await self._client.views_publish(user_id=place.channel, view=home_view(reply))
        return MessageRef(place=place, id=place.thread)

    async def _streamed(self, message: MessageRef, reply: Reply) -> bool:
        """Whether the message's stream has taken what it ought to show, and no edit is needed."""
        stream = self.streams.find(message)
        if stream is None:
            return False
        return await (self.streams.grow(stream, reply) if reply.status else self.streams.end(stream, reply))

    async def _settled(self, message: MessageRef, change: Callable[..., Awaitable[object]], **content: Any) -> None:
        """Changes a message; one that an earlier run left streaming is ended first."""
        place = message.place
        try:
            await change(channel=place.channel, ts=message.id, **content)
        except SlackApiError as error:
            if code_of(error) not in _STREAMING or not await self.streams.close(place.channel, message.id):
                raise
            await change(channel=place.channel, ts=message.id, **content)

    async def _ended(self, message: MessageRef) -> None:
        with delivering("end a message"):
            await self.streams.close(message.place.channel, message.id)

    async def _respond(self, address: str, **content: Any) -> None:
        """Answers where the bot is no member, through the address that came with the command."""
        webhook = AsyncWebhookClient(address, session=self._client.session)
        answer = await webhook.send_dict(
            {"response_type": "ephemeral", "replace_original": False, **_NO_PREVIEWS, **content}
        )
        if answer.status_code != 200:
            raise DeliveryFailed(f"Slack did not take a private line: {answer.status_code} {answer.body}")
