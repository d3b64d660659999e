"""What the store said a moment ago, so that a busy channel does not ask it about every message."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from bot.channel_rules import inherited, server_key
from bot.engine.wiring import Parts
from bot.records import ChannelSettings, Conversation
from rag.ports import Clock

_SECONDS = 2.0
"""How long another program's change may stay unseen; this engine's own changes are seen at once."""

_Value = TypeVar("_Value")


class Remembered(Generic[_Value]):
    """Values by key for a short time, in a bounded map."""

    def __init__(self, load: Callable[[str], Awaitable[_Value]], *, clock: Clock, most: int = 5000) -> None:
        self._load = load
        self._clock = clock
        self._most = most
        self._values: OrderedDict[str, tuple[float, _Value]] = OrderedDict()

    async def get(self, key: str, *, roughly: bool = False) -> _Value:
        """The value as it was at most a moment ago; `roughly` any that is still remembered. Raises StoreFailed."""
        known = self._values.get(key)
        if known and (roughly or self._clock() - known[0] < _SECONDS):
            return known[1]
        loaded = await self._load(key)
        self.put(key, loaded)
        return loaded

    def put(self, key: str, value: _Value) -> None:
        """Remember what has just been stored."""
        self._values[key] = (self._clock(), value)
        self._values.move_to_end(key)
        if len(self._values) > self._most:
            self._values.popitem(last=False)


class Memory:
    """The engine's view of settings and conversations. All of its own reads and changes of them go through here."""

    def __init__(self, parts: Parts) -> None:
        store, clock = parts.store, parts.times.clock
        self._conversations = store.conversations
        self._settings: Remembered[ChannelSettings] = Remembered(store.settings.get, clock=clock)
        self._known: Remembered[Conversation | None] = Remembered(store.conversations.get, clock=clock)

    async def settings(self, channel_key: str, *, roughly: bool = False) -> ChannelSettings:
        """What a channel has set; `roughly` as it was when last asked for. Raises StoreFailed."""
        # Each by itself: all channels of a server share its own.
        own = await self._settings.get(channel_key, roughly=roughly)
        return inherited(own, await self._settings.get(server_key(channel_key), roughly=roughly))

    async def conversation(self, key: str) -> Conversation | None:
        """One conversation. Raises StoreFailed."""
        return await self._known.get(key)

    async def save(self, conversation: Conversation) -> None:
        """Store a conversation. Raises StoreFailed."""
        await self._conversations.save(conversation)
        self.saved(conversation)

    def saved(self, conversation: Conversation) -> None:
        """Note a conversation that was stored with its question."""
        self._known.put(conversation.key, conversation)
