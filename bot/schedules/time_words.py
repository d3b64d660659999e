"""Plain words of time in English and Chinese, and cron's five fields, read as timetables. Pure.

Every word has to be understood: what is left over is named, for a schedule that was half understood posts at the wrong
time for months.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from bot.schedules.cron import read_cron
from bot.schedules.time_heard import Heard, listen
from bot.schedules.timetable import LAST, QUARTER_ENDS, QUARTERS, WEEKEND, WORKDAYS, Nth, Timetable, Unit, next_due
from bot.schedules.untimely import Fault, Untimely

_USUAL = time(9)
_MOST_A_DAY = 24
_SOME_DAY = datetime(2024, 1, 1, tzinfo=UTC)

_LATE = frozenset({"afternoon", "evening", "night", "下午", "傍晚", "晚上"})
_PARTS = {
    "afternoon": time(14),
    "下午": time(14),
    "evening": time(18),
    "傍晚": time(18),
    "night": time(20),
    "晚上": time(20),
}
_SPANS = frozenset({"month", "quarter", "year"})

_BEGIN = re.compile(r"(?:（从 \d{4}-\d{2}-\d{2} 起）|, from \d{4}-\d{2}-\d{2})$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CRON = re.compile(r"[\d*,/-]+\s+[\d*,/-]+\s+\S+\s+\S+\s+\S+")


def read_when(text: str) -> Timetable:
    """The timetable that somebody wrote. Raises Untimely."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if not plain:
        raise Untimely(Fault.EMPTY)
    table = read_cron(plain) if _CRON.fullmatch(plain) else _timetable(listen(plain))
    if len(table.times) > _MOST_A_DAY:
        raise Untimely(Fault.TOO_OFTEN, str(len(table.times)))
    begin = max(_SOME_DAY, datetime.combine(table.since or _SOME_DAY, time(), tzinfo=UTC))
    if next_due(table, begin, ZoneInfo("UTC")) is None:
        raise Untimely(Fault.NEVER, text.strip())
    return table


def begun(text: str, zone: ZoneInfo, *, now: datetime) -> str:
    """The words with the day on which they begin, where they step over days, weeks or months and do not say from when.

    Raises:
        Untimely: they are no timetable.
    """
    table = read_when(text)
    if not table.stepped or table.since is not None:
        return text
    first = next_due(replace(table, day_step=1, weeks=1, month_step=1), now, zone)
    if first is None:
        return text
    day = first.astimezone(zone).date().isoformat()
    return f"{text}（从 {day} 起）" if _CHINESE.search(text) else f"{text}, from {day}"


def is_begun(text: str, said: str) -> bool:
    """Whether a text is what `begun` has once made of these words."""
    plain = " ".join(said.split())
    return text != plain and _BEGIN.sub("", text) == plain


def _timetable(heard: Heard) -> Timetable:
    """Raises Untimely."""
    steps, named = heard.steps, heard.ordinals or heard.days
    by_weekday = heard.weekdays or heard.units & {"workday", "weekend"}
    if "week" in steps and (named or heard.months or heard.units & _SPANS):
        raise Untimely(Fault.TWO_KINDS)
    if "day" in steps and (named or by_weekday or heard.months or heard.units & {"week", *_SPANS}):
        raise Untimely(Fault.TWO_KINDS)
    if len(steps.keys() - {"hour"}) > 1:
        raise Untimely(Fault.TWO_KINDS)
    table = _days_of(heard, _times(heard))
    return replace(
        table,
        day_step=steps.get("day", 1),
        weeks=steps.get("week", 1),
        month_step=steps.get("month", 1),
        since=heard.since,
    )


def _times(heard: Heard) -> tuple[time, ...]:
    """The times of a day; a part of the day says in which half they are, or stands for a time of its own."""
    if not heard.times and "hour" not in heard.steps:
        return tuple(sorted({_PARTS.get(part, _USUAL) for part in heard.parts})) or (_USUAL,)
    late = bool(_LATE.intersection(heard.parts))
    said = sorted({each.replace(hour=each.hour + 12) if late and each.hour < 12 else each for each in heard.times})
    return _every_so_many_hours(heard.steps["hour"], said) if "hour" in heard.steps else tuple(said)


def _every_so_many_hours(hours: int, said: list[time]) -> tuple[time, ...]:
    """By the wall clock, so that each day has the same times: the hours have to divide a day."""
    if 24 % hours:
        raise Untimely(Fault.HOURS, str(hours))
    if len(said) > 1:
        raise Untimely(Fault.TWO_KINDS)
    first = said[0] if said else time(0)
    return tuple(sorted(first.replace(hour=(first.hour + ahead) % 24) for ahead in range(0, 24, hours)))


def _days_of(heard: Heard, times: tuple[time, ...]) -> Timetable:
    months = frozenset(heard.months) or None
    if heard.ordinals:
        return _counted(heard, times)
    if heard.days:
        if heard.weekdays or heard.units & {"workday", "weekend"}:
            raise Untimely(Fault.TWO_KINDS)
        if months is None and "quarter" in heard.units:
            months = QUARTERS
        return Timetable(times=times, days=frozenset(heard.days), months=months, clamped=True)
    weekdays = frozenset(heard.weekdays)
    weekdays |= WORKDAYS if "workday" in heard.units else frozenset()
    weekdays |= WEEKEND if "weekend" in heard.units else frozenset()
    if weekdays:
        if heard.units & _SPANS:
            raise Untimely(Fault.WHICH)
        return Timetable(times=times, weekdays=weekdays, months=months)
    return _plain(heard, times, months)


def _plain(heard: Heard, times: tuple[time, ...], months: frozenset[int] | None) -> Timetable:
    """What names no day: the first one of what it goes by."""
    if heard.units & _SPANS or months:
        spans = {"quarter": QUARTERS, "year": frozenset({1})}
        span = next((spans[unit] for unit in ("quarter", "year") if unit in heard.units), None)
        return Timetable(times=times, days=frozenset({1}), months=months or span)
    if "week" in heard.units:
        return Timetable(times=times, weekdays=frozenset({0}))
    if heard.units & {"day", "hour"} or heard.parts:
        return Timetable(times=times)
    raise Untimely(Fault.HOW_OFTEN)


def _counted(heard: Heard, times: tuple[time, ...]) -> Timetable:
    """Such days as the first Monday of a month; of a quarter, it is in its first month, the last one in its last."""
    if heard.days:
        raise Untimely(Fault.TWO_KINDS)
    unit = Unit.WEEKDAY if heard.weekdays else Unit.WORKDAY if "workday" in heard.units else Unit.DAY
    if any(not 1 <= n <= 5 and n != LAST for n in heard.ordinals) or (unit is Unit.DAY and "day" not in heard.units):
        raise Untimely(Fault.WHICH)
    last = LAST in heard.ordinals
    longer = heard.units & {"quarter", "year"}
    if longer and last and len(set(heard.ordinals)) > 1:
        raise Untimely(Fault.TWO_KINDS)
    spans = {"quarter": QUARTER_ENDS if last else QUARTERS, "year": frozenset({12 if last else 1})}
    months = frozenset(heard.months) or frozenset[int]().union(*(spans[each] for each in longer)) or None
    nths = tuple(Nth(n=n, unit=unit) for n in sorted(set(heard.ordinals)))
    return Timetable(times=times, weekdays=frozenset(heard.weekdays) or None, months=months, nths=nths)
