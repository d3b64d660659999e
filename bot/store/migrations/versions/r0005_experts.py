"""Feasibility checks, questions for experts, and what is proposed for the library."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import CleanText, UtcDateTime

revision = "0005"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    _assessments()
    _requests()
    _claims()
    _proposals()


def _number() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("number", kind, sa.Identity(always=False), nullable=False)


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, CleanText(), nullable=False) for name in names]


def _assessments() -> None:
    op.create_table(
        "assessments",
        _number(),
        *_text("person", "channel_key"),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_assessments"),
        sa.UniqueConstraint("person", "channel_key", "round", name="uq_assessments_person_channel_key_round"),
    )
    op.create_index("ix_assessments_person", "assessments", ["person"])
    op.create_table(
        "assessment_answers",
        sa.Column("assessment", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *_text("item", "answer"),
        sa.PrimaryKeyConstraint("assessment", "item", name="pk_assessment_answers"),
        sa.ForeignKeyConstraint(
            ["assessment"], ["assessments.number"], ondelete="CASCADE", name="fk_assessment_answers_assessment"
        ),
    )


def _requests() -> None:
    op.create_table(
        "expert_requests",
        _number(),
        *_text("id", "question_id", "answer_id", "platform", "workspace", "channel", "thread", "place_kind"),
        *_text("channel_key", "thread_key", "text", "language", "mention"),
        sa.Column("audience", sa.JSON(), nullable=False),
        *_text("state"),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("reminded_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("number", name="pk_expert_requests"),
        sa.UniqueConstraint("id", name="uq_expert_requests_id"),
        sa.UniqueConstraint("question_id", name="uq_expert_requests_question_id"),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], ondelete="CASCADE", name="fk_expert_requests_question_id"
        ),
    )
    op.create_index("ix_expert_requests_channel_key", "expert_requests", ["channel_key"])
    op.create_index("ix_expert_requests_thread_key", "expert_requests", ["thread_key"])


def _claims() -> None:
    op.create_table(
        "expert_claims",
        *_text("request_id", "person", "name", "draft", "answer"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("request_id", name="pk_expert_claims"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["expert_requests.id"], ondelete="CASCADE", name="fk_expert_claims_request_id"
        ),
    )
    op.create_index("ix_expert_claims_person", "expert_claims", ["person"])


def _proposals() -> None:
    op.create_table(
        "proposals",
        _number(),
        *_text("id", "request_id", "person", "channel_key", "question", "answer", "author", "language"),
        sa.Column("audience", sa.JSON(), nullable=False),
        *_text("state", "reason"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_proposals"),
        sa.UniqueConstraint("id", name="uq_proposals_id"),
        sa.UniqueConstraint("request_id", name="uq_proposals_request_id"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["expert_requests.id"], ondelete="CASCADE", name="fk_proposals_request_id"
        ),
    )
    op.create_index("ix_proposals_person", "proposals", ["person"])
