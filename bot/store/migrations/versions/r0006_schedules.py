"""Schedules, when they were due, what they told, and which documents were seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import CleanText, UtcDateTime

revision = "0006"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    _make_schedules()
    _make_fires()
    op.create_table(
        "told",
        sa.Column("channel_key", CleanText(), nullable=False),
        sa.Column("key", CleanText(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("channel_key", "key", name="pk_told"),
    )
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "sightings",
        sa.Column("number", number, sa.Identity(always=False), nullable=False),
        sa.Column("document_id", CleanText(), nullable=False),
        sa.Column("version", CleanText(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_sightings"),
        sa.UniqueConstraint("document_id", "version", name="uq_sightings_document_id_version"),
    )


def _make_schedules() -> None:
    places: list[sa.Column[str]] = [
        sa.Column(name, CleanText(), nullable=False)
        for name in ("platform", "workspace", "channel", "thread", "place_kind")
    ]
    op.create_table(
        "schedules",
        sa.Column("id", CleanText(), nullable=False),
        *places,
        sa.Column("kind", CleanText(), nullable=False),
        sa.Column("when_text", CleanText(), nullable=False),
        sa.Column("zone", CleanText(), nullable=False),
        sa.Column("language", CleanText()),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("origin", CleanText(), nullable=False),
        sa.Column("cursor_at", UtcDateTime(), nullable=False),
        sa.Column("trouble", CleanText(), nullable=False),
        sa.Column("seen", sa.BigInteger()),
        sa.Column("posted_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
    )


def _make_fires() -> None:
    op.create_table(
        "fires",
        sa.Column("schedule_id", CleanText(), nullable=False),
        sa.Column("due", UtcDateTime(), nullable=False),
        sa.Column("state", CleanText(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("retry_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("holder", CleanText(), nullable=False),
        sa.Column("leased_until", UtcDateTime()),
        sa.Column("content", sa.JSON()),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("note", CleanText(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedules.id"], name="fk_fires_schedule_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("schedule_id", "due", name="pk_fires"),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_fires_waiting", "fires", ["retry_at"], sqlite_where=waiting, postgresql_where=waiting)
