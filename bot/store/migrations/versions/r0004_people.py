"""Who has used the bot, and who said what was read of a thread."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import CleanText, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table and the column; of turns that were read before nobody knows who said them."""
    op.create_table(
        "first_uses",
        sa.Column("person", CleanText(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_first_uses"),
    )
    op.add_column("imported_turns", sa.Column("person", CleanText(), nullable=False, server_default=""))
    op.create_index("ix_imported_turns_person", "imported_turns", ["person"])
