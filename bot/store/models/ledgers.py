"""Tables of what is kept beside conversations: gaps, usage, the audit log, profiles, answers to give again."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
)

from bot.store.columns import CleanText, UtcDateTime
from bot.store.models.parts import metadata, number, text

gaps = Table(
    "gaps",
    metadata,
    number(),
    text("kind"),
    Column("question_id", ForeignKey("questions.id", ondelete="CASCADE"), nullable=False),
    Column("answer_id", ForeignKey("answers.id", ondelete="CASCADE")),
    Column("person", CleanText, nullable=False, index=True),
    text("place_key"),
    text("text"),
    Column("language", CleanText),
    Column("at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("resolution", CleanText),
    UniqueConstraint("question_id", "kind", "person"),
)
Index("ix_gaps_open", gaps.c.at, sqlite_where=gaps.c.closed_at.is_(None), postgresql_where=gaps.c.closed_at.is_(None))

usage = Table(
    "usage",
    metadata,
    Column("day", Date, primary_key=True),
    Column("subject", CleanText, primary_key=True),
    Column("name", CleanText, primary_key=True),
    Column("amount", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    number(),
    Column("at", UtcDateTime, nullable=False, index=True),
    text("actor"),
    text("action"),
    text("subject"),
    Column("details", JSON, nullable=False),
)

profiles = Table(
    "profiles",
    metadata,
    Column("person", CleanText, primary_key=True),
    Column("channel_key", CleanText, primary_key=True),
    text("sector"),
    Column("stage", CleanText),
    text("model"),
    Column("people", Integer),
    Column("runway", Integer),
    Column("language", CleanText),
    Column("active", Boolean, nullable=False),
)

kept_answers = Table(
    "kept_answers",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("until", UtcDateTime, nullable=False, index=True),
    Column("content", JSON, nullable=False),
)
