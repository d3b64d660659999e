"""Plain words of time and cron, in both languages: what they mean, and what is said of words that mean nothing."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedules.time_words import begun, is_begun, read_when
from bot.schedules.timetable import next_due
from bot.schedules.untimely import Fault, Untimely

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
        ("the last day of the month", "Mon 11-30 09:00"),
        ("end of the month 17:00", "Mon 11-30 17:00"),
        ("每月月底下午5点", "Mon 11-30 17:00"),
        ("月中", "Tue 12-15 09:00"),
        ("每月初", "Tue 12-01 09:00"),
        ("每季度第一天", "Fri 01-01 09:00"),
        ("every other Friday", "Fri 12-04 09:00"),
        ("every second Friday 8:30", "Fri 12-04 08:30"),
        ("every second Friday of the month", "Fri 12-11 09:00"),
        ("every two weeks on Friday", "Fri 12-04 09:00"),
        ("every fortnight", "Mon 11-30 09:00"),
        ("biweekly on Wednesdays", "Wed 12-02 09:00"),
        ("隔周五", "Fri 12-04 09:00"),
        ("每隔一周的周五 18:30", "Fri 12-04 18:30"),
        ("每两周周五", "Fri 12-04 09:00"),
        ("every other Friday, from 2026-11-27", "Fri 11-27 09:00"),
        ("隔周五 9:00（从 2026-11-27 起）", "Fri 11-27 09:00"),
        ("every day starting 2026-12-24", "Thu 12-24 09:00"),
        ("every weekday at 9am", "Mon 11-23 09:00"),
        ("每个工作日早上九点", "Mon 11-23 09:00"),
        ("工作日 18:30", "Mon 11-23 18:30"),
        ("every Monday at 9", "Mon 11-23 09:00"),
        ("every weekday morning at 8", "Mon 11-23 08:00"),
        ("each Friday afternoon at 4", "Fri 11-27 16:00"),
        ("every morning", "Mon 11-23 09:00"),
        ("每天晚上", "Sun 11-22 20:00"),
        ("每天晚上八点一刻", "Sun 11-22 20:15"),
        ("Mon/Wed & Fri 9:00", "Mon 11-23 09:00"),
        ("每季度第一个工作日", "Fri 01-01 09:00"),
        ("every 3 days, from 2026-11-21", "Tue 11-24 09:00"),
        ("每隔一天（从 2026-11-21 起）", "Mon 11-23 09:00"),
        ("every 6 hours", "Mon 11-23 00:00"),
        ("every six hours from 9:00", "Sun 11-22 21:00"),
        ("hourly", "Sun 11-22 20:00"),
        ("每6小时", "Mon 11-23 00:00"),
        ("每隔两个小时 从9点", "Sun 11-22 21:00"),
        ("工作日每4小时", "Mon 11-23 00:00"),
        ("every 3 weeks on Friday 16:00, from 2026-11-20", "Fri 12-11 16:00"),
        ("双周周三", "Wed 12-02 09:00"),
        ("every two months on the 15th, from 2026-10-15", "Tue 12-15 09:00"),
        ("每两个月15号（从 2026-11-15 起）", "Fri 01-15 09:00"),
        ("every year on 1 March", "Mon 03-01 09:00"),
        ("every January 5th at 10:00", "Tue 01-05 10:00"),
        ("每年3月1日", "Mon 03-01 09:00"),
        ("once a week", "Mon 11-23 09:00"),
        ("每周一次，周三9点", "Wed 11-25 09:00"),
        ("一天一次", "Mon 11-23 09:00"),
        ("second and fourth Tuesday of the month", "Tue 11-24 09:00"),
        ("1st and 3rd Monday of the month 10:00", "Mon 12-07 10:00"),
        ("每月第一和第三个周一", "Mon 12-07 09:00"),
        ("last working day of the quarter", "Thu 12-31 09:00"),
        ("每季度最后一天", "Thu 12-31 09:00"),
        ("每个季度末", "Thu 12-31 09:00"),
        ("first Monday of the quarter", "Mon 01-04 09:00"),
        ("every Monday at half past nine", "Mon 11-23 09:30"),
        ("every day at 9 and 21", "Sun 11-22 21:00"),
        ("every Monday at nine", "Mon 11-23 09:00"),
        ("every Sunday night", "Sun 11-22 20:00"),
        ("每晚9点", "Sun 11-22 21:00"),
        ("每周一早九点", "Mon 11-23 09:00"),
        ("每周3 10:00", "Wed 11-25 10:00"),
        ("每天早上九点", "Mon 11-23 09:00"),
        ("每月1号", "Tue 12-01 09:00"),
        ("每月最后一个工作日", "Mon 11-30 09:00"),
        ("周一到周五", "Mon 11-23 09:00"),
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
        ("every lunation", Fault.UNKNOWN, "lunation"),
        ("every Mnoday 9:00", Fault.NEAR, "mnoday"),
        ("every monday 9", Fault.BARE, "9"),
        ("每隔三天", Fault.GAP, "每隔三天"),
        ("twice a week", Fault.HOW_MANY, "twice"),
        ("每周两次", Fault.HOW_MANY, "两次"),
        ("every 5 hours", Fault.HOURS, "5"),
        ("every 0 days", Fault.NEVER, "every 0 days"),
        ("every 30 minutes", Fault.TOO_OFTEN, "48"),
        ("每半小时", Fault.TOO_OFTEN, "48"),
        ("every 3 days on Monday", Fault.TWO_KINDS, ""),
        ("every 3 days every 2 weeks", Fault.TWO_KINDS, ""),
        ("every 2 weeks on the 15th", Fault.TWO_KINDS, ""),
        ("first and last day of the quarter", Fault.TWO_KINDS, ""),
        ("every 6 hours at 9:00 and 10:00", Fault.TWO_KINDS, ""),
        ("tomorrow 9:00", Fault.HOW_OFTEN, ""),
        ("明天9点", Fault.HOW_OFTEN, ""),
        ("每年13月1日", Fault.NO_DAY, "13月"),
        ("every Monday 9:00 Berlin time", Fault.ZONE_APART, "Europe/Berlin"),
        ("every Monday 9:00 UTC+8", Fault.ZONE_APART, "UTC+8"),
        ("every Monday 9:00 CST", Fault.ZONE_APART, "Asia/Shanghai"),
        ("每周一北京时间9点", Fault.ZONE_APART, "Asia/Shanghai"),
        ("隔周的每月1号", Fault.TWO_KINDS, ""),
        ("每周一 从 2026-02-30 起", Fault.NO_DAY, "2026-02-30"),
        ("every Monday from 9999-12-31", Fault.NO_DAY, "9999-12-31"),
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


@given(
    st.text(
        alphabet="every monday hours at 每周一月第个工作日最后0123456789:*/,-第一 点半号隔次天小时年季度lastfirst",
        max_size=40,
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        table = read_when(text)
    except Untimely:
        return
    assert next_due(table, SUNDAY, SHANGHAI) is not None


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("every other  Friday", "every other Friday, from 2026-11-27"),
        ("隔周五 9:00", "隔周五 9:00（从 2026-11-27 起）"),
        ("every other Friday from 2026-12-04", "every other Friday from 2026-12-04"),
        ("every Friday", "every Friday"),
    ],
)
def test_every_other_week_begins_with_the_next_one_and_says_so(said: str, stored: str) -> None:
    text = begun(" ".join(said.split()), SHANGHAI, now=SUNDAY)
    assert text == stored
    first = next_due(read_when(text), SUNDAY, SHANGHAI)
    assert first is not None
    second = next_due(read_when(text), first, SHANGHAI)
    assert second is not None
    assert second - first == timedelta(days=7 if stored == "every Friday" else 14)
    assert begun(text, SHANGHAI, now=second) == text
    assert is_begun(text, said) == (stored not in {said, "every Friday"})


@pytest.mark.parametrize(
    ("said", "begin", "days"),
    [
        ("every 3 days", "2026-11-23", (3, 3)),
        ("每隔一天", "2026-11-23", (2, 2)),
        ("every three weeks on Friday", "2026-11-27", (21, 21)),
        ("every other month", "2026-12-01", (62, 59)),
        ("every other day", "2026-11-23", (2, 2)),
        ("每三天一次", "2026-11-23", (3, 3)),
        ("每3天早上8点", "2026-11-23", (3, 3)),
        ("每三周周五", "2026-11-27", (21, 21)),
        ("every 3 months", "2026-12-01", (90, 92)),
        ("每半年", "2026-12-01", (182, 183)),
    ],
)
def test_steps_begin_with_the_next_time_and_go_on_from_there(said: str, begin: str, days: tuple[int, int]) -> None:
    text = begun(said, SHANGHAI, now=SUNDAY)
    assert begin in text
    assert is_begun(text, said)
    found, after = [], SUNDAY
    for _ in range(3):
        due = next_due(read_when(text), after, SHANGHAI)
        assert due is not None
        found.append(due)
        after = due
    assert found[0].astimezone(SHANGHAI).date().isoformat() == begin
    assert tuple((later - earlier).days for earlier, later in pairwise(found)) == days


@pytest.mark.parametrize("word", ["monady", "tuseday", "mothly", "wekly", "firts", "febuary"])
def test_mistyped_word_is_refused_with_the_one_that_was_meant(word: str) -> None:
    with pytest.raises(Untimely) as raised:
        read_when(f"{word} 9:00")
    assert raised.value.fault is Fault.NEAR
    assert raised.value.near
