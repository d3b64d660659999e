"""The message model that every chat shares: who, where, what came in, and what an adapter must be able to do.

Nothing here knows Slack, Discord or the terminal. An adapter turns its platform's events into `Incoming` values and
renders `Reply` and `Form` values; everything between is `bot.engine`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from bot.payloads import Payload
from bot.replies import Form, Reply


class PlaceKind(StrEnum):
    """What kind of room a conversation is held in."""

    CHANNEL = "channel"
    THREAD = "thread"
    DM = "dm"
    FORUM = "forum"
    """A thread that is a post of a forum: its title is part of the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something was said, and where its answer goes. `workspace` is a Slack team or a Discord server.

    `thread` is "" where answers are given outside a thread. Where an answer opens one, the message that it answers
    carries its own id as `thread`, so that the message, its answer and what follows are one conversation.
    """

    platform: str
    workspace: str
    channel: str
    thread: str = ""
    kind: PlaceKind = PlaceKind.CHANNEL

    @property
    def key(self) -> str:
        """The conversation's name in the store: one thread, or a whole channel where there is no thread."""
        return f"{self.channel_key}/{self.thread}"

    @property
    def channel_key(self) -> str:
        """The channel's name in the store; its settings hold for all of its threads."""
        return f"{self.platform}/{self.workspace}/{self.channel}"

    @property
    def private(self) -> bool:
        """Whether one person alone reads along."""
        return self.kind is PlaceKind.DM


ADMIN_ROLE: Final = "admin"
"""Among a person's roles: an admin of the bot, as the adapter has found out. Ids of platforms never look like it."""


VOUCHER_ROLE: Final = "voucher"
"""Among a person's roles: an admin who may register the workspace, for the bot's owner has brought it there."""


class Standing(StrEnum):
    """How far the workspace itself trusts a person."""

    MEMBER = "member"
    GUEST = "guest"
    STRANGER = "stranger"
    """Somebody of another organisation, as in a channel shared by two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who said it. `name` is for addressing in a reply and is never stored; `roles` are those of the platform.

    `is_self` marks the bot's own messages, for platforms that hand them back.
    """

    platform: str
    workspace: str
    id: str
    name: str = ""
    is_bot: bool = False
    is_self: bool = False
    standing: Standing = Standing.MEMBER
    roles: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """The person's name in the store."""
        return f"{self.platform}/{self.workspace}/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRef:
    """One posted message."""

    place: Place
    id: str


class Address(StrEnum):
    """How a message speaks to the bot."""

    MENTION = "mention"
    DM = "dm"
    REPLY = "reply"
    """An answer to one of the bot's own messages."""

    REQUEST = "request"
    """A shortcut, a context menu or a reaction that asks for an answer to a message."""

    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a message; `reference` is what the adapter fetches it by."""

    name: str
    size: int
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """What every event tells: its own id, the same on each delivery, and where and when it happened."""

    event_id: str
    place: Place
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act(_Event):
    """An event of which it is known who caused it."""

    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(_Act):
    """Somebody wrote. `text` is without the bot's own mention; `mentions` are the ids of other people in it."""

    message_id: str
    text: str
    address: Address = Address.NONE
    mentions: tuple[str, ...] = ()
    title: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandCall(_Act):
    """Somebody called a command. `arguments` are by name where the platform names them; else `text` holds them all.

    `mentions` are the ids of people and groups whom the words mention.
    """

    name: str
    text: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    mentions: tuple[str, ...] = ()
    trigger: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press(_Act):
    """Somebody pressed a button or chose from a list under a message; `values` are the choices."""

    message: MessageRef | None
    payload: Payload
    values: tuple[str, ...] = ()
    trigger: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission(_Act):
    """Somebody sent a form; `values` are by the names of its fields."""

    payload: Payload
    values: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    locale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited(_Act):
    """Somebody changed what they had written."""

    message_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted(_Event):
    """A message was taken away."""

    message_id: str


Incoming = Message | CommandCall | Press | Submission | Edited | Deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a platform allows, in the units that `bot.delivery` plans with."""

    message_characters: int
    """Longest text of one message."""
    edit_interval_s: float
    """Least time between two changes of one message."""
    file_characters: int = 40_000
    """A longer answer is sent as a file."""

    overhears: bool = True
    """Whether messages are heard that do not mention the bot."""
    forms: bool = True
    private_replies: bool = True
    private_files: bool = False
    """Whether a reply that one person alone reads may carry files."""

    private_elsewhere: bool = False
    """Whether such a reply may arrive in another place, in which buttons know nothing of what was said here."""

    sharing: bool = False
    """Whether the bot keeps what one person was told, so that a button may show it to the others."""
    paths: bool = False
    """Whether a person may name a file by its path, since the bot runs on their own machine."""
    command_prefix: str = "/advisor "
    """What stands before a command's name where a person types it."""

    admin_prefix: str = "/advisor "
    """The same for commands that are for admins alone."""

    fields: bool = False
    """Whether a command's arguments are fields that are filled in by name, rather than words behind it."""
    hint_characters: int = 0
    """Room that a command which a text names takes besides its letters."""

    registers: bool = False
    """Whether a workspace has to be registered before its admins may do what reaches beyond it."""
    one_account: bool = False
    """Whether a person has the same id in all workspaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message of a place's history; `own` tells the bot's messages from people's."""

    message_id: str
    person_id: str
    own: bool
    text: str
    at: datetime


class ChatAdapter(Protocol):
    """One platform. Every method raises `DeliveryFailed` when the platform refuses for good or is out of reach."""

    platform: str
    capabilities: Capabilities

    async def post(self, place: Place, reply: Reply, *, nonce: str, reply_to: str = "") -> MessageRef:
        """Post a message; posting the same nonce twice makes one message where the platform can tell."""
        ...

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        """Replace the whole content of a message."""
        ...

    async def delete(self, message: MessageRef) -> None:
        """Take a message away; one that is gone already is no error."""
        ...

    async def whisper(self, place: Place, person: Person, reply: Reply) -> None:
        """Say something that one person alone reads."""
        ...

    async def open_form(self, trigger: str, form: Form) -> None:
        """Show a form to whoever caused the trigger."""
        ...

    async def find_posted(self, place: Place, nonce: str) -> MessageRef | None:
        """The message that carries a nonce, where it was posted before a crash."""
        ...

    async def history(self, place: Place, *, limit: int) -> Sequence[Said]:
        """The last messages of a place, oldest first; () where the platform does not tell."""
        ...

    async def fetch(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """The content of a file that came in."""
        ...
