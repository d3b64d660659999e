"""What words of time say, one after another, before it is made a timetable of. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time
from difflib import get_close_matches

from bot.schedules.numerals import number_of
from bot.schedules.time_tokens import MONTHS, NAMES, SCANNER, STEPS, TOKENS, WORDS
from bot.schedules.timetable import LAST, QUARTER_ENDS
from bot.schedules.untimely import Fault, Untimely
from bot.schedules.zones import zone_begun, zone_shown

_LAST_YEAR = 2100
_MINUTES_A_DAY = 1440
_SIGNS = "一二三四五六日"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": LAST}
_AFTERNOON = frozenset({"pm", "下午", "晚上", "晚", "傍晚"})
_MORNING = frozenset({"am", "凌晨", "午夜"})
_DAYS_OF_MONTH = {"month_end": LAST, "month_middle": 15, "month_beginning": 1}
_TWO = frozenset({"other", "second", "2nd"})


@dataclass(kw_only=True)
class Heard:
    """What the words said so far; `steps` are numbers of hours, days, weeks and months from one time to the next."""

    times: list[time] = field(default_factory=list)
    weekdays: set[int] = field(default_factory=set)
    days: set[int] = field(default_factory=set)
    months: set[int] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    ordinals: list[int] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    steps: dict[str, int] = field(default_factory=dict)
    since: date | None = None


def listen(text: str) -> Heard:
    """What a text in small letters says. Raises Untimely."""
    heard, at = Heard(), 0
    while at < len(text):
        found = SCANNER.match(text, at)
        if found is None or found.end() == at:
            raise _unheard(text[at:])
        _note(heard, found)
        at = found.end()
    return heard


def _unheard(text: str) -> Untimely:
    """What is wrong with a text that begins with something unknown, with what was probably meant."""
    if zone := zone_begun(text):
        return Untimely(Fault.ZONE_APART, zone_shown(zone))
    word = re.split(r"[\s,，;；]", text, maxsplit=1)[0][:30]
    near = get_close_matches(word, WORDS, n=1, cutoff=0.75)
    return Untimely(Fault.NEAR if near else Fault.UNKNOWN, word, _written(near[0]) if near else "")


def _written(word: str) -> str:
    """A word as it is written: names of days and months begin with a capital."""
    named = any(re.fullmatch(name, word) for name in (*NAMES, *MONTHS))
    return word.capitalize() if named else word


def _note(heard: Heard, found: re.Match[str]) -> None:
    kind = next(name for name, _ in TOKENS if found[f"is_{name}"] is not None)
    match kind:
        case "filler":
            return
        case _ if kind in STEPS:
            _note_step(heard, found, kind)
        case "clock" | "clock_en" | "clock_past" | "clock_zh" | "clock_bare" | "noon" | "midnight":
            heard.times += _times(found, kind)
        case "ordinal" | "ordinal_zh":
            heard.ordinals.append(_ordinal(found, kind))
        case "range" | "range_zh" | "weekday" | "weekday_zh" | "weekday_digit":
            heard.weekdays |= _weekdays(found, kind)
        case "since":
            heard.since = _date(found["since"])
        case "bare":
            raise Untimely(Fault.BARE, found["bare"])
        case _:
            _note_day(heard, found, kind)


def _note_step(heard: Heard, found: re.Match[str], kind: str) -> None:
    match kind:
        case "minute_step":
            minutes = found["minutes"] or found["minutes_zh"]
            half = "half" in found[0] or "半" in found[0]
            count = 30 if half else number_of(minutes) if minutes else 1
            raise Untimely(Fault.TOO_OFTEN, str(_MINUTES_A_DAY // max(1, count)))
        case "gap":
            raise Untimely(Fault.GAP, found[0].strip())
        case "often":
            raise Untimely(Fault.HOW_MANY, found[0].strip())
        case "single":
            raise Untimely(Fault.HOW_OFTEN)
        case "week_once":
            heard.units.add("week")
        case _:
            unit = kind.removesuffix("_step")
            heard.units.add(unit)
            heard.steps[unit] = _step(found, unit)


def _step(found: re.Match[str], unit: str) -> int:
    said = found[f"{unit}s"] or found[f"{unit}s_zh"]
    if said:
        count = 2 if said in _TWO else number_of(said)
        if not count:
            raise Untimely(Fault.NEVER, found[0].strip())
        return count
    if unit == "month":
        return 6 if re.search("half|semi|半", found[0]) else 2
    return 1 if unit == "hour" else 2


def _note_day(heard: Heard, found: re.Match[str], kind: str) -> None:
    match kind:
        case "part":
            heard.parts.append((found["part_alone"] or found["part_alone_zh"]).removesuffix("s"))
        case "day_of_month" | "day_of_month_zh":
            heard.days.add(_day(found["day"] or found["day_plain"] or found["day_zh"], found[0]))
        case "month_day" | "month_zh":
            heard.months.add(_month(found))
            if day := found["month_day"] or found["day_before"]:
                heard.days.add(_day(day, found[0]))
        case "month_end" | "month_middle" | "month_beginning":
            heard.days.add(_DAYS_OF_MONTH[kind])
        case "quarter_end":
            heard.days.add(LAST)
            heard.months |= QUARTER_ENDS
        case "every_part":
            heard.units.add("day")
        case _:
            heard.units.add(kind.removesuffix("_unit"))


def _times(found: re.Match[str], kind: str) -> list[time]:
    match kind:
        case "noon" | "midnight":
            return [time(12 if kind == "noon" else 0)]
        case "clock_bare":
            hours = re.split(r"\s*(?:,|&|and)\s*", found["hours_bare"])
            return [_time(number_of(each), 0, "", found[0]) for each in hours]
        case "clock":
            return [_time(int(found["hour"]), int(found["minute"]), found["part"] or found["half"] or "", found[0])]
        case "clock_en":
            return [_time(number_of(found["hour_en"]), 0, found["half_en"], found[0])]
        case "clock_past":
            minute = 30 if found["past"] == "half" else 15
            return [_time(number_of(found["hour_past"]), minute, found["half_past"] or "", found[0])]
        case _:
            return [_time(number_of(found["hour_zh"]), _minute_zh(found), found["part_zh"] or "", found[0])]


def _time(hour: int, minute: int, part: str, said: str) -> time:
    hour = _hour_of_day(hour, minute, part.replace(".", ""))
    if hour > 23 or minute > 59:
        raise Untimely(Fault.NO_TIME, said.strip())
    return time(hour, minute)


def _hour_of_day(hour: int, minute: int, part: str) -> int:
    if part in _AFTERNOON and hour < 12:
        return hour + 12
    at_midnight = (part in _MORNING and hour == 12) or (hour == 24 and minute == 0)
    return 0 if at_midnight else hour


def _minute_zh(found: re.Match[str]) -> int:
    if found["quarter_zh"]:
        return 15 * number_of(found["quarter_zh"])
    return 30 if found["half_zh"] else number_of(found["minute_zh"] or "0")


def _ordinal(found: re.Match[str], kind: str) -> int:
    if kind == "ordinal":
        word = found["ordinal"]
        return _ORDINALS.get(word) or int(word[0])
    return LAST if found["last_zh"] else 1 if found["beginning"] else number_of(found["ordinal_zh"])


def _weekdays(found: re.Match[str], kind: str) -> set[int]:
    match kind:
        case "weekday":
            return {_place(NAMES, found["weekday"], "s?")}
        case "weekday_zh":
            return {_SIGNS.index(sign) for sign in found["weekday_zh"].replace("天", "日") if sign in _SIGNS}
        case "weekday_digit":
            return {int(found["weekday_digit"]) - 1}
        case "range":
            first, last = (_place(NAMES, found[name], "s?") for name in ("from", "to"))
        case _:
            first, last = (_SIGNS.index(found[name].replace("天", "日")) for name in ("from_zh", "to_zh"))
    return {(first + step) % 7 for step in range((last - first) % 7 + 1)}


def _place(patterns: tuple[str, ...], word: str, more: str) -> int:
    return next(place for place, name in enumerate(patterns) if re.fullmatch(name + more, word))


def _month(found: re.Match[str]) -> int:
    if name := found["month_name"] or found["name_after"]:
        return _place(MONTHS, name, r"\.?") + 1
    month = number_of(found["month_zh"])
    if not 1 <= month <= 12:
        raise Untimely(Fault.NO_DAY, found[0].strip())
    return month


def _day(text: str, said: str) -> int:
    day = number_of(text)
    if not 1 <= day <= 31:
        raise Untimely(Fault.NO_DAY, said.strip())
    return day


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Untimely(Fault.NO_DAY, text) from error
    if day.year > _LAST_YEAR:
        raise Untimely(Fault.NO_DAY, text)
    return day
