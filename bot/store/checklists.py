"""The book of checklists; implements `bot.checklist_records.ChecklistBook`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from bot.checklist_records import Act, Change, Hand, Listed, ListKind, PostedList, Reminder
from bot.store.database import Database
from bot.store.models.checklists import checklist_changes, checklist_people, checklist_reminders, checklists
from bot.store.statements import add_new, place_of, place_values
from rag.types import Language

_BY, _OWNER = "by", "owner"


class SqlChecklists:
    """A change is a row that nobody writes again, so that people who act at once never undo one another."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(
        self, posted: PostedList, *, changes: Sequence[Change] = (), reminders: Sequence[Reminder] = ()
    ) -> PostedList:
        """Store a list with its first changes and reminders, or return the one with its claim."""

        def work(connection: Connection) -> PostedList:
            if add_new(connection, checklists, _list_values(posted)):
                _add(connection, changes, reminders)
                return posted
            same = select(checklists).where(checklists.c.claim == posted.claim)
            return _list(connection.execute(same).one())

        return await self._database.write(work)

    async def get(self, list_id: str) -> PostedList | None:
        """One list."""
        found = select(checklists).where(checklists.c.id == list_id)
        row = await self._database.read(lambda connection: connection.execute(found).first())
        return _list(row) if row else None

    async def latest(self, channel_key: str, kind: ListKind, *, limit: int) -> tuple[PostedList, ...]:
        """The last lists of a channel."""
        of_channel = (checklists.c.channel_key == channel_key) & (checklists.c.kind == kind.value)
        found = select(checklists).where(of_channel).order_by(checklists.c.at.desc()).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return tuple(_list(row) for row in rows)

    async def add(self, changes: Sequence[Change], *, reminders: Sequence[Reminder] = ()) -> None:
        """Store changes behind those that are there."""
        await self._database.write(lambda connection: _add(connection, changes, reminders))

    async def changes(self, board: str) -> tuple[Change, ...]:
        """All changes of a board."""
        number, of_board = checklist_changes.c.number, checklist_changes.c.board == board
        made = select(checklist_changes).where(of_board).order_by(number)
        known = select(checklist_people).join(checklist_changes, checklist_people.c.change == number).where(of_board)

        def work(connection: Connection) -> tuple[Change, ...]:
            people = {(row.change, row.role): row for row in connection.execute(known)}
            return tuple(_change(row, people) for row in connection.execute(made))

        return await self._database.read(work)

    async def due(self, at: datetime, *, limit: int) -> tuple[Reminder, ...]:
        """Reminders whose time has come."""
        waiting = (checklist_reminders.c.due_at <= at) & checklist_reminders.c.settled_at.is_(None)
        found = select(checklist_reminders).where(waiting).order_by(checklist_reminders.c.due_at).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return tuple(_reminder(row) for row in rows)

    async def take(self, reminder_id: str, *, at: datetime, stale: datetime) -> bool:
        """Claim a reminder."""
        table = checklist_reminders.c
        free = table.settled_at.is_(None) & or_(table.taken_at.is_(None), table.taken_at < stale)
        change = update(checklist_reminders).where(table.id == reminder_id, free).values(taken_at=at)
        return await self._database.write(lambda connection: connection.execute(change).rowcount == 1)

    async def settle(self, reminder_id: str) -> None:
        """Note that nothing more is to be done about a reminder."""
        table = checklist_reminders.c
        settled = func.coalesce(table.taken_at, table.due_at)
        change = update(checklist_reminders).where(table.id == reminder_id).values(settled_at=settled)
        await self._database.write(lambda connection: connection.execute(change))


def _add(connection: Connection, changes: Sequence[Change], reminders: Sequence[Reminder]) -> None:
    for change in changes:
        values = {
            "board": change.board,
            "item": change.item,
            "act": change.act.value,
            "value": change.value,
            "at": change.at,
        }
        made = insert(checklist_changes).values(values).returning(checklist_changes.c.number)
        number = connection.execute(made).scalar_one()
        for role, hand, said in ((_BY, change.by, change.text), (_OWNER, change.owner, "")):
            if hand is not None:
                who = {"change": number, "role": role, "person": hand.person, "name": hand.name, "text": said}
                connection.execute(insert(checklist_people).values(who))
    for reminder in reminders:
        add_new(connection, checklist_reminders, _reminder_values(reminder))


def _list_values(posted: PostedList) -> dict[str, Any]:
    return {
        "id": posted.id,
        "kind": posted.kind.value,
        "board": posted.board,
        "channel_key": posted.place.channel_key,
        **place_values(posted.place),
        "language": posted.language.value,
        "subject": posted.subject,
        "stage": posted.stage,
        "sectors": posted.sectors,
        "items": [[each.item, each.reason] for each in posted.items],
        "claim": posted.claim,
        "at": posted.at,
    }


def _list(row: Row[Any]) -> PostedList:
    return PostedList(
        id=row.id,
        kind=ListKind(row.kind),
        board=row.board,
        place=place_of(row),
        language=Language(row.language),
        items=tuple(Listed(item=item, reason=reason) for item, reason in row.items),
        at=row.at,
        claim=row.claim,
        subject=row.subject,
        stage=row.stage,
        sectors=row.sectors,
    )


def _change(row: Row[Any], people: dict[tuple[int, str], Row[Any]]) -> Change:
    by, owner = people.get((row.number, _BY)), people.get((row.number, _OWNER))
    return Change(
        board=row.board,
        item=row.item,
        act=Act(row.act),
        at=row.at,
        value=row.value,
        text=by.text if by else "",
        by=Hand(person=by.person, name=by.name) if by else None,
        owner=Hand(person=owner.person, name=owner.name) if owner else None,
        number=row.number,
    )


def _reminder_values(reminder: Reminder) -> dict[str, Any]:
    return {
        "id": reminder.id,
        "board": reminder.board,
        "list_id": reminder.list_id,
        "item": reminder.item,
        "value": reminder.value,
        **place_values(reminder.place),
        "language": reminder.language.value,
        "due_at": reminder.due_at,
        "taken_at": None,
        "settled_at": None,
    }


def _reminder(row: Row[Any]) -> Reminder:
    return Reminder(
        id=row.id,
        board=row.board,
        list_id=row.list_id,
        item=row.item,
        value=row.value,
        place=place_of(row),
        language=Language(row.language),
        due_at=row.due_at,
    )
