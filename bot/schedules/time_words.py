"""Plain words of time in English and Chinese, and cron's five fields, read as timetables. Pure.

Every word has to be understood: what is left over is named, for a schedule that was half understood posts at the wrong
time for months.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from bot.schedules.cron import read_cron
from bot.schedules.time_tokens import NAMES, SCANNER, TOKENS
from bot.schedules.timetable import LAST, QUARTERS, WEEKEND, WORKDAYS, Nth, Timetable, Unit, next_due
from bot.schedules.untimely import Fault, Untimely

_USUAL = time(9)
_MOST_A_DAY = 24
_LAST_YEAR = 2100
_SOME_DAY = datetime(2024, 1, 1, tzinfo=UTC)

_SIGNS = "一二三四五六日"
_NUMERALS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": LAST}
_AFTERNOON = frozenset({"pm", "下午", "晚上", "晚", "傍晚"})
_MORNING = frozenset({"am", "凌晨", "午夜"})
_LATE = frozenset({"afternoon", "evening", "下午", "傍晚", "晚上"})
_PARTS = {"afternoon": time(14), "下午": time(14), "evening": time(18), "傍晚": time(18), "晚上": time(20)}
_DAYS_OF_MONTH = {"month_end": LAST, "month_middle": 15, "month_beginning": 1}

_BEGIN = re.compile(r"(?:（从 \d{4}-\d{2}-\d{2} 起）|, from \d{4}-\d{2}-\d{2})$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CRON = re.compile(r"[\d*,/-]+\s+[\d*,/-]+\s+\S+\s+\S+\s+\S+")


@dataclass(kw_only=True)
class _Heard:
    """What the words said so far."""

    times: list[time] = field(default_factory=list)
    weekdays: set[int] = field(default_factory=set)
    days: set[int] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    ordinals: list[int] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    weeks: int = 1
    since: date | None = None


def read_when(text: str) -> Timetable:
    """The timetable that somebody wrote. Raises Untimely."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if not plain:
        raise Untimely(Fault.EMPTY)
    table = read_cron(plain) if _CRON.fullmatch(plain) else _timetable(_heard(plain))
    if len(table.times) > _MOST_A_DAY:
        raise Untimely(Fault.TOO_OFTEN, str(len(table.times)))
    begin = max(_SOME_DAY, datetime.combine(table.since or _SOME_DAY, time(), tzinfo=UTC))
    if next_due(table, begin, ZoneInfo("UTC")) is None:
        raise Untimely(Fault.NEVER, text.strip())
    return table


def begun(text: str, zone: ZoneInfo, *, now: datetime) -> str:
    """The words with the day on which they begin, where only some weeks count and they do not say which.

    Raises:
        Untimely: they are no timetable.
    """
    table = read_when(text)
    if table.weeks == 1 or table.since is not None:
        return text
    first = next_due(replace(table, weeks=1), now, zone)
    if first is None:
        return text
    day = first.astimezone(zone).date().isoformat()
    return f"{text}（从 {day} 起）" if _CHINESE.search(text) else f"{text}, from {day}"


def is_begun(text: str, said: str) -> bool:
    """Whether a text is what `begun` has once made of these words."""
    plain = " ".join(said.split())
    return text != plain and _BEGIN.sub("", text) == plain


def _heard(text: str) -> _Heard:
    heard, at = _Heard(), 0
    while at < len(text):
        found = SCANNER.match(text, at)
        if found is None or found.end() == at:
            raise Untimely(Fault.UNKNOWN, re.split(r"\s", text[at:], maxsplit=1)[0][:30])
        _note(heard, found)
        at = found.end()
    return heard


def _note(heard: _Heard, found: re.Match[str]) -> None:
    kind = next(name for name, _ in TOKENS if found[f"is_{name}"] is not None)
    match kind:
        case "filler":
            return
        case "clock" | "clock_en" | "clock_zh" | "clock_bare" | "noon" | "midnight":
            heard.times.append(_time(found, kind))
        case "ordinal":
            word = found["ordinal"]
            heard.ordinals.append(_ORDINALS.get(word) or int(word[0]))
        case "ordinal_zh":
            n = LAST if found["last_zh"] else 1 if found["beginning"] else _number(found["ordinal_zh"])
            heard.ordinals.append(n)
        case "range" | "range_zh" | "weekday" | "weekday_zh":
            heard.weekdays |= _weekdays(found, kind)
        case "workday" | "weekend":
            heard.units.add(kind)
        case "day_of_month" | "day_of_month_zh":
            heard.days.add(_day(found))
        case "part" | "second_week" | "since" | "month_end" | "month_middle" | "month_beginning":
            _note_more(heard, found, kind)
        case _:
            heard.units.add(kind.removesuffix("_unit"))


def _note_more(heard: _Heard, found: re.Match[str], kind: str) -> None:
    match kind:
        case "part":
            heard.parts.append((found["part_alone"] or found["part_alone_zh"]).removesuffix("s"))
        case "second_week":
            heard.weeks = 2
        case "since":
            heard.since = _date(found["since"])
        case _:
            heard.days.add(_DAYS_OF_MONTH[kind])


