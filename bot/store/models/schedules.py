"""Tables of what is posted at set times, and of what was seen in the library."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from bot.store.columns import CleanText, UtcDateTime
from bot.store.models.parts import metadata, number, place, text

schedules = Table(
    "schedules",
    metadata,
    Column("id", CleanText, primary_key=True),
    *place(),
    text("kind"),
    text("when_text"),
    text("zone"),
    Column("language", CleanText),
    Column("topics", JSON, nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    text("origin"),
    Column("cursor_at", UtcDateTime, nullable=False),
    text("trouble"),
    # Kept here, so that a posting of long ago may be forgotten.
    Column("seen", BigInteger),
    Column("posted_at", UtcDateTime),
    # Under which name an admin is to be told of the trouble; "" once that is done.
    text("report"),
    Column("person", CleanText, nullable=False, index=True),
)

fires = Table(
    "fires",
    metadata,
    Column("schedule_id", ForeignKey("schedules.id", ondelete="CASCADE"), primary_key=True),
    Column("due", UtcDateTime, primary_key=True),
    text("state"),
    Column("asked", Boolean, nullable=False),
    Column("retry_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    text("holder"),
    Column("leased_until", UtcDateTime),
    Column("content", JSON(none_as_null=True)),
    Column("told", JSON, nullable=False),
    Column("seen", BigInteger, nullable=False),
    text("note"),
    Column("ended_at", UtcDateTime),
)
Index(
    "ix_fires_waiting",
    fires.c.retry_at,
    sqlite_where=fires.c.state == "waiting",
    postgresql_where=fires.c.state == "waiting",
)

told = Table(
    "told",
    metadata,
    Column("channel_key", CleanText, primary_key=True),
    Column("key", CleanText, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

sightings = Table(
    "sightings",
    metadata,
    number(),
    Column("document_id", CleanText, nullable=False),
    text("version"),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("document_id", "version"),
)
