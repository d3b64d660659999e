"""What there is on Discord: people, servers, channels, threads, messages, commands. Tests change and look at it."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from .names import (
    ADA,
    BOB,
    CEO,
    CHANNEL,
    DIRECT,
    DM,
    FOREIGN,
    FORUM,
    FORUM_TYPE,
    GUILD,
    LEAD_ROLE,
    LOADING,
    ME,
    NEWCOMER,
    OTHER_GUILD,
    OWN_ROLE,
    QUIET,
    TEXT,
    THREAD,
    TOKEN,
    VOICE,
    VOICE_TYPE,
)
from .things import Interaction, Said

_EPOCH_MS = 1_420_070_400_000
_SEND = 1 << 11
_MANAGE = 1 << 5
_MEMBER = (1 << 10) | (1 << 11) | (1 << 14) | (1 << 15) | (1 << 16) | (1 << 31) | (1 << 35) | (1 << 38)
_DENIED = {"threads": 1 << 35, "send": _SEND, "embeds": 1 << 14, "files": 1 << 15, "view": 1 << 10}
_MENTION = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")


class World:
    """The state. `clock` gives seconds that only grow; `tell` is called with each event that happens."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.tell: Callable[[str, dict[str, Any], str], None] = lambda *_: None
        self.tokens = {TOKEN}
        self.flags = 0
        self.public = True
        self.owner = CEO
        self.names = {ADA: "Ada", BOB: "小明", CEO: "Cleo", NEWCOMER: "Nia", ME: "Advisor"}
        self.member_roles: dict[str, list[str]] = {CEO: [LEAD_ROLE], ME: [OWN_ROLE]}
        self.pending = {NEWCOMER}
        self.closed_to_direct: set[str] = set()
        self.guilds = {GUILD}
        self.denied: dict[str, set[str]] = {QUIET: {"threads"}}
        """What the bot may not do, by channel: `threads`, `send`, `embeds`, `files` or `view`."""

        self.largest = 10 * 1024 * 1024
        """How large the files of a message may be."""

        self.channels: dict[str, dict[str, Any]] = {
            CHANNEL: self._channel(CHANNEL, TEXT, "general"),
            FORUM: self._channel(FORUM, FORUM_TYPE, "questions"),
            VOICE: self._channel(VOICE, VOICE_TYPE, "talk"),
            QUIET: self._channel(QUIET, TEXT, "quiet"),
            FOREIGN: self._channel(FOREIGN, TEXT, "elsewhere", OTHER_GUILD),
            DM: {"id": DM, "type": DIRECT, "recipients": [self.user(ADA)]},
        }
        self.messages: dict[str, Said] = {}
        self.interactions: dict[str, Interaction] = {}
        self.commands: list[dict[str, Any]] = []
        self.registrations = 0
        self.typing: list[str] = []
        self.files: dict[str, bytes] = {}
        self.modals: list[dict[str, Any]] = []
        self.proposals: list[list[dict[str, Any]]] = []
        self._count = itertools.count(1)

    def next_id(self) -> str:
        """A snowflake of now."""
        return str(((int(time.time() * 1000) - _EPOCH_MS) << 22) + next(self._count))

    def user(self, user: str) -> dict[str, Any]:
        """A user as Discord tells of one."""
        return {
            "id": user,
            "username": self.names.get(user, user).lower(),
            "global_name": self.names.get(user),
            "discriminator": "0",
            "avatar": None,
            "bot": user == ME or user.startswith("91"),
        }

    def member(self, user: str, *, whole: bool = False) -> dict[str, Any]:
        """A member of the server; `whole` tells the user as well, and what they may do."""
        told: dict[str, Any] = {
            "roles": self.member_roles.get(user, []),
            "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": user in self.pending,
        }
        return told | {"user": self.user(user), "permissions": str(self.permissions(user))} if whole else told

    def permissions(self, user: str) -> int:
        """What somebody may do in the server."""
        return _MEMBER | (_MANAGE if LEAD_ROLE in self.member_roles.get(user, []) else 0)

    def guild(self, guild: str) -> dict[str, Any]:
        """A server, as GUILD_CREATE tells of it."""
        own = [each for each in self.channels.values() if each.get("guild_id") == guild]
        for channel in own:
            channel["permission_overwrites"] = self._overwrites(channel["id"])
        return {
            "id": guild,
            "name": "Founders",
            "owner_id": "1",
            "member_count": 5,
            "large": False,
            "joined_at": "2026-01-01T00:00:00+00:00",
            "roles": [
                _role(guild, "@everyone", _MEMBER),
                _role(OWN_ROLE, "Advisor", _MEMBER, tags={"bot_id": ME}),
                _role(LEAD_ROLE, "Leads", _MEMBER | _MANAGE),
            ],
            "channels": [each for each in own if "thread_metadata" not in each],
            "threads": [each for each in own if "thread_metadata" in each],
            "members": [self.member(ME) | {"user": self.user(ME)}],
            "emojis": [],
            "stickers": [],
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "features": [],
            "premium_tier": 0,
            "preferred_locale": "en-US",
        }

    def own_servers(self) -> list[dict[str, Any]]:
        """The servers that the bot is in, as far as a list of them tells."""
        return [
            {"id": guild, "name": "Founders", "owner": False, "permissions": str(self.permissions(ME)), "features": []}
            for guild in sorted(self.guilds)
        ]

    def add_thread(self, thread: str, parent: str, name: str, *, kind: int = THREAD) -> dict[str, Any]:
        """Opens a thread, and tells of it."""
        owner = {"owner_id": ME, "message_count": 0, "member_count": 1}
        meta = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": _now(), "locked": False}
        guild = self.channels[parent]["guild_id"]
        made = self._channel(thread, kind, name, guild) | owner | {"parent_id": parent, "thread_metadata": meta}
        self.channels[thread] = made
        self.tell("THREAD_CREATE", made | {"newly_created": True}, thread)
        return made

    def keep(self, said: Said) -> Said:
        """Posts a message, and tells of it unless one person alone sees it."""
        self.messages[said.id] = said
        if not said.person:
            self.tell("MESSAGE_CREATE", self.told(said) | ({"nonce": said.nonce} if said.nonce else {}), said.channel)
        return said

    def changed(self, said: Said) -> None:
        """A message was edited."""
        said.edited = _now()
        said.edits.append(said.content)
        if not said.person:
            self.tell("MESSAGE_UPDATE", self.told(said), said.channel)

    def remove(self, said: Said) -> None:
        """Takes a message away."""
        said.gone = True
        del self.messages[said.id]
        guild = self.channels[said.channel].get("guild_id")
        data = {"id": said.id, "channel_id": said.channel} | ({"guild_id": guild} if guild else {})
        self.tell("MESSAGE_DELETE", data, said.channel)

    def take_away(self, channel: str) -> None:
        """Takes a channel or a thread away with all that was said there."""
        gone = self.channels[channel]
        self.tell("THREAD_DELETE" if gone.get("thread_metadata") else "CHANNEL_DELETE", gone, channel)
        del self.channels[channel]
        for said in [each for each in self.messages.values() if each.channel == channel]:
            said.gone = True
            del self.messages[said.id]

    def told(self, said: Said, *, deep: bool = True) -> dict[str, Any]:
        """A message as Discord tells of it."""
        people = [self.user(user) for user in dict.fromkeys(_MENTION.findall(said.content)) if user in self.names]
        answered = self.messages.get(str((said.reference or {}).get("message_id")))
        if answered and answered.author not in {user["id"] for user in people} and said.author != ME:
            # Who answers a message speaks to its author, unless they switch that off.
            people.append(self.user(answered.author))
        guild = self.channels[said.channel].get("guild_id")
        told: dict[str, Any] = {
            "id": said.id,
            "channel_id": said.channel,
            "author": self.user(said.author),
            "content": said.content,
            "timestamp": _time_of(said.id),
            "edited_timestamp": said.edited,
            "tts": False,
            "mention_everyone": False,
            "mentions": people,
            "mention_roles": list(dict.fromkeys(_ROLE.findall(said.content))),
            "attachments": said.attachments,
            "embeds": said.embeds,
            "components": said.components,
            "pinned": False,
            "type": 19 if said.reference and not said.kind else said.kind,
            "flags": said.flags,
        }
        if said.webhook:
            return told | {"webhook_id": said.webhook, "guild_id": guild}
        if guild:
            told |= {"guild_id": guild, "member": self.member(said.author)}
        if said.reference:
            told["message_reference"] = {"channel_id": said.channel, **said.reference}
            if deep:
                told["referenced_message"] = self.told(answered, deep=False) if answered else None
        return told

    def own(self, channel: str = "") -> list[Said]:
        """The bot's messages that all see, in their order."""
        own = [said for said in self.messages.values() if said.author == ME and not said.person]
        return [said for said in own if not channel or said.channel == channel]

    def whispers(self, person: str = "") -> list[Said]:
        """What the bot told people alone."""
        found = [said for said in self.messages.values() if said.person and not said.flags & LOADING]
        return [said for said in found if not person or said.person == person]

    def _channel(self, channel: str, kind: int, name: str, guild: str = GUILD) -> dict[str, Any]:
        return {
            "id": channel,
            "type": kind,
            "guild_id": guild,
            "name": name,
            "position": 0,
            "permission_overwrites": [],
            "parent_id": None,
            "topic": None,
            "nsfw": False,
            "bitrate": 64000,
            "user_limit": 0,
            "available_tags": [],
        }

    def _overwrites(self, channel: str) -> list[dict[str, Any]]:
        denied = self.denied.get(channel, set())
        bits = sum(_DENIED[each] for each in denied)
        return [{"id": ME, "type": 1, "allow": "0", "deny": str(bits)}] if bits else []


def _role(role: str, name: str, permissions: int, **more: Any) -> dict[str, Any]:
    return {
        "id": role,
        "name": name,
        "permissions": str(permissions),
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": bool(more),
        "mentionable": False,
        "flags": 0,
        **more,
    }


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _time_of(snowflake: str) -> str:
    return datetime.fromtimestamp(((int(snowflake) >> 22) + _EPOCH_MS) / 1000, UTC).isoformat()
