"""What the library is kept current from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import CleanText, UtcDateTime

revision = "0011"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "inputs",
        sa.Column("number", number, sa.Identity(always=False), nullable=False),
        sa.Column("target", CleanText(), nullable=False),
        sa.Column("kind", CleanText(), nullable=False),
        sa.Column("origin", CleanText(), nullable=False),
        sa.Column("state", CleanText(), nullable=False),
        sa.Column("filing", sa.JSON(), nullable=False),
        sa.Column("every_s", sa.BigInteger(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=True),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("removed", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("reason", CleanText(), nullable=False),
        sa.Column("value", CleanText(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_inputs"),
        sa.UniqueConstraint("target", name="uq_inputs_target"),
    )
