"""A chat that lives in memory: for tests, for measuring, and as the plainest form of `bot.chat.ChatAdapter`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.chat import Attachment, Capabilities, MessageRef, Person, Place, Said
from bot.errors import DeliveryFailed
from bot.replies import Form, Reply


class Moment(StrEnum):
    """When a call is looked at: before it has done anything, or after all of it is done."""

    BEFORE = "before"
    AFTER = "after"


Watch = Callable[[str, Moment], Awaitable[None]]
"""Called with a method's name around each call. What it raises is raised by the method: a platform that fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message as it stands; `versions` are all replies that it has shown, the present one last."""

    ref: MessageRef
    nonce: str
    reply_to: str
    versions: tuple[Reply, ...]

    @property
    def reply(self) -> Reply:
        """What the message says now."""
        return self.versions[-1]


class MemoryChat:
    """A platform whose messages are values in a list. The same nonce makes the same message."""

    def __init__(self, platform: str = "memory", *, capabilities: Capabilities | None = None) -> None:
        self.platform = platform
        self.capabilities = capabilities or Capabilities(message_characters=4000, edit_interval_s=0)
        self.whispers: list[tuple[Place, Person, Reply]] = []
        self.forms: list[tuple[str, Form]] = []
        self.said: dict[str, list[Said]] = {}
        self.files: dict[str, bytes] = {}
        self.watch: Watch | None = None
        self._posted: dict[str, Posted] = {}
        self._nonces: dict[str, str] = {}
        self._count = 0

    @property
    def posted(self) -> tuple[Posted, ...]:
        """The messages that are there, in the order in which they were posted."""
        return tuple(self._posted.values())

    async def post(self, place: Place, reply: Reply, *, nonce: str, reply_to: str = "") -> MessageRef:
        """Post a message; see `bot.chat.ChatAdapter`."""
        await self._look("post", Moment.BEFORE)
        known = self._by_nonce(nonce)
        if known is None:
            self._count += 1
            ref = MessageRef(place=place, id=f"m{self._count}")
            known = Posted(ref=ref, nonce=nonce, reply_to=reply_to, versions=(reply,))
            self._posted[ref.id] = known
            self._nonces[nonce] = ref.id
        await self._look("post", Moment.AFTER)
        return known.ref

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        """Replace a message's content; see `bot.chat.ChatAdapter`."""
        await self._look("edit", Moment.BEFORE)
        known = self._posted.get(message.id)
        if known is None:
            raise DeliveryFailed(f"there is no message {message.id!r} to edit")
        self._posted[message.id] = replace(known, versions=(*known.versions, reply))
        await self._look("edit", Moment.AFTER)

    async def delete(self, message: MessageRef) -> None:
        """Take a message away; see `bot.chat.ChatAdapter`."""
        await self._look("delete", Moment.BEFORE)
        self._posted.pop(message.id, None)
        await self._look("delete", Moment.AFTER)

    async def whisper(self, place: Place, person: Person, reply: Reply) -> None:
        """Say something to one person; see `bot.chat.ChatAdapter`."""
        await self._look("whisper", Moment.BEFORE)
        self.whispers.append((place, person, reply))
        await self._look("whisper", Moment.AFTER)

    async def open_form(self, trigger: str, form: Form) -> None:
        """Show a form; see `bot.chat.ChatAdapter`."""
        await self._look("open_form", Moment.BEFORE)
        self.forms.append((trigger, form))
        await self._look("open_form", Moment.AFTER)

    async def find_posted(self, place: Place, nonce: str) -> MessageRef | None:
        """The message that carries a nonce; see `bot.chat.ChatAdapter`."""
        await self._look("find_posted", Moment.BEFORE)
        known = self._by_nonce(nonce)
        return known.ref if known and known.ref.place.key == place.key else None

    async def history(self, place: Place, *, limit: int) -> Sequence[Said]:
        """The last messages that were laid into `said`; see `bot.chat.ChatAdapter`."""
        await self._look("history", Moment.BEFORE)
        return tuple(self.said.get(place.key, ())[-limit:])

    async def fetch(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """The content that was laid into `files`; see `bot.chat.ChatAdapter`."""
        await self._look("fetch", Moment.BEFORE)
        content = self.files.get(attachment.reference)
        if content is None:
            raise DeliveryFailed(f"there is no file {attachment.reference!r}")
        if len(content) > limit_bytes:
            raise DeliveryFailed(f"the file {attachment.name!r} has {len(content)} bytes; {limit_bytes} are allowed")
        return content

    def _by_nonce(self, nonce: str) -> Posted | None:
        return self._posted.get(self._nonces.get(nonce, ""))

    async def _look(self, method: str, moment: Moment) -> None:
        if self.watch is not None:
            await self.watch(method, moment)
