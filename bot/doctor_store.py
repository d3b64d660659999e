"""What `advisor doctor` says of the store: whether it is reached and of this version, and how its schedules fare."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from bot.errors import StoreMismatch
from bot.findings import Finding, Status
from bot.schedules.records import Schedule
from bot.schedules.time_words import read_when
from bot.schedules.timetable import next_due
from bot.schedules.untimely import Fault, Untimely
from bot.schedules.zones import zone_of
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrating import check_revision, known_revisions, stored_revision
from bot.store.opening import open_database
from bot.store.schedules import SqlSchedules
from bot.store.urls import FILE_NAME, store_url
from rag.errors import RagError

_LATE = timedelta(hours=1)
"""A schedule that is due for longer than that is kept by nobody."""

_TROUBLES = {
    "gone": "the channel is gone, or the bot was taken out of it",
    "unreachable": "the platform does not take the message",
    "unmade": "what is to be posted could not be made",
    "untimely": "its time or time zone cannot be read any more",
}


async def examine_store(settings: Settings, *, now: datetime) -> AsyncIterator[Finding]:
    """Findings on the database and on each schedule in it; nothing is changed, and no file is made."""
    home = settings.rag.home
    try:
        url = store_url(settings.database.url, home=home)
        if url.drivername == "sqlite" and not await asyncio.to_thread(Path(url.database or "").exists):
            text = f"{home / FILE_NAME} is made at the first start of the bot"
            yield Finding(check="store", status=Status.OK, text=text)
            return
        async with open_database(url) as database:
            found = await _examined(database)
            yield found
            if found.status is Status.OK:
                for schedule in await SqlSchedules(database).all():
                    yield await _schedule(database, schedule, now)
    except StoreMismatch as error:
        problem, _, mend = str(error).partition("; ")
        yield Finding(check="store", status=Status.FAIL, text=problem, mend=mend)
    except RagError as error:
        mend = "look at the database and at ADVISOR_DATABASE_URL; a broken file is replaced by advisor restore FILE"
        yield Finding(check="store", status=Status.FAIL, text=str(error), mend=mend)


async def _examined(database: Database) -> Finding:
    revision, fault = await database.read(_looked)
    check_revision(revision)
    if fault:
        mend = "stop the bot and bring a backup back: advisor restore FILE"
        return Finding(check="store", status=Status.FAIL, text=f"the store is damaged: {fault}", mend=mend)
    newest = known_revisions()[-1]
    if revision != newest:
        said = f"the store has revision {revision or 'none'}, this version wants {newest}"
        mend = "make a backup, then: advisor db upgrade; or start the bot, which does the same"
        return Finding(check="store", status=Status.WARN, text=said, mend=mend)
    return Finding(check="store", status=Status.OK, text=f"sound, revision {revision}")


def _looked(connection: Connection) -> tuple[str, str]:
    """The revision, and what SQLite finds wrong with its file."""
    fault = ""
    if connection.dialect.name == "sqlite":
        (verdict,) = connection.execute(text("PRAGMA quick_check(1)")).one()
        fault = "" if verdict == "ok" else str(verdict).splitlines()[0]
    return stored_revision(connection), fault


async def _schedule(database: Database, schedule: Schedule, now: datetime) -> Finding:
    """How one schedule fares: the worst of it is told."""
    name = f"{schedule.kind.value} {schedule.id} in {schedule.place.channel_key}, {schedule.when} {schedule.zone}"
    try:
        due = next_due(read_when(schedule.when), schedule.cursor, zone_of(schedule.zone))
    except Untimely as error:
        what = "time zone" if error.fault is Fault.ZONE else "time"
        mend = "advisor digest remove it and add it anew; a zone of this machine's is missing: pip install -U tzdata"
        return _finding(Status.WARN, f"{name}: its {what} is not known here", mend)
    if schedule.trouble:
        why = _TROUBLES.get(schedule.trouble, schedule.trouble)
        return _finding(Status.WARN, f"{name}: posting fails, {why}", "see advisor digest list and the bot's log")
    if not schedule.active:
        return _finding(Status.OK, f"{name}: paused; advisor digest resume {schedule.id} goes on")
    if due is not None and due < now - _LATE:
        told = f"{name}: due since {due:%Y-%m-%d %H:%M} UTC, and nothing has posted it"
        return _finding(Status.WARN, told, "start the bot: advisor run")
    fires = await SqlSchedules(database).fires(schedule.id, limit=1)
    last = f"last {fires[0].state.value} {fires[0].due:%Y-%m-%d %H:%M} UTC" if fires else "has not been due yet"
    return _finding(Status.OK, f"{name}: {last}; next {due:%Y-%m-%d %H:%M} UTC" if due else f"{name}: {last}")


def _finding(status: Status, text: str, mend: str = "") -> Finding:
    return Finding(check="schedule", status=status, text=text, mend=mend)
