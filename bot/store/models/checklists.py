"""Tables of checklists: lists that were posted, changes of their items, who made them, and reminders.

Who did something stands apart from what was done: a person's rows can be deleted, and no risk opens again by that.
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Table

from bot.store.columns import CleanText, UtcDateTime
from bot.store.models.parts import metadata, number, place, text

checklists = Table(
    "checklists",
    metadata,
    Column("id", CleanText, primary_key=True),
    text("kind"),
    text("board"),
    text("channel_key"),
    *place(),
    text("language"),
    text("subject"),
    text("stage"),
    text("sectors"),
    Column("items", JSON, nullable=False),
    Column("claim", CleanText, nullable=False, unique=True),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_checklists_channel_key_kind_at", "channel_key", "kind", "at"),
)

checklist_changes = Table(
    "checklist_changes",
    metadata,
    number(),
    Column("board", CleanText, nullable=False, index=True),
    text("item"),
    text("act"),
    text("value"),
    Column("at", UtcDateTime, nullable=False),
)

checklist_people = Table(
    "checklist_people",
    metadata,
    Column("change", ForeignKey("checklist_changes.number", ondelete="CASCADE"), primary_key=True),
    Column("role", CleanText, primary_key=True),
    Column("person", CleanText, nullable=False, index=True),
    text("name"),
    text("text"),
)

checklist_reminders = Table(
    "checklist_reminders",
    metadata,
    Column("id", CleanText, primary_key=True),
    text("board"),
    text("list_id"),
    text("item"),
    text("value"),
    *place(),
    text("language"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("taken_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
)
Index(
    "ix_checklist_reminders_open",
    checklist_reminders.c.due_at,
    sqlite_where=checklist_reminders.c.settled_at.is_(None),
    postgresql_where=checklist_reminders.c.settled_at.is_(None),
)
