"""Checklists, changes of their items, the people who made them, and reminders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import CleanText, UtcDateTime

revision = "0007"
down_revision = "0004"
branch_labels = None
depends_on = None

_PLACE = ("platform", "workspace", "channel", "thread", "place_kind")


def upgrade() -> None:
    """Makes the tables."""
    _checklists()
    _changes()
    _people()
    _reminders()


def _checklists() -> None:
    op.create_table(
        "checklists",
        *_text("id", "kind", "board", "channel_key", *_PLACE, "language", "subject", "stage", "sectors"),
        sa.Column("items", sa.JSON(), nullable=False),
        *_text("claim"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_checklists"),
        sa.UniqueConstraint("claim", name="uq_checklists_claim"),
    )
    op.create_index("ix_checklists_channel_key_kind_at", "checklists", ["channel_key", "kind", "at"])


def _changes() -> None:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "checklist_changes",
        sa.Column("number", kind, sa.Identity(always=False), nullable=False),
        *_text("board", "item", "act", "value"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_checklist_changes"),
    )
    op.create_index("ix_checklist_changes_board", "checklist_changes", ["board"])


def _people() -> None:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "checklist_people",
        sa.Column("change", kind, nullable=False),
        *_text("role", "person", "name", "text"),
        sa.ForeignKeyConstraint(
            ["change"], ["checklist_changes.number"], name="fk_checklist_people_change", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("change", "role", name="pk_checklist_people"),
    )
    op.create_index("ix_checklist_people_person", "checklist_people", ["person"])


def _reminders() -> None:
    op.create_table(
        "checklist_reminders",
        *_text("id", "board", "list_id", "item", "value", *_PLACE, "language"),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("taken_at", UtcDateTime()),
        sa.Column("settled_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_checklist_reminders"),
    )
    still_open = sa.text("settled_at IS NULL")
    op.create_index(
        "ix_checklist_reminders_open",
        "checklist_reminders",
        ["due_at"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, CleanText(), nullable=False) for name in names]