def _timetable(heard: _Heard) -> Timetable:
    times = _times(heard)
    if heard.weeks > 1 and (heard.ordinals or heard.days or heard.units & {"month", "quarter"}):
        raise Untimely(Fault.TWO_KINDS)
    return replace(_days_of(heard, times), weeks=heard.weeks, since=heard.since)


def _times(heard: _Heard) -> tuple[time, ...]:
    """The times of a day; a part of the day says in which half they are, or stands for a time of its own."""
    if not heard.times:
        return tuple(sorted({_PARTS.get(part, _USUAL) for part in heard.parts})) or (_USUAL,)
    late = bool(_LATE.intersection(heard.parts))
    return tuple(
        sorted({each.replace(hour=each.hour + 12) if late and each.hour < 12 else each for each in heard.times})
    )


def _days_of(heard: _Heard, times: tuple[time, ...]) -> Timetable:
    months = QUARTERS if "quarter" in heard.units else None
    if heard.ordinals:
        return _counted(heard, times, months)
    if heard.days:
        if heard.weekdays or heard.units & {"workday", "weekend"}:
            raise Untimely(Fault.TWO_KINDS)
        return Timetable(times=times, days=frozenset(heard.days), months=months, clamped=True)
    weekdays = frozenset(heard.weekdays)
    weekdays |= WORKDAYS if "workday" in heard.units else frozenset()
    weekdays |= WEEKEND if "weekend" in heard.units else frozenset()
    if weekdays:
        if heard.units & {"month", "quarter"}:
            raise Untimely(Fault.WHICH)
        return Timetable(times=times, weekdays=weekdays)
    if heard.units & {"month", "quarter"}:
        return Timetable(times=times, days=frozenset({1}), months=months)
    if "week" in heard.units or heard.weeks > 1:
        return Timetable(times=times, weekdays=frozenset({0}))
    if "day" in heard.units or heard.parts:
        return Timetable(times=times)
    raise Untimely(Fault.HOW_OFTEN)


def _counted(heard: _Heard, times: tuple[time, ...], months: frozenset[int] | None) -> Timetable:
    if len(set(heard.ordinals)) > 1 or heard.days:
        raise Untimely(Fault.TWO_KINDS)
    n = heard.ordinals[0]
    unit = Unit.WEEKDAY if heard.weekdays else Unit.WORKDAY if "workday" in heard.units else Unit.DAY
    if not 1 <= n <= 5 and n != LAST:
        raise Untimely(Fault.WHICH)
    if unit is Unit.DAY and "day" not in heard.units:
        raise Untimely(Fault.WHICH)
    weekdays = frozenset(heard.weekdays) or None
    return Timetable(times=times, weekdays=weekdays, months=months, nth=Nth(n=n, unit=unit))


def _time(found: re.Match[str], kind: str) -> time:
    match kind:
        case "noon":
            return time(12)
        case "midnight":
            return time(0)
        case "clock":
            hour, minute = int(found["hour"]), int(found["minute"])
            part = (found["part"] or found["half"] or "").replace(".", "")
        case "clock_en":
            hour, minute = int(found["hour_en"]), 0
            part = found["half_en"].replace(".", "")
        case "clock_bare":
            hour, minute, part = int(found["hour_bare"]), 0, ""
        case _:
            hour = _number(found["hour_zh"])
            minute = _minute_zh(found)
            part = found["part_zh"] or ""
    hour = _hour_of_day(hour, minute, part)
    if hour > 23 or minute > 59:
        raise Untimely(Fault.NO_TIME, found[0].strip())
    return time(hour, minute)


def _hour_of_day(hour: int, minute: int, part: str) -> int:
    if part in _AFTERNOON and hour < 12:
        return hour + 12
    at_midnight = (part in _MORNING and hour == 12) or (hour == 24 and minute == 0)
    return 0 if at_midnight else hour


def _minute_zh(found: re.Match[str]) -> int:
    if found["quarter_zh"]:
        return 15 * _number(found["quarter_zh"])
    return 30 if found["half_zh"] else _number(found["minute_zh"] or "0")


def _weekdays(found: re.Match[str], kind: str) -> set[int]:
    match kind:
        case "weekday":
            return {_weekday(found["weekday"])}
        case "weekday_zh":
            return {_SIGNS.index(sign) for sign in found["weekday_zh"].replace("天", "日") if sign in _SIGNS}
        case "range":
            first, last = _weekday(found["from"]), _weekday(found["to"])
        case _:
            first, last = (_SIGNS.index(found[name].replace("天", "日")) for name in ("from_zh", "to_zh"))
    return {(first + step) % 7 for step in range((last - first) % 7 + 1)}


def _weekday(word: str) -> int:
    return next(place for place, name in enumerate(NAMES) if re.fullmatch(f"{name}s?", word))


def _day(found: re.Match[str]) -> int:
    day = _number(found["day"] or found["day_plain"] or found["day_zh"])
    if not 1 <= day <= 31:
        raise Untimely(Fault.NO_DAY, found[0].strip())
    return day


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Untimely(Fault.NO_DAY, text) from error
    if day.year > _LAST_YEAR:
        raise Untimely(Fault.NO_DAY, text)
    return day


def _number(text: str) -> int:
    """A number below 100, in digits or in Chinese."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return int("".join(str(_NUMERALS[sign]) for sign in text))
    return 10 * (_NUMERALS[tens] if tens else 1) + (_NUMERALS[ones] if ones else 0)
