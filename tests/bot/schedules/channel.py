"""A platform of its own process: it counts every message that it takes, twice the same one twice, and kills who asks.

Messages take a moment on their way. Like Slack it does not look at nonces when it takes a message, and tells them
when it is asked. Whoever posts may be killed before the message is there, after that, or once it has been told so.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.chat import Capabilities, MessageRef, Place
from bot.errors import DeliveryFailed
from bot.replies import Reply

_LONGEST_WAY_S = 0.2
_READ_S = 0.05
_FATES = ("before", "after", "told", "patience", *["none"] * 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A message; `at` is when it is there for others to see, by the clock that all processes of a machine share."""

    channel: str
    text: str
    nonce: str
    at: float


@dataclass
class Channel:
    """The platform. `messages` are those that it took, in their order."""

    chance: random.Random
    deadly: bool = True
    messages: list[Arrival] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one call."""
        with suppress(ConnectionError), closing(writer):
            line = await reader.readline()
            if not line:  # whoever called has died
                return
            asked = json.loads(line)
            answer = await (self._take(asked) if asked["call"] == "post" else self._find(asked))
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
            if answer.get("fate") == "told":
                self._kill(asked["process"], "told")

    async def _take(self, asked: Any) -> dict[str, Any]:
        fate = self.chance.choice(_FATES) if self.deadly else "none"
        if fate == "patience":
            return {"patience": 90.0}
        if fate == "before":
            self._kill(asked["process"], fate)
            if self.chance.random() < 0.5:
                return {}
        way_s = self.chance.uniform(0, _LONGEST_WAY_S)
        arrival = Arrival(channel=asked["channel"], text=asked["text"], nonce=asked["nonce"], at=asked["at"] + way_s)
        self.messages.append(arrival)
        number = len(self.messages)
        await asyncio.sleep(way_s)
        if fate == "after":
            self._kill(asked["process"], fate)
        return {"id": str(number), "fate": fate}

    async def _find(self, asked: Any) -> dict[str, Any]:
        # However busy this process is: what was sent long before has been read by then.
        await asyncio.sleep(_READ_S)
        for number, each in enumerate(self.messages, start=1):
            if (each.channel, each.nonce) == (asked["channel"], asked["nonce"]) and each.at <= asked["at"]:
                return {"id": str(number)}
        return {"id": ""}

    def _kill(self, process: int, fate: str) -> None:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
            self.killed.append(fate)


@asynccontextmanager
async def serving(channel: Channel, path: Path) -> AsyncIterator[None]:
    """The platform, at a Unix socket."""
    server = await asyncio.start_unix_server(channel.serve, path)
    async with server:
        yield


class ChannelChat:
    """How a process speaks to it: the part of `bot.chat.ChatAdapter` that schedules use."""

    platform = "channel"
    capabilities = Capabilities(message_characters=4000, edit_interval_s=0)

    def __init__(self, path: Path) -> None:
        self._path = path

    async def post(self, place: Place, reply: Reply, *, nonce: str, reply_to: str = "") -> MessageRef:
        """Post a message, whether it is there already or not."""
        answer = await self._ask(call="post", channel=place.channel, text=reply.text, nonce=nonce)
        if patience := answer.get("patience"):
            raise DeliveryFailed("the platform asks for patience", retry_after_s=patience)
        return MessageRef(place=place, id=answer["id"])

    async def find_posted(self, place: Place, nonce: str) -> MessageRef | None:
        """The message that carries a nonce."""
        answer = await self._ask(call="find", channel=place.channel, nonce=nonce)
        return MessageRef(place=place, id=answer["id"]) if answer["id"] else None

    async def _ask(self, **asked: Any) -> dict[str, Any]:
        try:
            reader, writer = await asyncio.open_unix_connection(self._path)
            writer.write(json.dumps({**asked, "process": os.getpid(), "at": time.monotonic()}).encode() + b"\n")
            answer: dict[str, Any] = json.loads(await reader.readline())
            writer.close()
        except (OSError, ValueError) as error:
            raise DeliveryFailed("the platform is away", retry_after_s=0.0) from error
        return answer
