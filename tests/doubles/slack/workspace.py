"""A workspace of Slack's in memory: its people, channels, messages and files, as its methods leave them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

TEAM, APP = "T0HOME", "A0ADVISOR"
BOT_USER, BOT = "U0ADVISOR", "B0ADVISOR"
BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-1-good", "xapp-1-good", "signing-secret"
ADA, BOB, GUEST, STRANGER = "U0ADA", "U0BOB", "U0GUEST", "U0STRANGER"
CHANNEL, PRIVATE, ELSEWHERE, DM = "C0GENERAL", "G0BOARD", "C0ELSEWHERE", "D0ADA"

SCOPES = frozenset(
    "app_mentions:read assistant:write channels:history chat:write chat:write.public commands files:read files:write "
    "groups:history im:history im:write mpim:history reactions:read usergroups:read users:read".split()
)


@dataclass
class Said:
    """One message as Slack keeps it."""

    channel: str
    ts: str
    user: str
    text: str
    thread_ts: str = ""
    bot_id: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    streaming: bool = False
    stopped: bool = False
    """Whether its reader has stopped the stream."""

    cards: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Signs of work in a stream: title and state by their ids."""

    edits: int = 0
    subtype: str = ""

    def shown(self, *, with_metadata: bool = False) -> dict[str, Any]:
        """As a method returns it and as an event tells of it."""
        more = {
            "thread_ts": self.thread_ts,
            "bot_id": self.bot_id,
            "blocks": self.blocks,
            "subtype": self.subtype,
            "metadata": self.metadata if with_metadata else None,
            "app_id": APP if self.bot_id == BOT else "",
        }
        kept = {key: value for key, value in more.items() if value}
        return {"type": "message", "user": self.user, "text": self.text, "ts": self.ts, "team": TEAM, **kept}


@dataclass
class Refusal:
    """What a method answers instead of doing its work, or `after` it; `times` is how often."""

    error: str
    times: int = 1
    status: int = 200
    retry_after: int | str | None = None
    after: bool = False
    more: dict[str, Any] = field(default_factory=dict)
    page: str | None = None
    """What is answered in place of Slack's JSON, by something on the way, as a text of the kind `page_type`."""

    page_type: str = "text/html"


class Workspace:
    """What there is. Tests change it as they like and look at it afterwards."""

    call_s = 0.0
    """How long each method takes."""

    put_off = 0
    """How many messages came too fast."""

    adorned: Mapping[str, Any] = {}
    """What every answer holds besides, such as warnings."""

    def __init__(self) -> None:
        self.tokens: dict[str, frozenset[str]] = {BOT_TOKEN: SCOPES}
        self.app_tokens: dict[str, frozenset[str]] = {APP_TOKEN: frozenset({"connections:write"})}
        self.revoked: set[str] = set()
        self.lacking: set[str] = set()  # blocks that this Slack does not know
        self.about: dict[str, Any] = {}  # what auth.test tells otherwise
        self.socket_url = ""  # the address that a socket is sent to instead of the right one
        self.members: dict[str, set[str]] = {
            CHANNEL: {BOT_USER, ADA, BOB, GUEST, STRANGER},
            PRIVATE: {BOT_USER, ADA},
            ELSEWHERE: {ADA},
            DM: {BOT_USER, ADA},
        }
        self.users: dict[str, dict[str, Any]] = {
            ADA: _user(ADA, "Ada", locale="en-US"),
            BOB: _user(BOB, "小明", locale="zh-CN"),
            GUEST: _user(GUEST, "Gus", is_restricted=True),
            STRANGER: _user(STRANGER, "Sam", team_id="T0OTHER", is_stranger=True),
            BOT_USER: _user(BOT_USER, "Advisor", is_bot=True),
        }
        self.groups: dict[str, set[str]] = {}  # who belongs to each
        self.messages: dict[tuple[str, str], Said] = {}
        self.whispers: list[dict[str, Any]] = []
        self.replies: list[tuple[str, dict[str, Any]]] = []  # posted to response addresses, each with its person
        self.views: dict[str, dict[str, Any]] = {}
        self.homes: dict[str, dict[str, Any]] = {}  # people's home tabs, as they were published last
        self.files: dict[str, dict[str, Any]] = {}
        self.statuses: list[dict[str, Any]] = []
        self.prompts: list[dict[str, Any]] = []
        self.titles: dict[tuple[str, str], str] = {}
        self.triggers: set[str] = set()
        self.refusals: dict[str, list[Refusal]] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.posted_at: dict[str, float] = {}
        self.post_interval_s = 0.0  # least time between two messages to a channel; faster ones get 429

        self._seconds, self._count = 1_800_000_000, itertools.count(1)

    def next_id(self, prefix: str) -> str:
        """An id that nothing has yet."""
        return f"{prefix}{next(self._count):06d}"

    def next_ts(self) -> str:
        """A message's id."""
        return f"{self._seconds}.{next(self._count):06d}"

    def at(self, seconds: int) -> None:
        """Sets the time that messages are dated with."""
        self._seconds = seconds

    def refuse(self, method: str, *refusals: Refusal) -> None:
        """Has a method answer so, before it works again."""
        self.refusals.setdefault(method, []).extend(refusals)

    def called(self, method: str) -> list[dict[str, Any]]:
        """The arguments of each call of a method."""
        return [arguments for name, arguments in self.calls if name == method]

    def own(self) -> list[Said]:
        """The bot's messages, in their order."""
        return [said for said in self.messages.values() if said.user == BOT_USER]

    def thread(self, channel: str, ts: str) -> list[Said]:
        """A thread, oldest first."""
        return [said for said in self.messages.values() if said.channel == channel and ts in {said.ts, said.thread_ts}]


def markdown_of(blocks: Iterable[dict[str, Any]]) -> str:
    """What a message says in its Markdown blocks."""
    return "\n".join(block["text"] for block in blocks if block["type"] == "markdown")


def _user(user: str, name: str, *, locale: str = "en-US", team_id: str = TEAM, **flags: Any) -> dict[str, Any]:
    return {
        "id": user,
        "team_id": team_id,
        "name": name.lower(),
        "locale": locale,
        "is_bot": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "profile": {"real_name": name, "display_name": name},
        **flags,
    }
