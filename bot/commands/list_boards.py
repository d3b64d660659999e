"""Keeps what is posted of a list up to date in place. Several changes at once make one edit, with the last state."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.board import Board
from bot.chat import Place
from bot.errors import DeliveryFailed
from bot.records import PostState
from bot.replies import Reply

if TYPE_CHECKING:
    from bot.commands.call import Means

Render = Callable[[], Awaitable[Sequence[Reply]]]
"""Reads the present state and makes messages of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What a board shows that answers no message: a name for its posts in the store, and where they go."""

    id: str
    place: Place
    message_id: str = ""


@dataclass(slots=True, kw_only=True)
class _Line:
    """Who waits to show one posting: tickets count them, and the last one that was shown stands for all before it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    wanted: int = 0
    shown: int = 0


class ListBoards:
    """The postings that are being shown at the moment."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}

    async def show(self, means: Means, posting: Posting, render: Render) -> None:
        """Post, or edit in place. A state that a later one has overtaken is left out.

        Raises:
            DeliveryFailed: the platform took it neither as an edit nor as a new message.
            RagError: what rendering raises.
        """
        line = self._lines.setdefault(posting.id, _Line())
        line.waiting += 1
        line.wanted += 1
        ticket = line.wanted
        try:
            async with line.lock:
                if line.shown >= ticket:
                    return
                newest = line.wanted
                await _board(means, posting).settle(await render())
                line.shown = newest
        finally:
            line.waiting -= 1
            if not line.waiting:
                del self._lines[posting.id]


async def message_of(means: Means, posting_id: str) -> str:
    """The first message that was posted under a name; "" where none was."""
    posts = await means.store.posts.of_question(posting_id)
    return next((post.message_id for post in posts if post.state is PostState.POSTED), "")


def _board(means: Means, posting: Posting) -> Board:
    adapter = means.adapters.get(posting.place.platform)
    if adapter is None:
        raise DeliveryFailed(f"the platform {posting.place.platform!r} is not connected; set its token")
    return Board(posting, adapter, means.store.posts, pacing=means.pacing, new_nonce=means.new_id)
