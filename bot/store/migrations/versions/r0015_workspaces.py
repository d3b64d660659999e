"""Registered workspaces.

A Discord server could give labels to its channels before it had to be registered: it gives them anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import CleanText, UtcDateTime

revision = "0015"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "workspaces",
        sa.Column("key", CleanText(), nullable=False),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_workspaces"),
    )
    op.execute("UPDATE channel_settings SET labels = NULL WHERE channel_key LIKE 'discord/%'")
