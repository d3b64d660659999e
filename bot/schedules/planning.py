"""Which times are to be worked on: a missed one is made up for once within a window, all others are skipped. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.schedules.records import Fire, FireState, Schedule
from bot.schedules.time_words import read_when
from bot.schedules.timetable import dues_between, next_due
from bot.schedules.zones import zone_of

MISSED, TOO_LATE, PAUSED = "missed", "too_late", "paused"
"""Why something was skipped, as keys of the texts."""

_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Times to store, and up to where nothing is to be planned any more."""

    fires: tuple[Fire, ...]
    cursor: datetime


def plan(schedule: Schedule, now: datetime, *, window: timedelta) -> Plan | None:
    """What is due by now; None for nothing.

    After a clock was set back it is planned from there again: what is stored is not stored twice, and what a clock that
    ran ahead has passed over without storing it comes at its own time.

    Raises:
        Untimely: the words or the zone cannot be read any more.
    """
    zone = zone_of(schedule.zone)
    if schedule.cursor > now:
        return Plan(fires=(), cursor=now)
    dues = dues_between(read_when(schedule.when), schedule.cursor, now, zone, most=_MOST)
    if not dues:
        return None
    *missed, last = dues
    fires = [_skipped(schedule, due, MISSED) for due in missed]
    if now - last <= window:
        fires.append(Fire(schedule_id=schedule.id, due=last, retry_at=last))
    else:
        fires.append(_skipped(schedule, last, TOO_LATE))
    return Plan(fires=tuple(fires), cursor=last)


def coming(schedule: Schedule, now: datetime) -> datetime | None:
    """When it is due next. Raises Untimely."""
    return next_due(read_when(schedule.when), max(schedule.cursor, now), zone_of(schedule.zone))


def _skipped(schedule: Schedule, due: datetime, note: str) -> Fire:
    return Fire(schedule_id=schedule.id, due=due, retry_at=due, state=FireState.SKIPPED, note=note)
