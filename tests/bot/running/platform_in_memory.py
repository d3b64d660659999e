"""A platform in memory as `advisor run` opens one, which connects, breaks and refuses as a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.chat import Address, ChatAdapter, Incoming, Message, Person, Place, PlaceKind
from bot.memory_chat import MemoryChat
from bot.running.plugging import Receive
from bot.settings import Settings


def said(text: str, *, number: int = 1) -> Message:
    """Somebody asks in a DM."""
    return Message(
        event_id=f"e{number}",
        message_id=f"m{number}",
        place=Place(platform="memory", workspace="w", channel="c", kind=PlaceKind.DM),
        person=Person(platform="memory", workspace="w", id="ada"),
        at=datetime.now(UTC),
        text=text,
        address=Address.DM,
    )


@dataclass
class MemoryAdapter:
    """A connection that stands: hands over what lies in `inbox`, until `breaks` holds an error to break with."""

    chat: ChatAdapter
    inbox: asyncio.Queue[Incoming]
    breaks: asyncio.Queue[Exception | None]

    async def listen(self, receive: Receive) -> None:
        """See `bot.running.plugging.OpenAdapter`."""
        async with asyncio.TaskGroup() as group:
            intake = group.create_task(self._take_in(receive))
            error = await self.breaks.get()
            intake.cancel()
        if error is not None:
            raise error

    async def _take_in(self, receive: Receive) -> None:
        while True:
            await receive(await self.inbox.get())


@dataclass
class MemoryPlatform:
    """Opens adapters on one chat; `openings` are the errors of the first attempts, None for one that succeeds."""

    openings: Iterable[Exception | None] = ()
    name: str = "memory"
    wants: bool = True
    chat: MemoryChat = field(default_factory=MemoryChat)
    inbox: asyncio.Queue[Incoming] = field(default_factory=asyncio.Queue)
    breaks: asyncio.Queue[Exception | None] = field(default_factory=asyncio.Queue)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    opened: int = 0
    closed: int = 0

    def __post_init__(self) -> None:
        self.closing.set()
        self._openings = iter(self.openings)

    def wanted(self, settings: Settings) -> bool:
        """See `bot.running.plugging.AdapterFactory`."""
        return self.wants

    @asynccontextmanager
    async def open(self, settings: Settings) -> AsyncIterator[MemoryAdapter]:
        """See `bot.running.plugging.AdapterFactory`."""
        self.opened += 1
        if error := next(self._openings, None):
            raise error
        yield MemoryAdapter(chat=self.chat, inbox=self.inbox, breaks=self.breaks)
        await self.closing.wait()
        self.closed += 1
