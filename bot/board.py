"""The messages of one question on their platform: claimed in the store, posted once, then edited at a bearable pace.

Frames between two edits are dropped, the last state always lands: it is tried again when the platform asks for
patience, and posted as a new message when the old one can no longer be edited.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.chat import ChatAdapter, MessageRef, Place
from bot.errors import DeliveryFailed
from bot.ports import PostBook
from bot.records import PostRecord, PostState, QuestionRecord
from bot.replies import Reply, Visibility
from bot.wording import Say, Wording
from rag.errors import RagError

_ATTEMPTS = 5
_LONGEST_WAIT_S = 30.0
_REPLACEMENT = 1000
"""Added to a part's number for the message that takes the place of one that cannot be edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """The time that delivery lives by. `grace_s` is how long nothing is shown: most answers need no sign of work."""

    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    grace_s: float = 0.3


class Occasion(Protocol):
    """What messages are about: a question (`bot.records.QuestionRecord`), or a list that nobody asked for in words."""

    @property
    def id(self) -> str:
        """The name under which the store keeps the messages."""
        ...

    @property
    def place(self) -> Place:
        """Where they are posted."""
        ...

    @property
    def message_id(self) -> str:
        """The message that they answer, or ""."""
        ...


class Board:
    """What people see of one question. `lock` is held while the platform is asked, so that nothing overtakes."""

    def __init__(
        self,
        question: Occasion,
        adapter: ChatAdapter,
        posts: PostBook,
        *,
        pacing: Pacing,
        new_nonce: Callable[[], str],
    ) -> None:
        self.lock = asyncio.Lock()
        self._question = question
        self._adapter = adapter
        self._posts = posts
        self._pacing = pacing
        self._new_nonce = new_nonce
        self._wanted: tuple[Reply, ...] = ()
        self._shown: dict[int, Reply] = {}
        self._messages: dict[int, MessageRef] = {}
        self._due = pacing.clock() + pacing.grace_s
        self._tried: set[int] = set()
        self._sole = False
        self._changed = asyncio.Event()

    @property
    def wanted(self) -> tuple[Reply, ...]:
        """What the messages ought to show."""
        return self._wanted

    @property
    def begun(self) -> bool:
        """Whether the platform has taken any of it."""
        return bool(self._messages)

    def want(self, replies: Sequence[Reply]) -> None:
        """Sets what the messages ought to show; `keep_showing` brings it about when its time has come."""
        self._wanted = tuple(replies)
        self._changed.set()

    async def show_now(self, replies: Sequence[Reply]) -> None:
        """Shows a sign at once, unless the last edit was a moment ago; then the sign is dropped.

        Raises:
            RagError: the platform or the store failed.
        """
        if self._messages and self._pacing.clock() < self._due:
            return
        self._wanted = tuple(replies)
        async with self.lock:
            await self._frame()

    async def keep_showing(self) -> None:
        """Shows what is wanted, as often as the platform bears, until it is cancelled. A frame that fails is let go."""
        while True:
            await self._changed.wait()
            await self._until_due()
            self._changed.clear()
            async with self.lock:
                try:
                    await self._frame()
                except RagError as error:
                    self._postpone(error)

    def _postpone(self, error: RagError) -> None:
        patience = error.retry_after_s if isinstance(error, DeliveryFailed) else None
        self._due = self._pacing.clock() + self._interval + (patience or 0.0)
        if error.retryable:
            self._changed.set()

    async def settle(self, replies: Sequence[Reply]) -> None:
        """Shows the last state, whatever it takes, and takes away messages of an earlier try that it does not fill.

        Raises:
            DeliveryFailed: the platform took it neither as an edit nor as a new message.
            StoreFailed: the store lost track of the messages.
        """
        self._wanted = tuple(replies)
        async with self.lock:
            for part, reply in enumerate(self._wanted):
                if self._shown.get(part) != reply:
                    if self._shown:
                        await self._until_due()
                    await self._surely(part, reply)
            await self._remove_from(len(self._wanted))

    async def withdraw(self) -> None:
        """Takes all messages away.

        Raises:
            DeliveryFailed: the platform did not take a message away.
        """
        async with self.lock:
            await self._remove_from(0)

    @property
    def _interval(self) -> float:
        return self._adapter.capabilities.edit_interval_s

    async def _until_due(self) -> None:
        wait = self._due - self._pacing.clock()
        if wait > 0:
            await self._pacing.sleep(wait)

    async def _frame(self) -> None:
        for part, reply in enumerate(self._wanted):
            if self._shown.get(part) != reply:
                await self._show(part, reply)

    async def _surely(self, part: int, reply: Reply) -> None:
        """Shows a reply; a platform that asks for patience gets it, a message that is gone is replaced."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                await self._show(part, reply)
            except DeliveryFailed as error:
                if attempt == _ATTEMPTS:
                    raise
                if error.retryable:
                    await self._pacing.sleep(min(error.retry_after_s or 0.0, _LONGEST_WAIT_S))
                elif part in self._messages:
                    await self._post(part + _REPLACEMENT, reply)
                    return
                else:
                    raise
            else:
                return

    async def _show(self, part: int, reply: Reply) -> None:
        if part in self._messages:
            await self._adapter.edit(self._messages[part], reply)
        else:
            self._messages[part] = await self._post(part, reply)
        self._shown[part] = reply
        self._due = self._pacing.clock() + self._interval

    async def _post(self, part: int, reply: Reply) -> MessageRef:
        """Posts a part, or edits the message in which it was posted before a restart."""
        place = self._question.place
        fresh = PostRecord(
            nonce=self._new_nonce(), question_id=self._question.id, place=place, part=part, state=PostState.POSTING
        )
        self._tried.add(part)
        post = await self._posts.claim(fresh)
        self._sole |= part == 0 and post.nonce == fresh.nonce
        if post.nonce != fresh.nonce:
            known = await self._arrived(post)
            if known is not None:
                # Remembered before the edit: where that fails, the next try must edit and not ask the store again.
                self._messages[part] = known
                await self._adapter.edit(known, reply)
                return known
            await self._posts.posting(post.nonce)
        message = await self._adapter.post(place, reply, nonce=post.nonce, reply_to=self._question.message_id)
        self._messages[part] = message
        await self._posts.posted(post.nonce, message.id)
        return message

    async def _arrived(self, post: PostRecord) -> MessageRef | None:
        """The message of a post that came of an earlier try, also of one that was cut short."""
        if post.state is PostState.POSTED:
            return MessageRef(place=post.place, id=post.message_id)
        if post.state is not PostState.POSTING:
            return None
        found = await self._adapter.find_posted(post.place, post.nonce)
        if found is not None:
            await self._posts.posted(post.nonce, found.id)
        return found

    async def _remove_from(self, part: int) -> None:
        # Parts are claimed in their order: a board that was the first to claim the first one need not ask the store.
        if self._sole and all(tried % _REPLACEMENT < part for tried in self._tried):
            return
        for post in await self._posts.of_question(self._question.id):
            unfilled = part <= post.part % _REPLACEMENT
            if unfilled and post.state is not PostState.ABANDONED:
                message = await self._arrived(post)
                if message is not None:
                    await self._adapter.delete(message)
                await self._posts.abandon(post.nonce)
                self._messages.pop(post.part, None)
                self._shown.pop(post.part, None)


async def tell_alone(
    question: QuestionRecord, replies: Sequence[Reply], adapter: ChatAdapter, wording: Wording
) -> None:
    """Says to whoever asked what would have been posted, where the bot may not write. Raises DeliveryFailed."""
    *rest, last = replies
    note = wording.say(Say.TOLD_ALONE, last.language)
    actions = () if adapter.capabilities.private_elsewhere else last.actions
    for reply in (*rest, replace(last, notes=(*last.notes, note), actions=actions)):
        await adapter.whisper(question.place, question.person, replace(reply, visibility=Visibility.PRIVATE))
