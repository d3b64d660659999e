"""A person's direct messages: what is kept of rooms in which they alone read along."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, or_, select, tuple_

from bot.channel_rules import OWNER
from bot.chat import Place, PlaceKind
from bot.store.models.checklists import checklist_changes, checklist_reminders, checklists
from bot.store.models.conversing import channel_settings, conversations, events, imported_turns, posts, questions
from bot.store.models.documents import hand_ins
from bot.store.models.oversight import slips
from bot.store.models.schedules import schedules, told

_TOLD_OF: tuple[Table, ...] = (schedules, checklists)
"""Besides the settings: what a person has set up in a room and would want to be told of."""

_PLACED: tuple[Table, ...] = (*_TOLD_OF, checklist_reminders, posts)


def rooms_of(connection: Connection, person: str) -> frozenset[str]:
    """The keys of a person's direct messages: where they wrote, and where they have set something."""
    found: set[str] = set()
    for table in (questions, hand_ins):
        columns = table.c.platform, table.c.workspace, table.c.channel
        theirs = (table.c.person == person) & (table.c.place_kind == PlaceKind.DM.value)
        found |= {_key(row) for row in connection.execute(select(*columns).where(theirs).distinct())}
    return frozenset(found | {key for key, owner in _owned(connection) if owner == person})


def room_owners(connection: Connection) -> frozenset[str]:
    """The keys of all people who have set something in a direct message."""
    return frozenset(owner for _, owner in _owned(connection))


def room_rows(connection: Connection, rooms: Collection[str]) -> dict[str, list[Row[Any]]]:
    """What has been set in rooms, by the names of the tables."""
    if not rooms:
        return {}
    kept = {table.name: list(connection.execute(select(table).where(_placed(table, rooms)))) for table in _TOLD_OF}
    settings = select(channel_settings).where(channel_settings.c.channel_key.in_(rooms))
    return {channel_settings.name: list(connection.execute(settings)), **kept}


def clear_rooms(connection: Connection, rooms: Collection[str]) -> int:
    """Deletes all that is kept of rooms; returns how many rows."""
    if not rooms:
        return 0
    boards = select(checklists.c.board).where(_placed(checklists, rooms))
    gone = [
        delete(checklist_changes).where(
            or_(checklist_changes.c.board.in_(boards), checklist_changes.c.board.in_(rooms))
        ),
        *(delete(table).where(_placed(table, rooms)) for table in _PLACED),
        delete(told).where(told.c.channel_key.in_(rooms)),
        delete(channel_settings).where(channel_settings.c.channel_key.in_(rooms)),
        delete(conversations).where(_inside(conversations.c.key, rooms)),
        delete(imported_turns).where(_inside(imported_turns.c.conversation, rooms)),
        # What an event itself is known by stays, so that one that comes again is still let pass.
        delete(events).where(_inside(events.c.key, [f"message/{room}" for room in rooms])),
        delete(slips).where(slips.c.id.in_(_slips(connection, rooms))),
    ]
    return sum(connection.execute(statement).rowcount for statement in gone)


def _owned(connection: Connection) -> list[tuple[str, str]]:
    rows = connection.execute(select(channel_settings.c.channel_key, channel_settings.c.other))
    return [(key, other[OWNER]) for key, other in rows if OWNER in other]


def _slips(connection: Connection, rooms: Collection[str]) -> list[str]:
    rows = connection.execute(select(slips.c.id, slips.c.content))
    return [number for number, content in rows if content.get("channel") in rooms]


def _placed(table: Any, rooms: Collection[str]) -> Any:
    place = tuple_(table.c.platform, table.c.workspace, table.c.channel)
    return place.in_([tuple(room.split("/", 2)) for room in rooms])


def _inside(column: Any, rooms: Collection[str]) -> Any:
    return or_(*(column.startswith(f"{room}/", autoescape=True) for room in rooms))


def _key(row: Any) -> str:
    return Place(platform=row.platform, workspace=row.workspace, channel=row.channel).channel_key
