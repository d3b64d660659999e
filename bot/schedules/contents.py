"""What is posted for a schedule: the seam between time and content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from bot.replies import Reply
from bot.schedules.records import Schedule, ScheduleKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One time at which something is to be posted.

    Attributes:
        seen: the sighting of the library up to which the schedule has told, None before its first post.
        last: when it last told something.
        skipped: how often it was skipped since then.
        since: tell of everything of this date and later instead: for a preview.
        labels: the audiences of the one person who looks at a preview; None for those of the channel.
    """

    schedule: Schedule
    now: datetime
    seen: int | None = None
    last: datetime | None = None
    skipped: int = 0
    since: date | None = None
    labels: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What to post. It may be too long for one message: whoever posts it divides it.

    `told` names what is never told to the channel again, `seen` the last sighting that was taken into account. Where
    it is `empty`, a schedule that is silent posts nothing.
    """

    replies: tuple[Reply, ...]
    told: tuple[str, ...] = ()
    seen: int = 0
    empty: bool = False


class Contents(Protocol):
    """Makes what schedules of one kind post, and shows it as a preview. It must post nothing itself."""

    async def make(self, occasion: Occasion) -> Made:
        """What to post on an occasion. Raises RagError."""
        ...

    def unknown(self, topics: frozenset[str]) -> frozenset[str]:
        """Those of the topics about which it will never have anything."""
        ...


class OwnPosts(Protocol):
    """Posts what schedules of one kind post, in place of whoever keeps to them: people work on it where it stands.

    What `Contents` makes of the kind decides alone whether there is anything to post.
    """

    async def post(self, schedule: Schedule, *, at: datetime, claim: str) -> None:
        """Post, or finish what was begun with the claim: also after a death in between it is posted once.

        Raises:
            DeliveryFailed: the platform took it not, or in part; call again with the same claim.
            RagError: it could not be made.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """Who makes what schedules post, and who posts it: those in `own_posts`, of all other kinds the keeper itself."""

    contents: Mapping[ScheduleKind, Contents]
    own_posts: Mapping[ScheduleKind, OwnPosts] = field(default_factory=dict)
