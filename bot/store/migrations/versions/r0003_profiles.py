"""Profiles of people and of teams."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import CleanText

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "profiles",
        sa.Column("person", CleanText(), nullable=False),
        sa.Column("channel_key", CleanText(), nullable=False),
        sa.Column("sector", CleanText(), nullable=False),
        sa.Column("stage", CleanText()),
        sa.Column("model", CleanText(), nullable=False),
        sa.Column("people", sa.Integer()),
        sa.Column("runway", sa.Integer()),
        sa.Column("language", CleanText()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person", "channel_key", name="pk_profiles"),
    )
