"""Settings of what is posted at set times, and of the feeds that are followed."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_CHANNEL = re.compile(r"[\w-]+/[^/\s]*/[^/\s]+")


def _channel(text: str) -> str:
    if text and not _CHANNEL.fullmatch(text):
        raise ValueError("name a channel as platform/workspace/channel, such as slack/T024BE7LD/C0266FRGM")
    return text


def _feed(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, half an IPv6 address
        usable = False
    if not usable or "@" in parts.netloc:
        raise ValueError("give an address such as https://example.org/feed.xml, without user and password")
    return url


Channel = Annotated[str, AfterValidator(_channel)]


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ScheduleSettings(_Group):
    """How what is due is posted."""

    zone: str = Field(default="UTC", min_length=1)
    """The time zone of channels that have set none, by its IANA name."""

    catch_up_hours: float = Field(default=24.0, ge=0, le=24 * 31)
    """What was missed is made up for within so many hours, the last time alone; else it is skipped with a note."""

    report_to: Channel = ""
    """The channel where an admin reads of posts that fail, as platform/workspace/channel."""

    look_every_s: float = Field(default=30.0, gt=0, le=600)
    """How often it is looked whether another process or command has changed anything."""

    workers: int = Field(default=4, ge=1, le=64)
    """How many posts are made at once."""

    posts_per_second: float = Field(default=5.0, gt=0)
    """How fast they go out, over all channels together."""

    lease_s: float = Field(default=300.0, ge=30)
    """How long one process works on a post before another takes it for dead."""


class DigestEntry(_Group):
    """One `[[digests]]` of the settings file."""

    name: str = Field(pattern=r"^[\w-]{1,40}$")
    channel: Channel = Field(min_length=1)
    when: str = Field(min_length=1)
    kind: Literal["trends", "checklist", "report"] = "trends"
    zone: str = ""
    language: Literal["", "zh", "en"] = ""
    topics: tuple[str, ...] = ()
    silent: bool = False
    """Post nothing when nothing is new."""

    dm: bool = False
    """The channel is a direct message."""

    person: str = Field(default="", pattern=r"^[\w.-]*$")
    """The id of whom the direct message is with, whose profile counts then."""


class FeedSource(_Group):
    """One `[[feeds.sources]]`: a feed whose items join the library."""

    url: Annotated[str, AfterValidator(_feed)]
    topics: tuple[str, ...] = ()
    audience: tuple[str, ...] = ("public",)
    """Who may read the items."""


class FeedSettings(_Group):
    """Which RSS and Atom feeds are followed, and how far they are trusted."""

    sources: tuple[FeedSource, ...] = ()
    every_minutes: float = Field(default=60.0, ge=5)
    timeout_s: float = Field(default=20.0, gt=0, le=300)
    """Longest time for one feed, redirects included."""

    max_megabytes: float = Field(default=5.0, gt=0, le=50)
    items: int = Field(default=100, ge=1, le=2_000)
    """Most items that are kept of one feed, the newest ones."""

    keep_days: int = Field(default=180, ge=1)
    """Older items are taken out of the library."""

    allow_hosts: tuple[str, ...] = ()
    """Hosts that may have a private address; all others may not."""
