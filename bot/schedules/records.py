"""What is remembered of schedules: what is to be posted where and when, and what became of each time it was due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.chat import Place
from bot.replies import Reply
from rag.types import DocumentId, Language

LONGEST_PAUSE = timedelta(days=1)
"""A failed post is tried again sooner than that."""


class ScheduleKind(StrEnum):
    """What a schedule posts. Who makes it is registered by kind: `bot.schedules.contents.Contents`."""

    TRENDS = "trends"
    CHECKLIST = "checklist"
    REPORT = "report"


class Origin(StrEnum):
    """Where a schedule was set."""

    CHAT = "chat"
    COMMAND = "command"
    FILE = "file"
    """The settings file, which stays its owner: it is changed there alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One schedule. `when` is what somebody wrote, `zone` an IANA name.

    Nothing that was due up to `cursor` is planned any more. `silent` posts nothing when there is nothing to tell.
    `trouble` is why the last posts failed, as a key of the texts; "" when they did not. `person` is the key of whom a
    direct message is with, "" for a channel and where nobody has said it.
    """

    id: str
    place: Place
    kind: ScheduleKind
    when: str
    zone: str
    cursor: datetime
    language: Language | None = None
    topics: frozenset[str] = frozenset()
    silent: bool = False
    active: bool = True
    origin: Origin = Origin.CHAT
    trouble: str = ""
    person: str = ""


class FireState(StrEnum):
    """Where one posting of a schedule stands. All but the first are ends."""

    WAITING = "waiting"
    POSTED = "posted"
    SILENT = "silent"
    """There was nothing to tell."""

    SKIPPED = "skipped"
    """It was too late, or the schedule was switched off meanwhile."""

    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire:
    """One time at which a schedule is due.

    `content` is what will be posted, from when it was made to when it is posted; `told` names what it tells, `seen` is
    the last sighting of the library that it took into account. `holder` works on it until `leased_until`.
    """

    schedule_id: str
    due: datetime
    retry_at: datetime
    state: FireState = FireState.WAITING
    asked: bool = False
    """Somebody asked for it: it is posted although the schedule is paused."""

    attempts: int = 0
    holder: str = ""
    leased_until: datetime | None = None
    content: tuple[Reply, ...] | None = None
    told: tuple[str, ...] = ()
    seen: int = 0
    note: str = ""

    @property
    def id(self) -> str:
        """The name under which its messages are claimed."""
        return f"fire:{self.schedule_id}:{self.due.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A version of a document that was seen in the library, in the order of seeing; `changed` if another was before."""

    number: int
    document_id: DocumentId
    version: str
    at: datetime
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that was asked in a channel, without who asked it; `answered` says whether it got an answer."""

    text: str
    at: datetime
    answered: bool
    language: Language | None = None
    channel: str = ""
    """The key of the channel, where several are told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a weekly report counts, of one workspace: `days` holds questions answered and refused by day."""

    days: tuple[tuple[str, int, int], ...] = ()
    failed: int = 0
    up: int = 0
    down: int = 0
    stages_ms: tuple[tuple[str, float], ...] = field(default=())
    """Mean time of each stage of an answer, the slowest first."""

    @property
    def answered(self) -> int:
        """Questions that got an answer."""
        return sum(day[1] for day in self.days)

    @property
    def refused(self) -> int:
        """Questions to which the library holds no answer."""
        return sum(day[2] for day in self.days)


_WHOLE = "total"
"""What an answer took altogether, beside its stages."""


def slowest_stages(timings_ms: Iterable[Mapping[str, float]]) -> tuple[tuple[str, float], ...]:
    """The mean time of each stage of answers, the slowest first. Pure."""
    stages = defaultdict[str, list[float]](list)
    for each in timings_ms:
        for stage, milliseconds in each.items():
            stages[stage].append(float(milliseconds))
    means = ((stage, sum(values) / len(values)) for stage, values in stages.items() if stage != _WHOLE)
    return tuple(sorted(means, key=lambda each: -each[1]))
