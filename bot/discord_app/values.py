"""What the bot needs to know of what Discord hands over, without Discord's library: ids are texts, times are aware."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.chat import Attachment, Standing

PLATFORM = "discord"
DIRECT = "@me"
"""The workspace of direct messages, which belong to no server."""


class RoomKind(StrEnum):
    """What kind of channel something happened in."""

    CHANNEL = "channel"
    THREAD = "thread"
    POST = "post"
    """A thread that is a post of a forum."""

    DIRECT = "direct"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A channel. `parent` is that of a thread, `title` what a thread is called; `guild` is "" outside a server."""

    id: str
    kind: RoomKind
    guild: str = ""
    parent: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Whoever did something. `manages` says that Discord lets them manage the server."""

    id: str
    name: str = ""
    is_bot: bool = False
    roles: frozenset[str] = frozenset()
    manages: bool = False
    standing: Standing = Standing.MEMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A message.

    `names` are of the people, roles and channels that it mentions, by their ids; `people` are the ids of the people,
    `own_roles` those of roles that Discord has made for the bot.
    `root` is the message that the bot's own one answered to which this one is a reply; "" where it is none. `answers`
    is the text of what it is a reply to, as far as Discord tells it.
    """

    id: str
    room: Room
    author: Author
    at: datetime
    text: str = ""
    people: tuple[str, ...] = ()
    own_roles: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    root: str = ""
    answers: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """An interaction: a command, a button, a form. `data` is Discord's own; `message` is what the button stood under.

    `response` is the message that Discord already shows as the answer to a command.
    """

    id: str
    room: Room
    author: Author
    at: datetime
    data: Mapping[str, Any]
    locale: str = ""
    message: Written | None = None
    ephemeral: bool = False
    response: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Self:
    """The bot itself: its user, and the roles whose members are its admins."""

    user: str
    admin_roles: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()
    """Whose application it is."""

    closed: bool = False
    """Whether nobody but they may add the bot to a server."""
