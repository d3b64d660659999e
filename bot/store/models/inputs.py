"""The table of what the library is kept current from. It holds no person: who added what is in the audit log."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Table

from bot.store.columns import CleanText, UtcDateTime
from bot.store.models.parts import metadata, number, text

inputs = Table(
    "inputs",
    metadata,
    number(),
    Column("target", CleanText, nullable=False, unique=True),
    text("kind"),
    text("origin"),
    text("state"),
    Column("filing", JSON, nullable=False),
    Column("every_s", BigInteger, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("checked_at", UtcDateTime),
    Column("changed_at", UtcDateTime),
    Column("added", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("removed", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    text("reason"),
    text("value"),
)
