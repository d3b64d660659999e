"""Where a chat platform is plugged in: what its package offers so that the running program can open it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, runtime_checkable

from bot.chat import ChatAdapter, CommandCall, Incoming
from bot.records import Receipt
from bot.settings import Settings

Receive = Callable[[Incoming], Awaitable[Receipt]]
"""Takes an event in; `bot.engine.engine.Engine.receive` does. Raises StoreFailed: then it was not taken in."""


class House(Protocol):
    """What a platform may ask of the running program, besides handing over what people say."""

    async def complete(self, call: CommandCall, argument: str, typed: str) -> Sequence[str]:
        """Values for an argument of a command that somebody is typing; () where there is nothing to propose."""
        ...

    async def inline(self, channel_key: str) -> bool:
        """Whether answers in a channel stand in the channel itself instead of in threads. Raises StoreFailed."""
        ...


class OpenAdapter(Protocol):
    """A platform to which the connection stands."""

    @property
    def chat(self) -> ChatAdapter:
        """Posts and edits, for as long as the block of `AdapterFactory.open` lasts, also after `listen` has ended."""
        ...

    async def listen(self, receive: Receive) -> None:
        """Hand over what people say until cancelled, which ends the intake and nothing else.

        Raises:
            AdapterFailed: the connection was lost, or the platform refuses the token by now.
        """
        ...


@runtime_checkable
class Asking(Protocol):
    """An adapter that asks things of the running program."""

    def settle_in(self, house: House) -> None:
        """Ask these from now on; called before `OpenAdapter.listen`."""
        ...


@runtime_checkable
class Counting(Protocol):
    """An adapter whose platform turns away whoever makes too many requests that it refuses."""

    def refused_lately(self) -> int:
        """How many it has refused in the last ten minutes."""
        ...


class AdapterFactory(Protocol):
    """One platform as a plug-in: Slack, Discord, or another one."""

    @property
    def name(self) -> str:
        """The platform's name: that of `Place.platform` and of `ChatAdapter.platform`."""
        ...

    def wanted(self, settings: Settings) -> bool:
        """Whether the operator has set what it takes to connect."""
        ...

    def open(self, settings: Settings) -> AbstractAsyncContextManager[OpenAdapter]:
        """Connect; the platform has accepted the token when the block begins. Called anew after each failure.

        Raises:
            AdapterFailed: the platform is out of reach, or refuses the token.
            InvalidSettings: a setting cannot work.
        """
        ...
