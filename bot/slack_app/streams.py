"""Answers that grow by Slack's own streaming: begun, appended to, and ended in the form that every answer has.

A stream is a courtesy. Where Slack does not offer it, or lets it die, messages grow by being edited instead, and the
last state is set by an edit where what was streamed is not all of it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.chat import MessageRef, Place
from bot.errors import DeliveryFailed
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Reply
from bot.slack_app.clients import Clients
from bot.slack_app.failures import CALL_FAILED, NOT_OFFERED, code_of, delivering, may_have_arrived, passes, ts_of
from bot.slack_app.outbox import EditBudget
from bot.slack_app.render import Renderer, has_table
from bot.slack_app.sizes import held
from rag.ports import Clock

log = logging.getLogger(__name__)

_STREAMED = 11_500
"""Characters of one stream: Slack takes 12,000 in all."""

_CARD, _CARD_TITLE = "work", 200
_HARDLY_BEGUN = 250
"""Characters up to which a sign of work is of use: they may be no more than the question."""

_STARTS_PER_MINUTE, _STARTS_AT_ONCE = 20, 10
_APPENDS_PER_MINUTE, _APPENDS_AT_ONCE = 100, 20
"""Starting is of Slack's second tier, appending of the fourth."""

_ASKED_AGAIN_S = 3_600.0
STOPPED = "stopped_by_user"
_OVER = frozenset({"message_not_found", "message_not_in_streaming_state", "message_not_owned_by_app", STOPPED})
"""Slack's words for a stream that takes nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Whom an answer is for. `team` is their workspace, which in a shared channel may be another one; "" if unknown."""

    id: str
    team: str = ""


@dataclass(slots=True, kw_only=True)
class Stream:
    """One message that grows. `sent` is all of its text that Slack has, `card` its sign of work, "" without one."""

    message: MessageRef
    asker: str
    nonce: str
    stop: Payload
    sent: str = ""
    card: str = ""
    had_card: bool = False


