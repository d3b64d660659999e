"""Plain words of time and cron, in both languages: what they mean, and what is said of words that mean nothing."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedules.time_words import read_when
from bot.schedules.timetable import next_due
from bot.schedules.untimely import Fault, Untimely
from bot.schedules.zones import read_zone, zone_of

SUNDAY = datetime(2026, 11, 22, 11, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("every Monday 9:00", "Mon 11-23 09:00"),
        ("每周一 9:00", "Mon 11-23 09:00"),
        ("每周一 9：00", "Mon 11-23 09:00"),
        ("Mondays and Thursdays at 5 pm", "Mon 11-23 17:00"),
        ("tue, wed 8.30", "Tue 11-24 08:30"),
        ("mon-fri 18:30", "Mon 11-23 18:30"),
        ("周一到周五 18:30", "Mon 11-23 18:30"),
        ("每周三、五 下午3点", "Wed 11-25 15:00"),
        ("每星期天 10:00", "Sun 11-29 10:00"),
        ("每周日晚上8点", "Sun 11-22 20:00"),
        ("weekly", "Mon 11-23 09:00"),
        ("weekly on Friday", "Fri 11-27 09:00"),
        ("every day 9am", "Mon 11-23 09:00"),
        ("每天早上九点半", "Mon 11-23 09:30"),
        ("every day at 12 a.m.", "Mon 11-23 00:00"),
        ("weekdays at noon", "Mon 11-23 12:00"),
        ("每个工作日上午9点", "Mon 11-23 09:00"),
        ("周末 十点十五分", "Sat 11-28 10:15"),
        ("first weekday of the month", "Tue 12-01 09:00"),
        ("每月第一个工作日 9:00", "Tue 12-01 09:00"),
        ("1st Monday of the month 9:00", "Mon 12-07 09:00"),
        ("last Friday of every month at 17:00", "Fri 11-27 17:00"),
        ("每月最后一个周五 17:00", "Fri 11-27 17:00"),
        ("每月最后一天", "Mon 11-30 09:00"),
        ("on the 31st of each month", "Mon 11-30 09:00"),
        ("每月1号和15号 10:00", "Tue 12-01 10:00"),
        ("monthly", "Tue 12-01 09:00"),
        ("quarterly", "Fri 01-01 09:00"),
        ("每季度第一个工作日", "Fri 01-01 09:00"),
        ("0 9 * * 1-5", "Mon 11-23 09:00"),
        ("30 8,17 * * mon", "Mon 11-23 08:30"),
        ("0 9 * * 7", "Sun 11-29 09:00"),
        ("0 9 L * *", "Mon 11-30 09:00"),
        ("0 9 1 jan *", "Fri 01-01 09:00"),
        ("0 0-12/6 1 * *", "Tue 12-01 00:00"),
    ],
)
def test_words_are_read_as_the_time_that_people_mean(text: str, expected: str) -> None:
    due = next_due(read_when(text), SUNDAY, SHANGHAI)
    assert due is not None
    assert due.astimezone(SHANGHAI).strftime("%a %m-%d %H:%M") == expected


@pytest.mark.parametrize(
    ("text", "fault", "word"),
    [
        ("", Fault.EMPTY, ""),
        ("every fortnight", Fault.UNKNOWN, "fortnight"),
        ("every Monday 9:00 sharp", Fault.UNKNOWN, "sharp"),
        ("每逢初一", Fault.UNKNOWN, "初一"),
        ("9:00", Fault.HOW_OFTEN, ""),
        ("every Monday of the month", Fault.WHICH, ""),
        ("the first of the month", Fault.WHICH, ""),
        ("Monday the 3rd", Fault.TWO_KINDS, ""),
        ("every Monday 25:00", Fault.NO_TIME, "25:00"),
        ("每月32号", Fault.NO_DAY, "32号"),
        ("*/5 * * * *", Fault.TOO_OFTEN, "288"),
        ("0 9 30 2 *", Fault.NEVER, "0 9 30 2 *"),
        ("0 9 * * 8", Fault.CRON, "8"),
        ("0 9 * * mon-x", Fault.CRON, "x"),
        ("0 9/0 * * *", Fault.CRON, "9/0"),
    ],
)
def test_what_is_not_understood_is_named(text: str, fault: Fault, word: str) -> None:
    with pytest.raises(Untimely) as raised:
        read_when(text)
    assert (raised.value.fault, raised.value.word) == (fault, word)


def test_several_times_a_day_are_kept() -> None:
    assert read_when("every day 17:00 and 9:00").times == (time(9), time(17))


@given(st.text(alphabet="every monday 每周一月第个工作日最后0123456789:*/,-第一 点半号lastfirst", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        table = read_when(text)
    except Untimely:
        return
    assert next_due(table, SUNDAY, SHANGHAI) is not None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        ("asia/shanghai", "Asia/Shanghai"),
        ("北京", "Asia/Shanghai"),
        ("berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("UTC+8", "Etc/GMT-8"),
        ("gmt-3", "Etc/GMT+3"),
        ("utc", "UTC"),
    ],
)
def test_zone_is_known_by_what_people_call_it(text: str, name: str) -> None:
    assert read_zone(text).key == name


@pytest.mark.parametrize(("text", "near"), [("Asia/Shangai", "Asia/Shanghai"), ("../etc", ""), ("UTC+15", "UTC")])
def test_zone_that_is_unknown_is_refused_with_a_near_one(text: str, near: str) -> None:
    with pytest.raises(Untimely) as raised:
        read_zone(text)
    assert raised.value.word == near


def test_stored_zone_that_is_gone_is_an_error_and_no_crash() -> None:
    with pytest.raises(Untimely):
        zone_of("Mars/Olympus")
