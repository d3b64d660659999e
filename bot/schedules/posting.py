"""Posts what was made, in as many messages as it takes, each of them once whatever dies in between."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot.chat import ChatAdapter, Place
from bot.errors import DeliveryFailed
from bot.ports import PostBook
from bot.records import PostRecord, PostState
from bot.replies import Reply
from bot.splitting import split

UNDER_WAY_S = 15.0
"""A call to a platform takes no longer than that until the message is there, or never comes."""

_MARK = re.compile(r"\[(\d{1,3})\]")


def divided(replies: Sequence[Reply], limit: int) -> tuple[Reply, ...]:
    """Replies that fit the platform's messages; each part keeps the sources that it cites, the last one the rest."""
    return tuple(part for reply in replies for part in _parts(reply, limit))


def _parts(reply: Reply, limit: int) -> list[Reply]:
    texts = split(reply.text, limit) or (reply.text,)
    if len(texts) == 1:
        return [reply]
    cited = [{int(number) for number in _MARK.findall(text)} for text in texts]
    parts = [
        replace(
            reply,
            text=text,
            citations=tuple(each for each in reply.citations if each.number in numbers),
            notes=(),
            actions=(),
            files=(),
        )
        for text, numbers in zip(texts, cited, strict=True)
    ]
    return [*parts[:-1], replace(parts[-1], notes=reply.notes, actions=reply.actions, files=reply.files)]


class Poster:
    """Posts the parts of one thing in order; `name` is the same in every process and after each restart.

    What another process has begun to post may be under way for as long as a call takes, so it is waited for before it
    is looked for: a platform that takes a message twice is asked again only when the message has surely not arrived.
    """

    def __init__(
        self, posts: PostBook, new_nonce: Callable[[], str], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._posts = posts
        self._new_nonce = new_nonce
        self._sleep = sleep
        self._refused: set[str] = set()

    async def post(self, adapter: ChatAdapter, place: Place, reply: Reply, *, name: str, part: int) -> bool:
        """Post a part unless it is there; whether it was posted just now. Raises DeliveryFailed, StoreFailed."""
        fresh = PostRecord(nonce=self._new_nonce(), question_id=name, place=place, part=part, state=PostState.CLAIMED)
        post = await self._posts.claim(fresh)
        if post.state is PostState.POSTED:
            return False
        if not await self._posts.posting(post.nonce) and await self._arrived(adapter, post):
            return False
        try:
            message = await adapter.post(place, reply, nonce=post.nonce)
        except DeliveryFailed:
            self._refused.add(post.nonce)
            raise
        self._refused.discard(post.nonce)
        await self._posts.posted(post.nonce, message.id)
        return True

    async def _arrived(self, adapter: ChatAdapter, post: PostRecord) -> bool:
        """Whether a message that somebody has begun to post is there, once it can be under way no more."""
        found = await adapter.find_posted(post.place, post.nonce)
        if found is None and post.nonce not in self._refused:
            await self._sleep(UNDER_WAY_S)
            found = await adapter.find_posted(post.place, post.nonce)
        if found is not None:
            self._refused.discard(post.nonce)
            await self._posts.posted(post.nonce, found.id)
        return found is not None
