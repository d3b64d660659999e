"""Puts together what is posted at set times: who makes it, who keeps to the times, where both are changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from bot.chat import ChatAdapter, Person, Place, PlaceKind
from bot.checklist_records import ChecklistBook
from bot.commands.call import Means
from bot.commands.risk_schedule import ChecklistContents, ChecklistPosts, Reading
from bot.ports import PostBook
from bot.schedule_settings import DigestEntry, ScheduleSettings
from bot.schedules.contents import Contents, Kinds
from bot.schedules.desk import ScheduleDesk
from bot.schedules.keeper import Keeper, Watch
from bot.schedules.posting import Poster
from bot.schedules.records import Origin, Schedule, ScheduleKind
from bot.schedules.report import WeeklyReport
from bot.schedules.telling import Telling, load_telling
from bot.schedules.trends import Books as TrendBooks
from bot.schedules.trends import TrendDigest, Versions
from bot.schedules.trouble import TroubleReport
from bot.schedules.untimely import Untimely
from bot.schedules.zones import ChannelZones
from bot.wording import Wording
from rag.cases import CaseShelf
from rag.digest.builder import DigestBuilder
from rag.errors import InvalidInput, InvalidSettings
from rag.kinds.risk import Risk
from rag.resources import data_folder
from rag.types import Language

_OF_FILE = "file-"


class Books(TrendBooks, Protocol):
    """What is remembered."""

    @property
    def posts(self) -> PostBook:
        """The bot's own messages."""
        ...

    @property
    def checklists(self) -> ChecklistBook:
        """What became of risks."""
        ...


class Library(Versions, CaseShelf, Protocol):
    """What is read of the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """What schedules are kept with. `adapters` are by platform; without any, what is looked at names no way to type."""

    books: Books
    library: Library
    digests: DigestBuilder
    wording: Wording
    settings: ScheduleSettings
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    risks: Sequence[Risk]
    adapters: Mapping[str, ChatAdapter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduling:
    """Schedules, ready to be changed and kept."""

    desk: ScheduleDesk
    telling: Telling
    contents: Mapping[ScheduleKind, Contents]
    materials: Materials

    def keeper(self, means: Means, watch: Watch) -> Keeper:
        """This process's part in keeping to them; `means` are those by which its buttons work."""
        settings, adapters = self.materials.settings, means.adapters
        books = self.materials.books
        poster = Poster(books.posts, watch.new_id, watch.sleep)
        report = TroubleReport(books.settings, adapters, poster, self.telling, place=place_of(settings.report_to))
        kinds = Kinds(contents=self.contents, own_posts={ScheduleKind.CHECKLIST: ChecklistPosts(means)})
        return Keeper(
            books,
            kinds,
            adapters,
            watch=watch,
            settings=settings,
            on_trouble=report.tell,
        )


def make_scheduling(materials: Materials) -> Scheduling:
    """Everything around schedules but the clock that wakes it. Raises InvalidSettings."""
    telling = load_telling(data_folder("prompts"))
    trends = TrendDigest(
        materials.books, materials.library, materials.digests, telling=telling, wording=materials.wording
    )
    report = WeeklyReport(materials.books, materials.library, materials.digests, telling=telling)
    zones = ChannelZones(materials.books.settings, default=materials.settings.zone)
    reading = Reading(
        store=materials.books,
        library=materials.library,
        risks=materials.risks,
        wording=materials.wording,
        adapters=materials.adapters,
        zones=zones,
        now=materials.now,
    )
    contents: dict[ScheduleKind, Contents] = {
        ScheduleKind.TRENDS: trends,
        ScheduleKind.CHECKLIST: ChecklistContents(reading),
        ScheduleKind.REPORT: report,
    }
    desk = ScheduleDesk(
        materials.books.schedules,
        materials.books.settings,
        contents,
        now=materials.now,
        new_id=materials.new_id,
        zones=zones,
    )
    return Scheduling(desk=desk, telling=telling, contents=contents, materials=materials)


def place_of(channel: str) -> Place | None:
    """The place of a channel's key; None for ""."""
    return channel_place(channel) if channel else None


def channel_place(channel: str) -> Place:
    """The place of a channel's key, such as `slack/T024BE7LD/C0266FRGM`. Raises InvalidInput."""
    parts = channel.split("/", maxsplit=2)
    if len(parts) != 3 or not parts[0] or not parts[2]:
        raise InvalidInput(f"{channel!r} names no channel; write platform/workspace/channel")
    platform, workspace, name = parts
    return Place(platform=platform, workspace=workspace, channel=name)


def person_of(place: Place, account: str) -> str:
    """The key of whom a direct message is with, by their id; "" where it is none, or nobody is named."""
    return (
        Person(platform=place.platform, workspace=place.workspace, id=account).key if account and place.private else ""
    )


async def settle_file(desk: ScheduleDesk, entries: Sequence[DigestEntry]) -> None:
    """Brings the schedules of the settings file in line with it.

    Raises:
        InvalidSettings: a time or a zone cannot be read, or there is nothing on a topic.
        StoreFailed: they cannot be stored.
    """
    wanted = {f"{_OF_FILE}{entry.name}": entry for entry in entries}
    for schedule in await desk.all():
        if schedule.origin is Origin.FILE and schedule.id not in wanted:
            await desk.remove(schedule)
    for schedule_id, entry in wanted.items():
        place = replace(channel_place(entry.channel), kind=PlaceKind.DM if entry.dm else PlaceKind.CHANNEL)
        try:
            drafted = await desk.drafted(place, entry.when, zone=entry.zone)
            await desk.settle(_of_entry(drafted, schedule_id, entry), said=entry.when)
        except Untimely as error:
            given = f"when = {entry.when!r}, zone = {entry.zone!r}, topics = {[*entry.topics]!r}"
            raise InvalidSettings(f"[[digests]] {entry.name!r}: {given}: {error}") from error


def _of_entry(drafted: Schedule, schedule_id: str, entry: DigestEntry) -> Schedule:
    return replace(
        drafted,
        id=schedule_id,
        kind=ScheduleKind(entry.kind),
        language=Language(entry.language) if entry.language else None,
        topics=frozenset(entry.topics),
        silent=entry.silent,
        origin=Origin.FILE,
        person=person_of(drafted.place, entry.person),
    )
