"""Gaps, usage and the audit log; refusals and bad ratings from before become gaps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import CleanText, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_PAST_REFUSALS = """
    INSERT INTO gaps (kind, question_id, answer_id, person, place_key, text, language, at)
    SELECT 'refusal', q.id, a.id, '', q.place_key, q.text, a.language, coalesce(a.at, q.asked_at)
    FROM questions q LEFT JOIN answers a ON a.id = q.answer_id
    WHERE q.state = 'refused'
    ORDER BY q.number
"""
_PAST_RATINGS = """
    INSERT INTO gaps (kind, question_id, answer_id, person, place_key, text, language, at)
    SELECT 'rating', a.question_id, a.id, f.person, q.place_key, a.question, a.language, f.at
    FROM feedback f JOIN answers a ON a.id = f.answer_id JOIN questions q ON q.id = a.question_id
    WHERE f.rating = 'down'
    ORDER BY f.at
    ON CONFLICT (question_id, kind, person) DO NOTHING
"""
_REFUSE_ON_POSTGRESQL = """
    CREATE FUNCTION refuse_to_change_audit() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$
"""


def upgrade() -> None:
    """Makes the tables, and fills the gaps from what is known."""
    _gaps()
    _usage()
    _audit()
    op.execute(_PAST_REFUSALS)
    op.execute(_PAST_RATINGS)


def _number() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("number", kind, sa.Identity(always=False), nullable=False)


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, CleanText(), nullable=False) for name in names]


def _gaps() -> None:
    op.create_table(
        "gaps",
        _number(),
        *_text("kind", "question_id"),
        sa.Column("answer_id", CleanText()),
        *_text("person", "place_key", "text"),
        sa.Column("language", CleanText()),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name="fk_gaps_question_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["answer_id"], ["answers.id"], name="fk_gaps_answer_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name="pk_gaps"),
        sa.UniqueConstraint("question_id", "kind", "person", name="uq_gaps_question_id_kind_person"),
    )
    op.create_index("ix_gaps_person", "gaps", ["person"])
    still_open = sa.text("closed_at IS NULL")
    op.create_index("ix_gaps_open", "gaps", ["at"], sqlite_where=still_open, postgresql_where=still_open)


def _usage() -> None:
    op.create_table(
        "usage",
        sa.Column("day", sa.Date(), nullable=False),
        *_text("subject", "name"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "subject", "name", name="pk_usage"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        _number(),
        sa.Column("at", UtcDateTime(), nullable=False),
        *_text("actor", "action", "subject"),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_REFUSE_ON_POSTGRESQL)
        op.execute(
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit"
            " FOR EACH ROW EXECUTE FUNCTION refuse_to_change_audit()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_no_{change.lower()} BEFORE {change} ON audit"
            " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
