"""Whether an admin has been told of a schedule in trouble; of those there are, somebody was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import CleanText

revision = "0016"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column."""
    with op.batch_alter_table("schedules") as table:
        table.add_column(sa.Column("report", CleanText(), nullable=False, server_default=""))
    with op.batch_alter_table("schedules") as table:
        table.alter_column("report", existing_type=CleanText(), existing_nullable=False, server_default=None)
