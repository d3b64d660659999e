"""What was said in a place of Slack's: read to have a history, and to find a message again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import MessageRef, Place, Said
from bot.errors import DeliveryFailed
from bot.slack_app.failures import delivering
from bot.slack_app.identity import Identity
from bot.slack_app.interactions import time_of
from bot.slack_app.markup import plain
from bot.slack_app.streams import nonce_of

_PAGE, _PAGES = 200, 5
_LONG_PAGE, _LONG_PAGES = 1_000, 20
"""A thread is told from its beginning alone, so that its end is had by reading all of it, in the largest pages."""

_PATIENCE_S = 10.0
"""How long an answer waits for what was said before it: some apps are told a page a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some messages, and whether they are the last that there are."""

    messages: Sequence[Mapping[str, Any]]
    last: bool


class Past:
    """Reads places.

    Args:
        client: one that waits where Slack asks for it.
        identity: the bot itself.
        growing: whether a message is one that is being streamed at the moment.
    """

    def __init__(self, client: AsyncWebClient, identity: Identity, *, growing: Callable[[MessageRef], bool]) -> None:
        self._client = client
        self._identity = identity
        self._growing = growing

    async def find(self, place: Place, nonce: str) -> MessageRef | None:
        """The message that carries a nonce. Raises DeliveryFailed.

        A stream gets its nonce when it ends. One that was cut short is the only message of ours that has none.
        """
        cut_short: MessageRef | None = None
        async with aclosing(self._pages(place)) as pages:
            async for page in pages:
                for message in filter(self._is_own, page.messages):
                    ref = MessageRef(place=place, id=message["ts"])
                    if nonce_of(message) == nonce:
                        return ref
                    if place.thread and is_cut_short(message) and not self._growing(ref):
                        cut_short = ref
        return cut_short

    async def last(self, place: Place, *, limit: int) -> Sequence[Said]:
        """The last messages, oldest first.

        Raises:
            DeliveryFailed: they are not told, or not in time: the beginning of a thread stands for nothing of its end.
        """
        said: list[Said] = []
        ended = False
        try:
            async with asyncio.timeout(_PATIENCE_S), aclosing(self._pages(place)) as pages:
                async for page in pages:
                    # Slack tells a thread from its beginning and a channel from its end.
                    said, ended = [*said, *map(self._said, page.messages)], page.last
                    said = sorted(said, key=lambda each: each.at)[-limit:]
                    if not place.thread and len(said) >= limit:
                        break
        except TimeoutError as error:
            raise DeliveryFailed("Slack tells what was said too slowly to wait for it") from error
        if place.thread and not ended:
            raise DeliveryFailed(f"the thread is longer than {_LONG_PAGE * _LONG_PAGES} messages")
        return tuple(said)

    async def _pages(self, place: Place) -> AsyncGenerator[Page, None]:
        """A thread from its beginning, or a channel from its end, as far as so many pages go."""
        size, most = (_LONG_PAGE, _LONG_PAGES) if place.thread else (_PAGE, _PAGES)
        cursor: str | None = None
        for _ in range(most):
            with delivering("tell what was said"):
                if place.thread:
                    page = await self._client.conversations_replies(
                        channel=place.channel, ts=place.thread, limit=size, cursor=cursor, include_all_metadata=True
                    )
                else:
                    page = await self._client.conversations_history(
                        channel=place.channel, limit=size, cursor=cursor, include_all_metadata=True
                    )
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            yield Page(messages=page["messages"], last=not cursor)
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


def is_cut_short(message: Mapping[str, Any]) -> bool:
    """Whether a message of ours is a stream that nobody has ended: all others carry a nonce, or are files."""
    return not nonce_of(message) and not message.get("files") and message.get("subtype") in {None, "bot_message"}
