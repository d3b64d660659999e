"""Schedules and their postings as rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from sqlalchemy import Row

from bot.replies import Reply
from bot.schedules.records import Fire, FireState, Origin, Schedule, ScheduleKind
from bot.store.statements import place_of, place_values
from rag.types import Language

_CONTENT = TypeAdapter(tuple[Reply, ...], config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64"))


def schedule_values(schedule: Schedule) -> dict[str, Any]:
    """A schedule as the columns of its row."""
    return {
        "id": schedule.id,
        **place_values(schedule.place),
        "kind": schedule.kind.value,
        "when_text": schedule.when,
        "zone": schedule.zone,
        "language": schedule.language.value if schedule.language else None,
        "topics": sorted(schedule.topics),
        "silent": schedule.silent,
        "active": schedule.active,
        "origin": schedule.origin.value,
        "cursor_at": schedule.cursor,
        "trouble": schedule.trouble,
        "person": schedule.person,
    }


def schedule_of(row: Row[Any]) -> Schedule:
    """The schedule in a row."""
    return Schedule(
        id=row.id,
        place=place_of(row),
        kind=ScheduleKind(row.kind),
        when=row.when_text,
        zone=row.zone,
        language=Language(row.language) if row.language else None,
        topics=frozenset(row.topics),
        silent=row.silent,
        active=row.active,
        origin=Origin(row.origin),
        cursor=row.cursor_at,
        trouble=row.trouble,
        person=row.person,
    )


def fire_values(fire: Fire) -> dict[str, Any]:
    """A new posting as the columns of its row."""
    return {
        "schedule_id": fire.schedule_id,
        "due": fire.due,
        "state": fire.state.value,
        "asked": fire.asked,
        "retry_at": fire.retry_at,
        "attempts": fire.attempts,
        "holder": fire.holder,
        "leased_until": fire.leased_until,
        "content": None if fire.content is None else dump_content(fire.content),
        "told": list(fire.told),
        "seen": fire.seen,
        "note": fire.note,
        "ended_at": None,
    }


def fire_of(row: Row[Any]) -> Fire:
    """The posting in a row."""
    return Fire(
        schedule_id=row.schedule_id,
        due=row.due,
        state=FireState(row.state),
        asked=row.asked,
        retry_at=row.retry_at,
        attempts=row.attempts,
        holder=row.holder,
        leased_until=row.leased_until,
        # By way of a text: only there pictures are read from base64.
        content=None if row.content is None else _CONTENT.validate_json(json.dumps(row.content)),
        told=tuple(row.told),
        seen=row.seen,
        note=row.note,
    )


def dump_content(content: Sequence[Reply]) -> Any:
    """What will be posted, as JSON holds it."""
    return _CONTENT.dump_python(tuple(content), mode="json")
