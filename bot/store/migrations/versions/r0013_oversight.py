"""What admins have set, what buttons stand for, how labelled questions fared, and why a gap was closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import CleanText, UtcDateTime
from bot.store.models.parts import number

revision = "0013"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables and the column."""
    op.create_table(
        "controls",
        sa.Column("name", CleanText(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_controls"),
    )
    op.create_table(
        "slips",
        sa.Column("id", CleanText(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", CleanText(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_slips"),
    )
    op.create_index("ix_slips_at", "slips", ["at"])
    op.create_table(
        "evaluations",
        number(),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("name", CleanText(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_evaluations"),
    )
    op.create_index("ix_evaluations_name", "evaluations", ["name", "number"])
    op.add_column("gaps", sa.Column("resolution", CleanText()))
