"""Plain words of time in English and Chinese, and cron's five fields, read as timetables. Pure.

Every word has to be understood: what is left over is named, for a schedule that was half understood posts at the wrong
time for months.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from bot.schedules.cron import read_cron
from bot.schedules.timetable import LAST, QUARTERS, WEEKEND, WORKDAYS, Nth, Timetable, Unit, next_due
from bot.schedules.untimely import Fault, Untimely

_USUAL = time(9)
_MOST_A_DAY = 24
_SOME_DAY = datetime(2024, 1, 1, tzinfo=UTC)

_WEEKDAYS = (
    "mon(?:day)?",
    "tue(?:s(?:day)?)?",
    "wed(?:nesday)?",
    "thu(?:rs?(?:day)?)?",
    "fri(?:day)?",
    "sat(?:urday)?",
)
_NAMES = (*_WEEKDAYS, "sun(?:day)?")
_WEEKDAY = "(?:" + "|".join(_NAMES) + ")s?"
_SIGNS = "一二三四五六日"
_NUMERALS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": LAST}
_NUMBER = r"\d{1,2}|[零〇一二两三四五六七八九十]{1,3}"
_AFTERNOON = frozenset({"pm", "下午", "晚上", "晚", "傍晚"})
_MORNING = frozenset({"am", "凌晨", "午夜"})

_TOKENS: tuple[tuple[str, str], ...] = (
    (
        "clock",
        r"(?P<part>上午|早上|早晨|清晨|中午|下午|傍晚|晚上|晚|凌晨)?\s*(?P<hour>\d{1,2})[:.](?P<minute>\d{2})\s*(?P<half>[ap]\.?m\.?(?![a-z]))?",
    ),
    ("clock_en", r"(?P<hour_en>\d{1,2})\s*(?P<half_en>[ap]\.?m\.?(?![a-z])|o'?clock)"),
    (
        "clock_zh",
        rf"(?P<part_zh>上午|早上|早晨|清晨|中午|下午|傍晚|晚上|晚|凌晨)?\s*(?P<hour_zh>{_NUMBER})\s*[点點时時]"
        rf"(?:(?P<half_zh>半)|(?P<minute_zh>{_NUMBER})分?|整|钟)?",
    ),
    ("noon", r"noon|midday|正午|中午"),
    ("midnight", r"midnight|午夜|半夜"),
    ("ordinal", r"(?P<ordinal>first|second|third|fourth|fifth|last|[1-5](?:st|nd|rd|th)(?=\s+[a-z]+day))"),
    ("ordinal_zh", rf"第(?P<ordinal_zh>{_NUMBER})个|(?P<last_zh>最后)(?:的)?(?:一个?)?|(?P<beginning>首个)"),
    ("workday", r"(?:work(?:ing)?|business)[ -]?days?|weekdays?|工作日"),
    ("weekend", r"weekends?|周末|週末"),
    ("range", rf"(?P<from>{_WEEKDAY})\s*(?:-|–|~|to|through)\s*(?P<to>{_WEEKDAY})\b"),
    (
        "range_zh",
        r"(?:周|週|星期|礼拜)(?P<from_zh>[一二三四五六日天])\s*(?:到|至|-|–|~)\s*(?:周|週|星期|礼拜)?(?P<to_zh>[一二三四五六日天])",
    ),
    ("weekday", rf"(?P<weekday>{_WEEKDAY})\b\.?"),
    (
        "weekday_zh",
        r"(?:周|週|星期|礼拜)(?P<weekday_zh>[一二三四五六日天](?:\s*[、,和及]?\s*(?:周|週|星期|礼拜)?[一二三四五六日天](?![月号日点點时時个]))*)",
    ),
    (
        "day_of_month",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)\b|day\s+(?P<day_plain>\d{1,2})(?!\s*(?:[ap]\.?m|o'?clock)|[:.\d])",
    ),
    ("day_of_month_zh", rf"(?P<day_zh>{_NUMBER})\s*[日号號]"),
    ("quarter", r"quarter(?:ly|s)?|个?季度?"),
    ("month", r"monthly|months?|个?月"),
    ("week", r"weekly|weeks?|个?(?:周|週|星期|礼拜)"),
    ("day_unit", r"daily|days?|[天日]"),
    ("filler", r"(?:every|each|all|on|at|in|of|the|and|o'clock|per|a)\b|[每逢在的和与及个,、，;；]|\s+"),
)
_SCANNER = re.compile("|".join(f"(?P<is_{name}>{pattern})" for name, pattern in _TOKENS))
_CRON = re.compile(r"[\d*,/-]+\s+[\d*,/-]+\s+\S+\s+\S+\s+\S+")


@dataclass(kw_only=True)
class _Heard:
    """What the words said so far."""

    times: list[time] = field(default_factory=list)
    weekdays: set[int] = field(default_factory=set)
    days: set[int] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    ordinals: list[int] = field(default_factory=list)


def read_when(text: str) -> Timetable:
    """The timetable that somebody wrote. Raises Untimely."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if not plain:
        raise Untimely(Fault.EMPTY)
    table = read_cron(plain) if _CRON.fullmatch(plain) else _timetable(_heard(plain))
    if len(table.times) > _MOST_A_DAY:
        raise Untimely(Fault.TOO_OFTEN, str(len(table.times)))
    if next_due(table, _SOME_DAY, ZoneInfo("UTC")) is None:
        raise Untimely(Fault.NEVER, text.strip())
    return table


def _heard(text: str) -> _Heard:
    heard, at = _Heard(), 0
    while at < len(text):
        found = _SCANNER.match(text, at)
        if found is None or found.end() == at:
            raise Untimely(Fault.UNKNOWN, re.split(r"\s", text[at:], maxsplit=1)[0][:30])
        _note(heard, found)
        at = found.end()
    return heard


def _note(heard: _Heard, found: re.Match[str]) -> None:
    kind = next(name for name, _ in _TOKENS if found[f"is_{name}"] is not None)
    match kind:
        case "filler":
            return
        case "clock" | "clock_en" | "clock_zh" | "noon" | "midnight":
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
        case _:
            heard.units.add(kind.removesuffix("_unit"))


def _timetable(heard: _Heard) -> Timetable:
    times = tuple(sorted(set(heard.times))) or (_USUAL,)
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
    if "week" in heard.units:
        return Timetable(times=times, weekdays=frozenset({0}))
    if "day" in heard.units:
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
        case _:
            hour = _number(found["hour_zh"])
            minute = 30 if found["half_zh"] else _number(found["minute_zh"] or "0")
            part = found["part_zh"] or ""
    if part in _AFTERNOON and hour < 12:
        hour += 12
    if part in _MORNING and hour == 12:
        hour = 0
    if hour == 24 and minute == 0:
        hour = 0
    if hour > 23 or minute > 59:
        raise Untimely(Fault.NO_TIME, found[0].strip())
    return time(hour, minute)


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
    return next(place for place, name in enumerate(_NAMES) if re.fullmatch(f"{name}s?", word))


def _day(found: re.Match[str]) -> int:
    day = _number(found["day"] or found["day_plain"] or found["day_zh"])
    if not 1 <= day <= 31:
        raise Untimely(Fault.NO_DAY, found[0].strip())
    return day


def _number(text: str) -> int:
    """A number below 100, in digits or in Chinese."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return int("".join(str(_NUMERALS[sign]) for sign in text))
    return 10 * (_NUMERALS[tens] if tens else 1) + (_NUMERALS[ones] if ones else 0)
