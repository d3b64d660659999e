"""Events, questions, posts, conversations, answers, feedback, settings of channels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import CleanText, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables of an empty store."""
    _events()
    _questions()
    _question_messages()
    _posts()
    _conversations()
    _answers()
    _evidence()
    _feedback()
    _channel_settings()


def _number() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("number", kind, sa.Identity(always=False), nullable=False)


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, CleanText(), nullable=False) for name in names]


def _place() -> list[sa.Column[str]]:
    return _text("platform", "workspace", "channel", "thread", "place_kind")


def _moment(name: str = "at", *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def _answer_id() -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    (column,) = _text("answer_id")
    return column, sa.ForeignKeyConstraint(["answer_id"], ["answers.id"], ondelete="CASCADE")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, [*columns])


def _events() -> None:
    op.create_table("events", *_text("key"), _moment(), sa.PrimaryKeyConstraint("key", name="pk_events"))
    _index("events", "at")


def _questions() -> None:
    op.create_table(
        "questions",
        _number(),
        *_text("id", "place_key"),
        *_place(),
        *_text("person", "person_platform", "person_workspace", "person_id"),
        *_text("standing", "text"),
        _moment("asked_at"),
        *_text("message_id", "state", "answer_id"),
        sa.PrimaryKeyConstraint("number", name="pk_questions"),
        sa.UniqueConstraint("id", name="uq_questions_id"),
    )
    for column in ("place_key", "person", "asked_at"):
        _index("questions", column)
    unfinished = sa.text("state IN ('queued', 'answering')")
    op.create_index(
        "ix_questions_unfinished",
        "questions",
        ["asked_at", "number"],
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )


def _question_messages() -> None:
    table = "question_messages"
    op.create_table(
        table,
        _number(),
        *_text("question_id", "place_key", "message_id"),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=f"fk_{table}_question_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name=f"pk_{table}"),
        sa.UniqueConstraint("question_id", "message_id", name=f"uq_{table}_question_id_message_id"),
    )
    _index(table, "place_key", "message_id")


def _posts() -> None:
    op.create_table(
        "posts",
        *_text("nonce", "question_id"),
        sa.Column("part", sa.Integer(), nullable=False),
        *_place(),
        *_text("state", "message_id"),
        sa.PrimaryKeyConstraint("nonce", name="pk_posts"),
        sa.UniqueConstraint("question_id", "part", name="uq_posts_question_id_part"),
    )


def _conversations() -> None:
    op.create_table(
        "conversations",
        *_text("key", "engagement", "partner"),
        sa.Column("language", CleanText()),
        sa.Column("unattended", sa.Integer(), nullable=False),
        _moment("updated_at", nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_conversations"),
    )
    _index("conversations", "partner")
    op.create_table(
        "imported_turns",
        *_text("conversation"),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        *_text("question", "answer"),
        _moment(),
        sa.PrimaryKeyConstraint("conversation", "position", name="pk_imported_turns"),
    )


def _answers() -> None:
    op.create_table(
        "answers",
        _number(),
        *_text("id", "question_id", "conversation", "question", "language", "status", "text"),
        sa.Column("confidence", sa.Float(), nullable=False),
        *_text("writer", "model", "prompt_hash"),
        sa.Column("writing", sa.JSON()),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("citations", "suggestions", "timings_ms")),
        _moment(),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name="fk_answers_question_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name="pk_answers"),
        sa.UniqueConstraint("id", name="uq_answers_id"),
    )
    _index("answers", "question_id")
    _index("answers", "conversation", "at")
    column, key = _answer_id()
    op.create_table(
        "answer_topics",
        column,
        *_text("topic"),
        key,
        sa.PrimaryKeyConstraint("answer_id", "topic", name="pk_answer_topics"),
    )


def _evidence() -> None:
    column, key = _answer_id()
    op.create_table(
        "evidence",
        _number(),
        column,
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        *_text("document_id", "title"),
        sa.Column("section", sa.JSON(), nullable=False),
        sa.Column("page", sa.Integer()),
        *_text("text"),
        sa.Column("audience", sa.JSON(), nullable=False),
        key,
        sa.PrimaryKeyConstraint("number", name="pk_evidence"),
    )
    _index("evidence", "answer_id")
    _index("evidence", "document_id")


def _feedback() -> None:
    column, key = _answer_id()
    op.create_table(
        "feedback",
        column,
        *_text("person", "rating", "reason", "text"),
        _moment(),
        sa.Column("day", sa.Date(), nullable=False),
        key,
        sa.PrimaryKeyConstraint("answer_id", "person", name="pk_feedback"),
    )
    _index("feedback", "person")


def _channel_settings() -> None:
    op.create_table(
        "channel_settings",
        *_text("channel_key"),
        sa.Column("respond", CleanText()),
        sa.Column("follow_ups", sa.Boolean()),
        sa.Column("inline", sa.Boolean()),
        sa.Column("language", CleanText()),
        sa.Column("labels", sa.JSON()),
        sa.Column("other", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("channel_key", name="pk_channel_settings"),
    )
