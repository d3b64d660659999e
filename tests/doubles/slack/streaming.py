"""Slack's streaming of messages: begun, appended to and stopped, with its limits and its errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk.models.messages.chunk import Chunk

from .limits import Refused, check_block, check_message
from .workspace import BOT, BOT_USER, DM, Said, Workspace

Arguments = Mapping[str, Any]

_STREAMED = 12_000
"""Characters of one call, and of all calls of a stream together."""

_STATES = {"pending", "in_progress", "complete", "error"}


class Streaming:
    """The three methods. A stream ends by itself when a test says so, as Slack's do after some minutes."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        writable: Callable[[Arguments], str],
        own: Callable[[Arguments, str], Said],
        watch: Callable[..., None],
    ) -> None:
        self._w = workspace
        self._writable = writable
        self._own = own
        self._watch = watch

    def methods(self) -> dict[str, Callable[[Arguments], dict[str, Any]]]:
        """The methods by their names."""
        return {
            "chat.startStream": self._start,
            "chat.appendStream": self._append,
            "chat.stopStream": self._stop,
        }

    def _start(self, given: Arguments) -> dict[str, Any]:
        channel = self._writable(given)
        if not given.get("thread_ts"):
            raise Refused(
                "invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: thread_ts"]}
            )
        if (channel, given["thread_ts"]) not in self._w.messages:
            raise Refused("thread_not_found")
        if channel != DM:
            for name in ("recipient_user_id", "recipient_team_id"):
                if not given.get(name):
                    raise Refused(f"missing_{name}")
            if given["recipient_user_id"] not in self._w.members[channel]:
                raise Refused("user_not_in_channel")
        text, cards = _taken(given)
        said = Said(channel=channel, ts=self._w.next_ts(), user=BOT_USER, bot_id=BOT, text=text, streaming=True)
        said.thread_ts, said.cards = given["thread_ts"], cards
        self._w.messages[channel, said.ts] = said
        self._watch(said)
        return {"channel": channel, "ts": said.ts}

    def _append(self, given: Arguments) -> dict[str, Any]:
        said = self._streaming(given)
        text, cards = _taken(given)
        if not text and not cards:
            raise Refused("no_text")
        self._take(said, text, cards)
        return {"channel": said.channel, "ts": said.ts}

    def _stop(self, given: Arguments) -> dict[str, Any]:
        said = self._streaming(given)
        text, cards = _taken(given)
        blocks = given.get("blocks") or []
        if any(each["type"] in self._w.lacking for each in blocks):
            raise Refused("invalid_blocks")
        if blocks:
            check_message(said.text, blocks)
        self._take(said, text, cards)
        said.blocks, said.streaming = blocks, False
        said.metadata = given.get("metadata") or said.metadata
        self._watch(said)
        return {"channel": said.channel, "ts": said.ts, "message": said.shown()}

    def _take(self, said: Said, text: str, cards: dict[str, tuple[str, str]]) -> None:
        if len(said.text) + len(text) > _STREAMED:
            raise Refused("msg_too_long")
        said.text += text
        said.cards |= cards

    def _streaming(self, given: Arguments) -> Said:
        said = self._own(given, "message_not_owned_by_app")
        if said.stopped:
            raise Refused("stopped_by_user")
        if not said.streaming:
            raise Refused("message_not_in_streaming_state")
        return said


def _taken(given: Arguments) -> tuple[str, dict[str, tuple[str, str]]]:
    """The text of a call, and its signs of work by their ids: title and state."""
    text, cards = given.get("markdown_text") or "", {}
    for chunk in given.get("chunks") or []:
        if Chunk.parse(dict(chunk)) is None:
            raise Refused("invalid_chunks")
        match chunk["type"]:
            case "markdown_text":
                text += chunk["text"]
            case "task_update":
                if not chunk.get("id") or not chunk.get("title") or chunk.get("status") not in _STATES:
                    raise Refused("invalid_chunks")
                cards[chunk["id"]] = (chunk["title"], chunk["status"])
            case "blocks":
                for block in chunk["blocks"]:
                    check_block(block)
    if len(text) > _STREAMED:
        raise Refused("msg_too_long")
    return text, cards
