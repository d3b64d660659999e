"""What people hand in for the library, and the documents that it becomes; proposed answers of experts move there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import CleanText, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MOVE = """
    INSERT INTO hand_ins (
        id, claim, batch, shelf, person, name, platform, workspace, channel, thread, place_kind, question_id, title,
        kind, language, audience, file, reference, suffix, size, digest, sections, pages, heading, text, document,
        state, reason, revision, at
    )
    SELECT
        proposals.id, 'answer/' || proposals.request_id, proposals.id, 'expert-answers', proposals.person,
        proposals.author, expert_requests.platform, expert_requests.workspace, expert_requests.channel,
        expert_requests.thread, expert_requests.place_kind, expert_requests.question_id, proposals.question,
        'document', proposals.language, proposals.audience, '', '', '.md', 0, '', 1, 0,
        proposals.question, proposals.answer, '',
        CASE proposals.state WHEN 'approving' THEN 'publishing' WHEN 'approved' THEN 'published'
            ELSE proposals.state END,
        proposals.reason, 0, proposals.at
    FROM proposals JOIN expert_requests ON expert_requests.id = proposals.request_id
    ORDER BY proposals.number
"""


def upgrade() -> None:
    """Makes the tables, and moves what was proposed."""
    _hand_ins()
    _documents()
    op.execute(_MOVE)
    op.drop_index("ix_proposals_person", "proposals")
    op.drop_table("proposals")


def _number() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("number", kind, sa.Identity(always=False), nullable=False)


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, CleanText(), nullable=False) for name in names]


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _hand_ins() -> None:
    op.create_table(
        "hand_ins",
        _number(),
        *_text("id", "claim", "batch", "shelf", "person", "name"),
        *_text("platform", "workspace", "channel", "thread", "place_kind"),
        sa.Column("question_id", CleanText()),
        *_text("title", "kind", "language"),
        sa.Column("audience", sa.JSON(), nullable=False),
        *_text("file", "reference", "suffix"),
        *_whole("size"),
        *_text("digest"),
        *_whole("sections", "pages"),
        *_text("heading", "text", "document", "state", "reason"),
        *_whole("revision"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_hand_ins"),
        sa.UniqueConstraint("id", name="uq_hand_ins_id"),
        sa.UniqueConstraint("claim", name="uq_hand_ins_claim"),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], ondelete="CASCADE", name="fk_hand_ins_question_id"),
    )
    for name in ("batch", "person", "question_id", "state"):
        op.create_index(f"ix_hand_ins_{name}", "hand_ins", [name])


def _documents() -> None:
    op.create_table(
        "shelf_documents",
        _number(),
        *_text("id", "shelf", "file"),
        *_whole("live", "revision"),
        sa.PrimaryKeyConstraint("number", name="pk_shelf_documents"),
        sa.UniqueConstraint("id", name="uq_shelf_documents_id"),
    )
    op.create_table(
        "shelf_versions",
        *_text("document"),
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        *_text("source", "title", "kind", "language"),
        sa.Column("audience", sa.JSON(), nullable=False),
        *_text("suffix", "digest"),
        sa.Column("asked", sa.Boolean(), nullable=False),
        *_text("by"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("document", "version", name="pk_shelf_versions"),
        sa.ForeignKeyConstraint(
            ["document"], ["shelf_documents.id"], ondelete="CASCADE", name="fk_shelf_versions_document"
        ),
    )
    op.create_index("ix_shelf_versions_source", "shelf_versions", ["source"])
    op.create_table(
        "shelf_people",
        *_text("document", "part", "person", "name"),
        sa.PrimaryKeyConstraint("document", "part", "person", name="pk_shelf_people"),
        sa.ForeignKeyConstraint(
            ["document"], ["shelf_documents.id"], ondelete="CASCADE", name="fk_shelf_people_document"
        ),
    )
    op.create_index("ix_shelf_people_person", "shelf_people", ["person"])