class Streams:
    """The streams that are open.

    Args:
        clients: ways to call Slack.
        renderer: makes what is streamed and what stands beneath it.
        clock: seconds that only grow.
        offered: whether to stream at all.
    """

    def __init__(self, clients: Clients, renderer: Renderer, *, clock: Clock, offered: bool) -> None:
        self.on_stop: Callable[[Stream], Awaitable[None]] | None = None
        """Told of each stream that its reader has stopped."""

        self._clients = clients
        self._renderer = renderer
        self._clock = clock
        self._open: dict[tuple[str, str], Stream] = {}
        self._starts = EditBudget(clock=clock, per_minute=_STARTS_PER_MINUTE, at_once=_STARTS_AT_ONCE)
        self._appends = EditBudget(clock=clock, per_minute=_APPENDS_PER_MINUTE, at_once=_APPENDS_AT_ONCE)
        self._not_before = 0.0 if offered else float("inf")
        self._cards = True

    def find(self, message: MessageRef) -> Stream | None:
        """The stream of a message, while it is open."""
        return self._open.get((message.place.channel, message.id))

    async def begin(self, place: Place, reply: Reply, *, nonce: str, asker: Asker) -> MessageRef | None:
        """Begins a message that grows; None where it has to grow by edits.

        Raises:
            DeliveryFailed: it is not known whether it began.
        """
        stop = stop_of(reply)
        if stop is None or not place.thread or not asker.id:
            return None
        if self._clock() < self._not_before or self._starts.take(last=False):
            return None
        text = self._renderer.growing(reply)
        if len(text) > _STREAMED:
            return None
        card = self._card(reply.status) if self._cards and len(text) <= _HARDLY_BEGUN else None
        ts = await self._start(place, asker, [*([card] if card else []), *_text(text)])
        if ts is None and card and not self._cards:
            card, ts = None, await self._start(place, asker, _text(text))
        if ts is None:
            return None
        message = MessageRef(place=place, id=ts)
        stream = Stream(message=message, asker=asker.id, nonce=nonce, stop=stop, sent=text, had_card=card is not None)
        stream.card = reply.status if card else ""
        self._open[place.channel, ts] = stream
        return message

    async def grow(self, stream: Stream, reply: Reply) -> bool:
        """Appends what is new; False where the stream is over and the message has to be edited.

        Raises:
            DeliveryFailed: not now; nothing was appended.
        """
        text = self._renderer.growing(reply)
        # What a later word makes of an earlier one, such as the end of a link, is left for the last state.
        new = text[len(stream.sent) :] if text.startswith(stream.sent) and len(text) <= _STREAMED else ""
        chunks = [*self._changed_card(stream, reply, done=bool(new)), *_text(new)]
        if not chunks:
            return True
        if wait := self._appends.take(last=False):
            raise DeliveryFailed("too many answers grow at the moment", retry_after_s=wait)
        with delivering("add to a message"):
            try:
                await self._clients.hasty.chat_appendStream(
                    channel=stream.message.place.channel, ts=stream.message.id, chunks=chunks
                )
            except CALL_FAILED as error:
                if not may_have_arrived(error) and (not isinstance(error, SlackApiError) or passes(error)):
                    raise
                # Slack takes no more, or may have taken it though its answer got lost: again would say it twice.
                await self._lost(stream, _name_of(error))
                return _name_of(error) == STOPPED
        stream.sent += new
        stream.card = reply.status if stream.card and not new else ""
        return True

    async def end(self, stream: Stream, reply: Reply) -> bool:
        """Ends a message; False where an edit has to set its last state."""
        self.forget(stream)
        text, beneath = self._renderer.parts(reply)
        whole = text.startswith(stream.sent) and not stream.had_card and not has_table(text) and len(text) <= _STREAMED
        more: dict[str, Any] = {"chunks": _text(text[len(stream.sent) :]), "blocks": beneath} if whole else {}
        more = {name: value for name, value in more.items() if value}
        try:
            await self._clients.patient.chat_stopStream(
                channel=stream.message.place.channel,
                ts=stream.message.id,
                metadata=metadata_of(stream.nonce),
                **more,
            )
        except CALL_FAILED as error:
            log.info("stream_not_ended", extra={"error": _name_of(error)})
            return False
        return whole

    async def close(self, channel: str, ts: str) -> bool:
        """Ends a stream that an earlier run left open; whether there was one."""
        self._open.pop((channel, ts), None)
        try:
            await self._clients.patient.chat_stopStream(channel=channel, ts=ts)
        except SlackApiError as error:
            if code_of(error) not in _OVER:
                raise
            return False
        return True

    async def stopped(self, channel: str, ts: str) -> bool:
        """Its reader has stopped a message; what writes it is told. Whether it was one that grows."""
        stream = self._open.get((channel, ts))
        if stream is not None:
            await self._lost(stream, STOPPED)
        return stream is not None

    async def stopped_in(self, channel: str, thread: str) -> bool:
        """Somebody has stopped whatever is at work in a thread; whether anything grows there."""
        found = [each for each in self._open.values() if each.message.place.channel == channel]
        found = [each for each in found if each.message.place.thread == thread]
        for stream in found:
            await self._lost(stream, STOPPED)
        return bool(found)

    def forget(self, stream: Stream) -> None:
        """The stream is over."""
        self._open.pop((stream.message.place.channel, stream.message.id), None)

    async def _start(self, place: Place, asker: Asker, chunks: list[dict[str, Any]]) -> str | None:
        team = asker.team or place.workspace
        recipient = {} if place.private else {"recipient_user_id": asker.id, "recipient_team_id": team}
        try:
            begun = await self._clients.hasty.chat_startStream(
                channel=place.channel, thread_ts=place.thread, chunks=chunks or None, **recipient
            )
        except CALL_FAILED as error:
            if may_have_arrived(error):
                with delivering("begin a message"):
                    raise
            self._heed(code_of(error) if isinstance(error, SlackApiError) else "")
            log.info("stream_not_begun", extra={"error": _name_of(error)})
            return None
        if not (ts := ts_of(begun)):
            self._not_before = self._clock() + _ASKED_AGAIN_S
            raise DeliveryFailed("Slack began a message and does not tell which one it is", retry_after_s=0)
        return ts

    def _heed(self, code: str) -> None:
        if code == "invalid_chunks":
            self._cards = False
        elif code in NOT_OFFERED:
            self._not_before = self._clock() + _ASKED_AGAIN_S

    async def _lost(self, stream: Stream, code: str) -> None:
        self.forget(stream)
        log.info("stream_over", extra={"error": code})
        if code == STOPPED and self.on_stop is not None:
            await self.on_stop(stream)

    def _changed_card(self, stream: Stream, reply: Reply, *, done: bool) -> list[dict[str, Any]]:
        """The sign of work as it ought to be now; with the first words it has done its work."""
        if not stream.card or (reply.status == stream.card and not done):
            return []
        return [self._card(stream.card if done else reply.status, done=done)]

    def _card(self, status: str, *, done: bool = False) -> dict[str, Any]:
        title = held(status, _CARD_TITLE)
        return {"type": "task_update", "id": _CARD, "title": title, "status": "complete" if done else "in_progress"}


def metadata_of(nonce: str) -> dict[str, Any]:
    """What a message carries so that it is found again."""
    return {"event_type": "advisor_post", "event_payload": {"nonce": nonce}}


def nonce_of(message: Mapping[str, Any]) -> str:
    """What `metadata_of` was made from; "" for a message that carries none."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return str(payload.get("nonce") or "")


def stop_of(reply: Reply) -> Payload | None:
    """What the button to stop carries: it stands under answers that are being written, and under nothing else."""
    payloads = (action.payload for row in reply.actions for action in row)
    return next((each for each in payloads if reply.status and each.verb == Verb.STOP), None)


def _text(text: str) -> list[dict[str, Any]]:
    return [{"type": "markdown_text", "text": text}] if text else []


def _name_of(error: BaseException) -> str:
    return code_of(error) if isinstance(error, SlackApiError) else type(error).__name__
