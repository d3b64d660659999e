"""Dues across daylight saving, months of every length and long pauses."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedules.time_words import read_when
from bot.schedules.timetable import LAST, Nth, Timetable, Unit, dues_between, next_due

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [BERLIN, ZoneInfo("Asia/Shanghai"), ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")]


def local(text: str, zone: ZoneInfo = BERLIN, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def dues(text: str, start: datetime, *, count: int, zone: ZoneInfo = BERLIN) -> list[str]:
    table, found, after = read_when(text), [], start
    for _ in range(count):
        due = next_due(table, after, zone)
        assert due is not None
        found.append(due.astimezone(zone).strftime("%Y-%m-%d %H:%M"))
        after = due
    return found


def test_time_that_the_clock_jumps_over_is_taken_an_hour_later() -> None:
    assert dues("every day 2:30", local("2026-03-28T12:00"), count=2) == ["2026-03-29 03:30", "2026-03-30 02:30"]


def test_time_that_the_clock_shows_twice_is_taken_once() -> None:
    assert dues("every day 2:30", local("2026-10-24T12:00"), count=2) == ["2026-10-25 02:30", "2026-10-26 02:30"]
    first = next_due(read_when("every day 2:30"), local("2026-10-24T12:00"), BERLIN)
    # Compared in UTC: between zones, an hour that comes twice equals nothing.
    assert first == local("2026-10-25T02:30", fold=0).astimezone(UTC)


def test_two_times_that_fall_together_in_spring_are_due_once() -> None:
    found = dues("every day 2:30 and 3:30", local("2026-03-28T12:00"), count=2)
    assert found == ["2026-03-29 03:30", "2026-03-30 02:30"]


def test_hours_go_by_the_wall_clock_through_both_changes() -> None:
    found = dues("every 2 hours", local("2026-03-29T00:30"), count=3)
    assert found == ["2026-03-29 03:00", "2026-03-29 04:00", "2026-03-29 06:00"]
    found = dues("hourly", local("2026-10-25T01:30"), count=3)
    assert found == ["2026-10-25 02:00", "2026-10-25 03:00", "2026-10-25 04:00"]


def test_steps_of_days_are_counted_by_the_calendar_through_both_changes() -> None:
    found = dues("every 3 days 2:30, from 2026-03-26", local("2026-03-27T00:00"), count=3)
    assert found == ["2026-03-29 03:30", "2026-04-01 02:30", "2026-04-04 02:30"]
    found = dues("每两天 2:30（从 2026-10-23 起）", local("2026-10-24T00:00"), count=2)
    assert found == ["2026-10-25 02:30", "2026-10-27 02:30"]


def test_steps_of_months_reach_the_last_day_of_february() -> None:
    found = dues("every 2 months on the 31st, from 2026-12-31", local("2026-12-30T00:00"), count=3)
    assert found == ["2026-12-31 09:00", "2027-02-28 09:00", "2027-04-30 09:00"]


def test_wall_clock_time_stays_over_the_change_of_the_clocks() -> None:
    first, second = (next_due(read_when("monday 9:00"), local(day), BERLIN) for day in ("2026-03-22", "2026-03-29"))
    assert first is not None
    assert second is not None
    assert second - first == timedelta(days=7) - timedelta(hours=1)


def test_31st_is_the_last_day_of_a_shorter_month() -> None:
    found = dues("每月31号 9:00", local("2027-01-31T12:00"), count=3)
    assert found == ["2027-02-28 09:00", "2027-03-31 09:00", "2027-04-30 09:00"]
    assert dues("on the 29th of the month", local("2028-01-30"), count=1) == ["2028-02-29 09:00"]


def test_cron_waits_for_the_29th_of_february() -> None:
    assert dues("0 9 29 2 *", local("2096-03-01"), count=1) == ["2104-02-29 09:00"]


def test_cron_takes_either_day_where_both_are_given() -> None:
    assert dues("0 9 13 * fri", local("2026-02-01"), count=2) == ["2026-02-06 09:00", "2026-02-13 09:00"]


def test_fifth_monday_is_due_only_in_months_that_have_one() -> None:
    assert dues("fifth monday of the month", local("2026-01-01"), count=2) == ["2026-03-30 09:00", "2026-06-29 09:00"]


def test_first_workday_passes_over_a_weekend() -> None:
    assert dues("每月第一个工作日", local("2026-07-30"), count=2) == ["2026-08-03 09:00", "2026-09-01 09:00"]


def test_timetable_that_never_comes_is_known() -> None:
    never = Timetable(times=(time(9),), days=frozenset({30}), months=frozenset({2}))
    assert next_due(never, datetime(2026, 1, 1, tzinfo=UTC), BERLIN) is None


def test_only_the_latest_of_a_long_pause_are_told() -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    found = dues_between(read_when("every day 9:00"), start, datetime(2026, 1, 5, tzinfo=UTC), BERLIN, most=3)
    assert [each.date() for each in found] == [date(2026, 1, day) for day in (2, 3, 4)]


TABLES = st.builds(
    Timetable,
    times=st.lists(st.times(), min_size=1, max_size=3).map(lambda each: tuple(sorted(set(each)))),
    weekdays=st.none() | st.frozensets(st.integers(0, 6), min_size=1),
    days=st.none() | st.frozensets(st.integers(1, 31), min_size=1),
    nths=st.lists(
        st.builds(Nth, n=st.sampled_from([1, 2, 4, LAST]), unit=st.sampled_from([Unit.DAY, Unit.WORKDAY])), max_size=2
    ).map(tuple),
    day_step=st.sampled_from([1, 1, 3]),
    month_step=st.sampled_from([1, 1, 2]),
    clamped=st.booleans(),
)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda each: each.replace(tzinfo=UTC))  # noqa: DTZ001


@pytest.mark.parametrize("zone", ZONES, ids=lambda zone: zone.key)
@given(table=TABLES, moment=MOMENTS)
def test_next_due_lies_ahead_and_nothing_lies_between(zone: ZoneInfo, table: Timetable, moment: datetime) -> None:
    due = next_due(table, moment, zone)
    if due is None:
        return
    assert due > moment
    assert next_due(table, due - timedelta(microseconds=1), zone) == due
    assert dues_between(table, moment, due, zone, most=9) == [due]
