"""The book of schedules; implements `bot.schedules.books.ScheduleBook`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, delete, func, or_, select, update

from bot.replies import Reply
from bot.schedules.records import LONGEST_PAUSE, Fire, FireState, Schedule
from bot.store.database import Database
from bot.store.models.schedules import fires, schedules, told
from bot.store.schedule_rows import dump_content, fire_of, fire_values, schedule_of, schedule_values
from bot.store.statements import add_new

_WAITING = fires.c.state == FireState.WAITING.value
_KEYS_AT_ONCE = 500


class SqlSchedules:
    """A posting belongs to whoever holds its lease; each step is one conditional update."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, schedule: Schedule) -> None:
        """Store a schedule; what it has told so far stays."""
        values = schedule_values(schedule)
        change = update(schedules).where(schedules.c.id == schedule.id).values(values)

        def work(connection: Connection) -> None:
            if not add_new(connection, schedules, {**values, "seen": None, "posted_at": None, "report": ""}):
                connection.execute(change)

        await self._database.write(work)

    async def get(self, schedule_id: str) -> Schedule | None:
        """One schedule."""
        found = select(schedules).where(schedules.c.id == schedule_id)
        row = await self._database.read(lambda connection: connection.execute(found).first())
        return schedule_of(row) if row else None

    async def all(self) -> tuple[Schedule, ...]:
        """All of them."""
        order = schedules.c.platform, schedules.c.workspace, schedules.c.channel, schedules.c.id
        rows = await self._database.read(
            lambda connection: connection.execute(select(schedules).order_by(*order)).all()
        )
        return tuple(schedule_of(row) for row in rows)

    async def remove(self, schedule_id: str) -> bool:
        """Forget a schedule; its postings go with it."""
        gone = delete(schedules).where(schedules.c.id == schedule_id)
        return await self._database.write(lambda connection: connection.execute(gone).rowcount == 1)

    async def plan(self, schedule_id: str, planned: Sequence[Fire], *, cursor: datetime) -> int:
        """Store the times at which it is due, unless they are stored already."""
        move = update(schedules).where(schedules.c.id == schedule_id).values(cursor_at=cursor)

        def work(connection: Connection) -> int:
            # The update locks the schedule's row, so that nobody removes it meanwhile.
            if connection.execute(move).rowcount != 1:
                return 0
            return sum(add_new(connection, fires, fire_values(fire)) for fire in planned)

        return await self._database.write(work)

    async def lease(self, holder: str, *, now: datetime, until: datetime) -> Fire | None:
        """The next waiting one whose time has come and on which nobody works."""
        # Nobody leases for so long or waits until then, unless by a clock that ran ahead. By less than a lease is no
        # sign of that: clocks of two machines differ a little, and so do the moments at which two workers look at one.
        farthest = until + (until - now)
        free = or_(fires.c.leased_until.is_(None), fires.c.leased_until <= now, fires.c.leased_until > farthest)
        never = (fires.c.due <= now) & (fires.c.retry_at > now + LONGEST_PAUSE)
        ready = _WAITING & or_(fires.c.retry_at <= now, never) & free
        first = select(fires).where(ready).order_by(fires.c.retry_at, fires.c.due, fires.c.schedule_id).limit(1)
        # PostgreSQL passes over what another process is taking; SQLite has one writer at a time.
        first = first.with_for_update(skip_locked=True)

        def work(connection: Connection) -> Fire | None:
            row = connection.execute(first).first()
            if row is None:
                return None
            fire = fire_of(row)
            connection.execute(update(fires).where(_same(fire)).values(holder=holder, leased_until=until))
            return replace(fire, holder=holder, leased_until=until)

        return await self._database.write(work)

    async def renew(self, fire: Fire, *, until: datetime) -> bool:
        """Keep working on it."""
        return await self._change(fire, leased_until=until)

    async def freeze(self, fire: Fire, content: Sequence[Reply], *, told: Sequence[str], seen: int) -> Fire | None:
        """Store what will be posted, unless that is settled already."""
        values = {"content": dump_content(content), "told": list(told), "seen": seen}
        settle = update(fires).where(_held(fire), fires.c.content.is_(None)).values(values)

        def work(connection: Connection) -> Fire | None:
            connection.execute(settle)
            row = connection.execute(select(fires).where(_held(fire))).first()
            return fire_of(row) if row else None

        return await self._database.write(work)

    async def postpone(self, fire: Fire, *, retry_at: datetime, note: str) -> None:
        """Let it go until later."""
        await self._change(
            fire, retry_at=retry_at, note=note, attempts=fires.c.attempts + 1, holder="", leased_until=None
        )

    async def finish(self, fire: Fire, state: FireState, *, at: datetime, note: str = "") -> bool:
        """To an end, together with what it has told."""
        over: dict[str, Any] = {
            "state": state.value,
            "note": note,
            "content": None,
            "told": [],
            "holder": "",
            "leased_until": None,
        }
        end = update(fires).where(_same(fire), _WAITING).values(**over, ended_at=at)

        def work(connection: Connection) -> bool:
            if connection.execute(end).rowcount != 1:
                return False
            if state is FireState.POSTED:
                _note_told(connection, fire, at)
            if state in {FireState.POSTED, FireState.SILENT}:
                _note_progress(connection, fire, at)
            return True

        return await self._database.write(work)

    async def trouble(self, schedule_id: str, problem: str, *, report: str = "") -> bool:
        """Note why posting fails; whether that is news."""
        other = (schedules.c.id == schedule_id) & (schedules.c.trouble != problem)
        change = update(schedules).where(other).values(trouble=problem, report=report if problem else "")
        return await self._database.write(lambda connection: connection.execute(change).rowcount == 1)

    async def unreported(self) -> tuple[tuple[Schedule, str], ...]:
        """Schedules in trouble of which no admin has been told yet."""
        found = select(schedules).where(schedules.c.report != "", schedules.c.trouble != "").order_by(schedules.c.id)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return tuple((schedule_of(row), row.report) for row in rows)

    async def reported(self, schedule_id: str, report: str) -> None:
        """Note that an admin has been told."""
        same = (schedules.c.id == schedule_id) & (schedules.c.report == report)
        change = update(schedules).where(same).values(report="")
        await self._database.write(lambda connection: connection.execute(change))

    async def fires(self, schedule_id: str, *, limit: int) -> tuple[Fire, ...]:
        """The latest ones, without their content."""
        found = select(fires).where(fires.c.schedule_id == schedule_id).order_by(fires.c.due.desc()).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return tuple(replace(fire_of(row), content=None, told=()) for row in rows)

    async def progress(self, schedule_id: str) -> tuple[int, datetime] | None:
        """The sighting up to which it has told, and when."""
        found = select(schedules.c.seen, schedules.c.posted_at).where(schedules.c.id == schedule_id)
        row = await self._database.read(lambda connection: connection.execute(found).first())
        return (row.seen, row.posted_at) if row and row.seen is not None else None

    async def told(self, channel_key: str, keys: Collection[str]) -> frozenset[str]:
        """Those of the keys that were told to a channel."""
        asked = sorted(keys)

        def work(connection: Connection) -> frozenset[str]:
            known: set[str] = set()
            for start in range(0, len(asked), _KEYS_AT_ONCE):
                some = told.c.key.in_(asked[start : start + _KEYS_AT_ONCE])
                rows = connection.execute(select(told.c.key).where(told.c.channel_key == channel_key, some))
                known.update(row.key for row in rows)
            return frozenset(known)

        return await self._database.read(work)

    async def next_retry(self) -> datetime | None:
        """When the next waiting one may be worked on."""
        free = case((fires.c.leased_until > fires.c.retry_at, fires.c.leased_until), else_=fires.c.retry_at)
        found = select(func.min(free).label("at")).where(_WAITING)
        row = await self._database.read(lambda connection: connection.execute(found).one())
        at: datetime | None = row.at
        return at

    async def _change(self, fire: Fire, **values: Any) -> bool:
        change = update(fires).where(_held(fire)).values(**values)
        return await self._database.write(lambda connection: connection.execute(change).rowcount == 1)


def _same(fire: Fire) -> Any:
    return (fires.c.schedule_id == fire.schedule_id) & (fires.c.due == fire.due)


def _held(fire: Fire) -> Any:
    return _same(fire) & (fires.c.holder == fire.holder) & _WAITING


def _note_told(connection: Connection, fire: Fire, at: datetime) -> None:
    row = connection.execute(select(schedules).where(schedules.c.id == fire.schedule_id)).first()
    if row is None:
        return
    channel = schedule_of(row).place.channel_key
    for key in fire.told:
        add_new(connection, told, {"channel_key": channel, "key": key, "at": at})


def _note_progress(connection: Connection, fire: Fire, at: datetime) -> None:
    further = or_(schedules.c.seen.is_(None), schedules.c.seen <= fire.seen)
    change = update(schedules).where(schedules.c.id == fire.schedule_id, further)
    connection.execute(change.values(seen=fire.seen, posted_at=at))
