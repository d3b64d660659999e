"""Cron's five fields: minute, hour, day of the month, month, weekday. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time

from bot.schedules.timetable import LAST, Timetable
from bot.schedules.untimely import Fault, Untimely

_MONTHS = {name: place for place, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
_WEEKDAYS = {name: place for place, name in enumerate("sun mon tue wed thu fri sat".split())}
_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d{1,2}))?")


def read_cron(text: str) -> Timetable:
    """The timetable of a line such as `0 9 * * 1-5`; 0 and 7 are Sunday, `L` is a month's last day. Raises Untimely."""
    minute, hour, day, month, weekday = text.split()
    minutes, hours = _field(minute, 0, 59, {}), _field(hour, 0, 23, {})
    days = frozenset({LAST}) if day == "l" else _any(day, 1, 31, {})
    weekdays = _any(weekday, 0, 7, _WEEKDAYS)
    return Timetable(
        times=tuple(sorted(time(each, other) for each in hours for other in minutes)),
        days=days,
        months=_any(month, 1, 12, _MONTHS),
        # Cron counts from Sunday.
        weekdays=None if weekdays is None else frozenset((each - 1) % 7 for each in weekdays),
    )


def _any(text: str, least: int, most: int, names: Mapping[str, int]) -> frozenset[int] | None:
    return None if text in {"*", "?"} else _field(text, least, most, names)


def _field(text: str, least: int, most: int, names: Mapping[str, int]) -> frozenset[int]:
    return frozenset(value for part in text.split(",") for value in _values(part, least, most, names))


def _values(part: str, least: int, most: int, names: Mapping[str, int]) -> range:
    found = _PART.fullmatch(part)
    if found is None:
        raise Untimely(Fault.CRON, part)
    step = int(found["step"] or 1)
    if found["first"] == "*":
        first, last = least, most
    else:
        first = _value(found["first"], names)
        last = _value(found["last"], names) if found["last"] else most if found["step"] else first
    if not (least <= first <= last <= most and step):
        raise Untimely(Fault.CRON, part)
    return range(first, last + 1, step)


def _value(word: str, names: Mapping[str, int]) -> int:
    if word in names:
        return names[word]
    if not word.isdecimal() or len(word) > 2:
        raise Untimely(Fault.CRON, word)
    return int(word)
