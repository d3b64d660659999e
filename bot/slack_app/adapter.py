"""Slack as a `bot.chat.ChatAdapter`: posts, edits, whispers and reads through Slack's Web API."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.chat import Attachment, Capabilities, MessageRef, Person, Place, Said
from bot.errors import DeliveryFailed
from bot.remembered import Remembered
from bot.replies import File, Form, Reply
from bot.slack_app.clients import Clients
from bot.slack_app.failures import code_of, delivering
from bot.slack_app.files import Files
from bot.slack_app.forms import view_of
from bot.slack_app.identity import PLATFORM, Identity
from bot.slack_app.interactions import time_of
from bot.slack_app.markup import plain
from bot.slack_app.outbox import Pace
from bot.slack_app.render import Renderer
from bot.slack_app.traces import Traces

_METADATA = "advisor_post"
_OUT_OF_REACH = frozenset({"channel_not_found", "not_in_channel", "user_not_in_channel"})
_PAGE, _PAGES = 200, 5


class SlackChat:
    """The bot's voice in one workspace."""

    platform = PLATFORM

    def __init__(
        self,
        clients: Clients,
        identity: Identity,
        *,
        renderer: Renderer,
        traces: Traces,
        pace: Pace,
        files: Files,
    ) -> None:
        self.capabilities = Capabilities(message_characters=9_000, edit_interval_s=pace.edit_interval_s)
        self._client = clients.patient
        self._careful = clients.careful
        self._identity = identity
        self._renderer = renderer
        self._traces = traces
        self._pace = pace
        self._files = files
        self._uploaded: Remembered[tuple[str, str], File] = Remembered(1_000)

    async def post(self, place: Place, reply: Reply, *, nonce: str, reply_to: str = "") -> MessageRef:
        """Post a message; see `bot.chat.ChatAdapter`. `reply_to` is in the place: it is the thread's beginning."""
        await self._pace.outbox.turn(place.channel)
        try:
            ts = await self._post(place, reply, nonce=nonce)
        except DeliveryFailed as error:
            if not error.retryable:
                raise
            # It may have arrived, though its answer got lost.
            found = await self.find_posted(place, nonce)
            ts = found.id if found else await self._post(place, reply, nonce=nonce)
        self._traces.alive(place)
        message = MessageRef(place=place, id=ts)
        await self._upload(message, reply.files)
        return message

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        """Replace a message; see `bot.chat.ChatAdapter`. One that only shows growth gives way when edits are scarce."""
        wait = self._pace.edits.take(last=not reply.status)
        if wait:
            raise DeliveryFailed("too many messages are edited at the moment", retry_after_s=wait)
        with delivering("change a message"):
            await self._client.chat_update(
                channel=message.place.channel, ts=message.id, **self._renderer.message(reply)
            )
        await self._upload(message, reply.files)

    async def delete(self, message: MessageRef) -> None:
        """Take a message away; see `bot.chat.ChatAdapter`."""
        with delivering("take a message away"):
            try:
                await self._client.chat_delete(channel=message.place.channel, ts=message.id)
            except SlackApiError as error:
                if code_of(error) != "message_not_found":
                    raise

    async def whisper(self, place: Place, person: Person, reply: Reply) -> None:
        """Say something to one person; see `bot.chat.ChatAdapter`."""
        content = self._renderer.message(reply)
        with delivering("take a private line"):
            if place.private:
                await self._client.chat_postMessage(
                    channel=place.channel,
                    thread_ts=place.thread or None,
                    unfurl_links=False,
                    unfurl_media=False,
                    **content,
                )
                return
            # In a thread without an answer nobody would see it.
            thread = place.thread if self._traces.is_alive(place) else None
            try:
                await self._client.chat_postEphemeral(
                    channel=place.channel, user=person.id, thread_ts=thread, **content
                )
            except SlackApiError as error:
                address = self._traces.address(place, person.id)
                if code_of(error) not in _OUT_OF_REACH or address is None:
                    raise
                await self._respond(address, content)

    async def open_form(self, trigger: str, form: Form) -> None:
        """Show a form; see `bot.chat.ChatAdapter`."""
        place = self._traces.place(trigger)
        if place is None:
            raise DeliveryFailed("the form was asked for too long ago to be opened")
        with delivering("open a form"):
            await self._client.views_open(trigger_id=trigger, view=view_of(form, place))

    async def find_posted(self, place: Place, nonce: str) -> MessageRef | None:
        """The message that carries a nonce; see `bot.chat.ChatAdapter`."""
        async with aclosing(self._pages(place)) as pages:
            async for messages in pages:
                for message in messages:
                    payload = (message.get("metadata") or {}).get("event_payload") or {}
                    if payload.get("nonce") == nonce and self._is_own(message):
                        return MessageRef(place=place, id=message["ts"])
        return None

    async def history(self, place: Place, *, limit: int) -> Sequence[Said]:
        """The last messages of a place; see `bot.chat.ChatAdapter`."""
        said: list[Said] = []
        async with aclosing(self._pages(place)) as pages:
            async for messages in pages:
                said += [self._said(message) for message in messages]
                if not place.thread and len(said) >= limit:
                    break
        # Slack tells a thread from its beginning and a channel from its end.
        return tuple(sorted(said, key=lambda each: each.at)[-limit:])

    async def fetch(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """The content of a file; see `bot.chat.ChatAdapter`."""
        return await self._files.fetch(attachment, limit_bytes=limit_bytes)

    async def show_status(self, place: Place, status: str) -> None:
        """Show a sign of work until the next message in the thread; it goes by itself. Raises DeliveryFailed."""
        with delivering("show a status"):
            await self._client.assistant_threads_setStatus(
                channel_id=place.channel, thread_ts=place.thread, status=status
            )

    async def _post(self, place: Place, reply: Reply, *, nonce: str) -> str:
        with delivering("take a message"):
            posted = await self._careful.chat_postMessage(
                channel=place.channel,
                thread_ts=place.thread or None,
                metadata={"event_type": _METADATA, "event_payload": {"nonce": nonce}},
                unfurl_links=False,
                unfurl_media=False,
                **self._renderer.message(reply),
            )
        return str(posted["ts"])

    async def _upload(self, message: MessageRef, files: Sequence[File]) -> None:
        """Puts files beneath a message, each once however often the message is edited."""
        place = message.place
        for file in files:
            if self._uploaded.get((message.id, file.name)):
                continue
            with delivering(f"take the file {file.name!r}"):
                await self._client.files_upload_v2(
                    channel=place.channel,
                    thread_ts=place.thread or message.id,
                    filename=file.name,
                    title=file.name,
                    content=file.content,
                )
            self._uploaded.keep((message.id, file.name), file)

    async def _respond(self, address: str, content: Mapping[str, Any]) -> None:
        """Answers where the bot is no member, through the address that came with the command."""
        webhook = AsyncWebhookClient(address, session=self._client.session)
        answer = await webhook.send_dict({"response_type": "ephemeral", "replace_original": False, **content})
        if answer.status_code != 200:
            raise DeliveryFailed(f"Slack did not take a private line: {answer.status_code} {answer.body}")

    async def _pages(self, place: Place) -> AsyncGenerator[Sequence[Mapping[str, Any]], None]:
        """A thread from its beginning, or a channel from its end, as far as a few pages go."""
        cursor: str | None = None
        for _ in range(_PAGES):
            with delivering("tell what was said"):
                if place.thread:
                    page = await self._client.conversations_replies(
                        channel=place.channel,
                        ts=place.thread,
                        limit=_PAGE,
                        cursor=cursor,
                        include_all_metadata=True,
                    )
                else:
                    page = await self._client.conversations_history(
                        channel=place.channel, limit=_PAGE, cursor=cursor, include_all_metadata=True
                    )
            yield page["messages"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    def _is_own(self, message: Mapping[str, Any]) -> bool:
        me = self._identity
        return message.get("user") == me.user or (bool(me.bot) and message.get("bot_id") == me.bot)

    def _said(self, message: Mapping[str, Any]) -> Said:
        return Said(
            message_id=message["ts"],
            person_id=message.get("user") or message.get("bot_id") or "",
            own=self._is_own(message),
            text=plain(message.get("text") or "", own=self._identity.user, names={}),
            at=time_of(message["ts"]),
        )
