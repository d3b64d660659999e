"""When a schedule is due: days and times of a wall clock, turned into instants by a time zone. Pure.

A time that the clock jumps over in spring is taken an hour later; one that it shows twice in autumn is taken the first
time alone.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

WORKDAYS = frozenset(range(5))
WEEKEND = frozenset({5, 6})
QUARTERS = frozenset({1, 4, 7, 10})
QUARTER_ENDS = frozenset({3, 6, 9, 12})
LAST = -1

_FARTHEST = timedelta(days=366 * 8 + 2)
"""Between two 29ths of February lie eight years at most."""

_SOME_MONDAY = dt.date(2024, 1, 1)
"""The first day of a week, a month and a year."""

_MOST_LOOKED_BACK = timedelta(days=400)


class Unit(StrEnum):
    """What is counted within a month: "the first workday", "the last day"."""

    DAY = "day"
    WORKDAY = "workday"
    WEEKDAY = "weekday"
    """One of `Timetable.weekdays`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nth:
    """The n-th such day of a month, counted from 1, or `LAST`."""

    n: int
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """Days and times. None stands for any; weekdays count from Monday, which is 0.

    `clamped` takes a day that a month lacks as its last one: the 31st is the 28th of February. Where both days of the
    month and weekdays are given, either suffices, as cron has it. Of so many days (`day_step`), `weeks` or months
    (`month_step`) one counts: that of `since`, the first day.
    """

    times: tuple[time, ...]
    weekdays: frozenset[int] | None = None
    days: frozenset[int] | None = None
    months: frozenset[int] | None = None
    nths: tuple[Nth, ...] = ()
    clamped: bool = False
    day_step: int = 1
    weeks: int = 1
    month_step: int = 1
    since: dt.date | None = None

    @property
    def stepped(self) -> bool:
        """Whether it depends on the day on which it begins."""
        return self.day_step * self.weeks * self.month_step > 1

    def includes(self, day: dt.date) -> bool:
        """Whether something is due on a day."""
        if (self.since is not None and day < self.since) or not self._in_step(day):
            return False
        if self.months is not None and day.month not in self.months:
            return False
        if self.nths:
            return any(day == self._counted(day, each) for each in self.nths)
        by_day = None if self.days is None else day.day in self._days_of(day)
        by_weekday = None if self.weekdays is None else day.weekday() in self.weekdays
        if by_day is not None and by_weekday is not None:
            return by_day or by_weekday
        return by_day is not False and by_weekday is not False

    def _in_step(self, day: dt.date) -> bool:
        if not self.stepped:
            return True
        first = self.since or _SOME_MONDAY
        return (
            (day - first).days % self.day_step == 0
            and (_week(day) - _week(first)) % self.weeks == 0
            and (_month(day) - _month(first)) % self.month_step == 0
        )

    def _days_of(self, day: dt.date) -> frozenset[int]:
        last = calendar.monthrange(day.year, day.month)[1]
        days = {last if each == LAST or (self.clamped and each > last) else each for each in self.days or ()}
        return frozenset(days)

    def _counted(self, day: dt.date, nth: Nth) -> dt.date | None:
        last = calendar.monthrange(day.year, day.month)[1]
        wanted = {Unit.DAY: frozenset(range(7)), Unit.WORKDAY: WORKDAYS, Unit.WEEKDAY: self.weekdays or frozenset()}
        days = [each for each in range(1, last + 1) if day.replace(day=each).weekday() in wanted[nth.unit]]
        place = nth.n if nth.n == LAST else nth.n - 1
        return day.replace(day=days[place]) if place < len(days) else None


def _week(day: dt.date) -> int:
    """The number of a week from Monday on, counted over all years."""
    return (day.toordinal() - 1) // 7


def _month(day: dt.date) -> int:
    return 12 * day.year + day.month


def next_due(table: Timetable, after: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant after another one, in UTC; None where there is none within eight years."""
    return next(_dues(table, after, zone), None)


def dues_between(table: Timetable, after: datetime, until: datetime, zone: ZoneInfo, *, most: int) -> list[datetime]:
    """The latest instants after one moment and up to another, oldest first, `most` of them."""
    found: deque[datetime] = deque(maxlen=most)
    for due in _dues(table, max(after, until - _MOST_LOOKED_BACK), zone):
        if due > until:
            break
        found.append(due)
    return list(found)


def _dues(table: Timetable, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    # A day earlier, for a time that was moved may belong to the day before.
    day = after.astimezone(zone).date() - timedelta(days=1)
    last, farthest = after, day + _FARTHEST
    while day <= farthest:
        if table.includes(day):
            for due in sorted({_instant(day, each, zone) for each in table.times}):
                if due > last:
                    yield due
                    last = due
        day += timedelta(days=1)


def _instant(day: dt.date, at: time, zone: ZoneInfo) -> datetime:
    # Before the jump's end the old offset still counts, so that a time within it comes out after it.
    return datetime.combine(day, at, tzinfo=zone).replace(fold=0).astimezone(UTC)
