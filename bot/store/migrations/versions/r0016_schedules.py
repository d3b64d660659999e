"""Of schedules: whether an admin has been told of trouble, and whose direct message it is.

Of trouble that there is, somebody was told; of direct messages that there are, nobody has noted whose they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import CleanText

revision = "0016"
down_revision = "0012"
branch_labels = None
depends_on = None

_NEW = ("report", "person")


def upgrade() -> None:
    """Adds the columns."""
    with op.batch_alter_table("schedules") as table:
        for name in _NEW:
            table.add_column(sa.Column(name, CleanText(), nullable=False, server_default=""))
    with op.batch_alter_table("schedules") as table:
        for name in _NEW:
            table.alter_column(name, existing_type=CleanText(), existing_nullable=False, server_default=None)
    op.create_index("ix_schedules_person", "schedules", ["person"])
