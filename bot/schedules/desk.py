"""What people do with schedules, from the chat and from the command line alike: set, pause, remove, preview, run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from bot.channel_rules import effective_settings
from bot.chat import Place
from bot.ports import SettingsBook
from bot.records import ChannelSettings
from bot.schedules.books import ScheduleBook
from bot.schedules.contents import Contents, Made
from bot.schedules.keeper import occasion
from bot.schedules.planning import coming
from bot.schedules.records import Fire, Schedule, ScheduleKind
from bot.schedules.time_words import begun, is_begun
from bot.schedules.untimely import Fault, Untimely
from bot.schedules.zones import ZONE, ChannelZones, read_zone, zone_of


class ScheduleDesk:
    """Changes schedules. `contents` are by kind, `zones` those of the channels."""

    def __init__(
        self,
        book: ScheduleBook,
        settings: SettingsBook,
        contents: Mapping[ScheduleKind, Contents],
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        zones: ChannelZones,
    ) -> None:
        self._book = book
        self._settings = settings
        self._contents = contents
        self._now = now
        self._new_id = new_id
        self.zones = zones
        """By which clock a channel goes."""
        self.changed = asyncio.Event()
        """Set with each change, so that whoever waits for the next time that is due looks again."""

    async def of_channel(self, place: Place) -> tuple[Schedule, ...]:
        """The schedules of a channel with its threads. Raises StoreFailed."""
        return tuple(each for each in await self._book.all() if each.place.channel_key == place.channel_key)

    async def all(self) -> tuple[Schedule, ...]:
        """Every schedule. Raises StoreFailed."""
        return await self._book.all()

    async def zone(self, place: Place) -> str:
        """The name of a channel's time zone. Raises StoreFailed."""
        return await self.zones.name_of(place)

    async def has_zone(self, place: Place) -> bool:
        """Whether a channel or its server has set its time zone. Raises StoreFailed."""
        return ZONE in (await effective_settings(self._settings, place.channel_key)).other

    async def set_zone(self, place: Place, text: str) -> str:
        """Give a channel another time zone, for what is set from now on. Raises Untimely, StoreFailed."""
        name = read_zone(text).key
        known: ChannelSettings = await self._settings.get(place.channel_key)
        await self._settings.save(place.channel_key, replace(known, other={**known.other, ZONE: name}))
        return name

    async def add(self, schedule: Schedule) -> None:
        """Store a schedule that `drafted` has made. Raises Untimely (nothing is about its topics), StoreFailed."""
        self._look_at_topics(schedule)
        await self._book.save(schedule)
        self.changed.set()

    async def settle(self, schedule: Schedule, *, said: str) -> None:
        """Store a schedule as it is to be; where its times stay the same, none is passed over. Raises as `add`.

        `said` are the words in which its times were set: where they say not from when on, it stays as it was.
        """
        known = await self._book.get(schedule.id)
        if known and is_begun(known.when, said):
            schedule = replace(schedule, when=known.when)
        if known and (known.when, known.zone) == (schedule.when, schedule.zone):
            schedule = replace(schedule, cursor=known.cursor, trouble=known.trouble)
        await self.add(schedule)

    async def drafted(self, place: Place, when: str, *, zone: str = "") -> Schedule:
        """A schedule that is not stored yet. Raises Untimely, StoreFailed."""
        name = read_zone(zone).key if zone else await self.zone(place)
        when = begun(" ".join(when.split()), zone_of(name), now=self._now())
        return Schedule(
            id=self._new_id()[:6],
            place=place,
            kind=ScheduleKind.TRENDS,
            when=when,
            zone=name,
            cursor=self._now(),
        )

    async def pause(self, schedule: Schedule, *, active: bool) -> Schedule:
        """Switch a schedule off or on; what was due meanwhile is not made up for. Raises StoreFailed."""
        changed = replace(schedule, active=active, cursor=self._now())
        await self._book.save(changed)
        self.changed.set()
        return changed

    async def remove(self, schedule: Schedule) -> None:
        """Forget a schedule. Raises StoreFailed."""
        await self._book.remove(schedule.id)

    async def run(self, schedule: Schedule) -> None:
        """Have one posted now, by whichever process keeps the schedules. Raises StoreFailed."""
        now = self._now()
        fire = Fire(schedule_id=schedule.id, due=now, retry_at=now, asked=True)
        await self._book.plan(schedule.id, [fire], cursor=schedule.cursor)
        self.changed.set()

    async def preview(
        self, schedule: Schedule, *, since: date | None = None, labels: frozenset[str] | None = None
    ) -> Made:
        """What would be posted now. Raises RagError, Untimely where nothing is about its topics."""
        self._look_at_topics(schedule)
        known = await occasion(self._book, schedule, now=self._now())
        return await self._contents[schedule.kind].make(replace(known, since=since, labels=labels))

    def next(self, schedule: Schedule) -> datetime | None:
        """When it is due next. Raises Untimely."""
        return coming(schedule, self._now())

    def _look_at_topics(self, schedule: Schedule) -> None:
        if unknown := self._contents[schedule.kind].unknown(schedule.topics):
            raise Untimely(Fault.TOPICS, ", ".join(sorted(unknown)))
