"""What passes between the desk of inputs and whoever asks it for something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.input_records import InputRecord
from bot.input_settings import InputSettings
from bot.schedule_settings import FeedSettings
from rag.catalogue import Filing
from rag.settings import IngestSettings


class Refusal(StrEnum):
    """Why an input cannot be added, or changed as wanted. Those of the web are `rag.ingest.fetching.Reason`."""

    EMPTY = "empty"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    FORMAT = "file_format"
    HOME = "home"
    WHOLE = "whole"
    """The root of the file system."""

    COVERED = "covered"
    COVERS = "covers"
    KNOWN = "known"
    NO_ADDRESS = "no_address"
    FROM_SETTINGS = "from_settings"


class Refused(Exception):
    """Something is not done: `reason` is of `Refusal` or of the web's reasons, `value` is what it is about."""

    def __init__(self, reason: str, value: str = "") -> None:
        super().__init__(f"{reason}: {value}")
        self.reason = reason
        self.value = value


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRules:
    """The settings of inputs and of feeds, which may be added in a chat, too, and of how files are read."""

    settings: InputSettings = field(default_factory=InputSettings)
    feeds: FeedSettings = field(default_factory=FeedSettings)
    ingest: IngestSettings = field(default_factory=IngestSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An input that somebody wants: a path or an address, how it is filed, and how often it is read again."""

    target: str
    filing: Filing = Filing()
    every: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What would be read: `files` counts those of a folder by suffix, `bad` those that cannot be read.

    `title` and `items` are those of a page or a feed.
    """

    record: InputRecord
    files: Mapping[str, int] = field(default_factory=dict)
    bad: int = 0
    size: int = 0
    title: str = ""
    suffix: str = ""
    items: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRow:
    """One line of the list: an input with the number of its documents."""

    record: InputRecord
    documents: int

    @property
    def watched(self) -> bool:
        """Whether its changes are noticed at once where the settings allow it."""
        return not self.record.kind.on_web
