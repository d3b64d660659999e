"""What `advisor doctor` says of the store: whether it is reached and of this version, and how its schedules fare."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from bot.errors import StoreMismatch
from bot.findings import Finding, Status
from bot.input_records import InputRecord, InputState
from bot.schedules.records import FireState, Schedule
from bot.schedules.time_words import read_when
from bot.schedules.timetable import next_due
from bot.schedules.untimely import Fault, Untimely
from bot.schedules.zones import zone_of
from bot.settings import Settings
from bot.store.database import Database
from bot.store.inputs import SqlInputs
from bot.store.migrating import check_revision, known_revisions, stored_revision
from bot.store.opening import open_database
from bot.store.schedules import SqlSchedules
from bot.store.urls import FILE_NAME, store_url
from rag.errors import RagError

_LATE = timedelta(hours=1)
"""A schedule that is due for longer than that is kept by nobody."""

_MEGABYTE = 1024 * 1024

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
                for record in await SqlInputs(database).all():
                    if finding := _input(record):
                        yield finding
                for schedule in await SqlSchedules(database).all():
                    yield await _schedule(database, schedule, now)
    except StoreMismatch as error:
        problem, _, mend = str(error).partition("; ")
        yield Finding(check="store", status=Status.FAIL, text=problem, mend=mend)
    except RagError as error:
        mend = "look at the database and at ADVISOR_DATABASE_URL; a broken file is replaced by advisor restore FILE"
        yield Finding(check="store", status=Status.FAIL, text=str(error), mend=mend)


async def _examined(database: Database) -> Finding:
    found = await database.read(_looked)
    revision = found.revision
    check_revision(revision)
    if found.fault:
        mend = "stop the bot and bring a backup back: advisor restore FILE"
        return Finding(check="store", status=Status.FAIL, text=f"the store is damaged: {found.fault}", mend=mend)
    newest = known_revisions()[-1]
    if revision != newest:
        said = f"the store has revision {revision or 'none'}, this version wants {newest}"
        mend = "make a backup, then: advisor db upgrade; or start the bot, which does the same"
        return Finding(check="store", status=Status.WARN, text=said, mend=mend)
    size = f"{found.size_bytes / _MEGABYTE:.1f} MB"
    if not found.writable:
        mend = "give this user the right to write to it; nothing that is asked can be kept until then"
        said = f"the store can be read, and not written; revision {revision}, {size}"
        return Finding(check="store", status=Status.FAIL, text=said, mend=mend)
    return Finding(check="store", status=Status.OK, text=f"sound, revision {revision}, {size}, writable")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """A database at a glance; `fault` is what SQLite finds wrong with its file."""

    revision: str
    size_bytes: int
    writable: bool
    fault: str = ""


def _looked(connection: Connection) -> _Looked:
    revision = stored_revision(connection)
    if connection.dialect.name != "sqlite":
        (size,) = connection.execute(text("SELECT pg_database_size(current_database())")).one()
        # A standby, and a database that was set so, take no writing whoever asks.
        (standby,) = connection.execute(text("SELECT pg_is_in_recovery()")).one()
        (locked,) = connection.execute(text("SHOW default_transaction_read_only")).one()
        return _Looked(revision=revision, size_bytes=size, writable=not standby and locked != "on")
    (verdict,) = connection.execute(text("PRAGMA quick_check(1)")).one()
    file = Path(connection.engine.url.database or "")
    return _Looked(
        revision=revision,
        size_bytes=file.stat().st_size,
        writable=os.access(file, os.W_OK),
        fault="" if verdict == "ok" else str(verdict).splitlines()[0],
    )


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
    if fires and fires[0].state is FireState.FAILED:
        told = f"{name}: the post that was due {fires[0].due:%Y-%m-%d %H:%M} UTC failed"
        return _finding(Status.WARN, told, "see advisor digest list and the bot's log")
    last = f"last {fires[0].state.value} {fires[0].due:%Y-%m-%d %H:%M} UTC" if fires else "has not been due yet"
    return _finding(Status.OK, f"{name}: {last}; next {due:%Y-%m-%d %H:%M} UTC" if due else f"{name}: {last}")


def _input(record: InputRecord) -> Finding | None:
    """What went wrong when an input was read last."""
    result = record.result
    if result is None or not result.reason or record.state is not InputState.ACTIVE:
        return None
    named = f" ({result.value})" if result.value else ""
    said = (
        f"{record.number} {record.target}: read {result.at:%Y-%m-%d %H:%M} UTC with a problem, {result.reason}{named}"
    )
    mend = "advisor inputs list says what to do; advisor inputs read NUMBER tries again"
    return Finding(check="input", status=Status.WARN, text=said, mend=mend)


def _finding(status: Status, text: str, mend: str = "") -> Finding:
    return Finding(check="schedule", status=status, text=text, mend=mend)
