"""Tables of what admins oversee: what they have set, what buttons stand for, and how labelled questions fared."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Table

from bot.store.columns import CleanText, UtcDateTime
from bot.store.models.parts import metadata, number, text

controls = Table(
    "controls",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("value", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

slips = Table(
    "slips",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    text("kind"),
    Column("content", JSON, nullable=False),
)

evaluations = Table(
    "evaluations",
    metadata,
    number(),
    Column("at", UtcDateTime, nullable=False),
    text("name"),
    Column("marks", JSON, nullable=False),
)
Index("ix_evaluations_name", evaluations.c.name, evaluations.c.number)
