"""The tables of the store. `migrations/` builds them; a test holds the two together.

Keys of places and people are those of `bot.chat`. Columns that hold a person's key are named in `PERSON_COLUMNS`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
)

from bot.store.columns import CleanText, UtcDateTime

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints: without one, SQLite's migrations cannot find a constraint again."""

metadata = MetaData(naming_convention=NAMES)


def _number() -> Column[int]:
    """A row's place in the order of writing. SQLite counts a plain INTEGER key up, and nothing else."""
    kind = BigInteger().with_variant(Integer(), "sqlite")
    return Column("number", kind, Identity(always=False), primary_key=True)


def _place() -> list[Column[str]]:
    names = ("platform", "workspace", "channel", "thread", "place_kind")
    return [Column(name, CleanText, nullable=False) for name in names]


def _text(name: str) -> Column[str]:
    return Column(name, CleanText, nullable=False)


events = Table(
    "events",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)

questions = Table(
    "questions",
    metadata,
    _number(),
    Column("id", CleanText, nullable=False, unique=True),
    Column("place_key", CleanText, nullable=False, index=True),
    *_place(),
    Column("person", CleanText, nullable=False, index=True),
    _text("person_platform"),
    _text("person_workspace"),
    _text("person_id"),
    _text("standing"),
    _text("text"),
    Column("asked_at", UtcDateTime, nullable=False, index=True),
    _text("message_id"),
    Column("state", CleanText, nullable=False),
    _text("answer_id"),
)
Index(
    "ix_questions_unfinished",
    questions.c.asked_at,
    questions.c.number,
    sqlite_where=questions.c.state.in_(("queued", "answering")),
    postgresql_where=questions.c.state.in_(("queued", "answering")),
)

question_messages = Table(
    "question_messages",
    metadata,
    _number(),
    Column("question_id", ForeignKey("questions.id", ondelete="CASCADE"), nullable=False),
    _text("place_key"),
    _text("message_id"),
    UniqueConstraint("question_id", "message_id"),
    Index("ix_question_messages_place_key_message_id", "place_key", "message_id"),
)

posts = Table(
    "posts",
    metadata,
    Column("nonce", CleanText, primary_key=True),
    # No foreign key: a command or a digest posts too, and is no question.
    _text("question_id"),
    Column("part", Integer, nullable=False),
    *_place(),
    _text("state"),
    _text("message_id"),
    UniqueConstraint("question_id", "part"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("key", CleanText, primary_key=True),
    _text("engagement"),
    Column("partner", CleanText, nullable=False, index=True),
    Column("language", CleanText),
    Column("unattended", Integer, nullable=False),
    Column("updated_at", UtcDateTime),
)

imported_turns = Table(
    "imported_turns",
    metadata,
    Column("conversation", CleanText, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _text("question"),
    _text("answer"),
    Column("at", UtcDateTime, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    _number(),
    Column("id", CleanText, nullable=False, unique=True),
    Column("question_id", ForeignKey("questions.id", ondelete="CASCADE"), nullable=False, index=True),
    _text("conversation"),
    _text("question"),
    _text("language"),
    _text("status"),
    _text("text"),
    Column("confidence", Float, nullable=False),
    _text("writer"),
    Column("model", CleanText, nullable=False),
    Column("prompt_hash", CleanText, nullable=False),
    Column("writing", JSON),
    Column("citations", JSON, nullable=False),
    Column("suggestions", JSON, nullable=False),
    Column("timings_ms", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_answers_conversation_at", "conversation", "at"),
)

answer_topics = Table(
    "answer_topics",
    metadata,
    Column("answer_id", ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("topic", CleanText, primary_key=True),
)

evidence = Table(
    "evidence",
    metadata,
    _number(),
    Column("answer_id", ForeignKey("answers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("rank", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("document_id", CleanText, nullable=False, index=True),
    _text("title"),
    Column("section", JSON, nullable=False),
    Column("page", Integer),
    _text("text"),
    Column("audience", JSON, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("answer_id", ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("person", CleanText, primary_key=True, index=True),
    _text("rating"),
    _text("reason"),
    _text("text"),
    Column("at", UtcDateTime, nullable=False),
    Column("day", Date, nullable=False),
)

channel_settings = Table(
    "channel_settings",
    metadata,
    Column("channel_key", CleanText, primary_key=True),
    Column("respond", CleanText),
    Column("follow_ups", Boolean),
    Column("inline", Boolean),
    Column("language", CleanText),
    Column("labels", JSON(none_as_null=True)),
    Column("other", JSON, nullable=False),
)

gaps = Table(
    "gaps",
    metadata,
    _number(),
    _text("kind"),
    Column("question_id", ForeignKey("questions.id", ondelete="CASCADE"), nullable=False),
    Column("answer_id", ForeignKey("answers.id", ondelete="CASCADE")),
    Column("person", CleanText, nullable=False, index=True),
    _text("place_key"),
    _text("text"),
    Column("language", CleanText),
    Column("at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    UniqueConstraint("question_id", "kind", "person"),
)
Index("ix_gaps_open", gaps.c.at, sqlite_where=gaps.c.closed_at.is_(None), postgresql_where=gaps.c.closed_at.is_(None))

usage = Table(
    "usage",
    metadata,
    Column("day", Date, primary_key=True),
    Column("subject", CleanText, primary_key=True),
    Column("name", CleanText, primary_key=True),
    Column("amount", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    _number(),
    Column("at", UtcDateTime, nullable=False, index=True),
    _text("actor"),
    _text("action"),
    _text("subject"),
    Column("details", JSON, nullable=False),
)

profiles = Table(
    "profiles",
    metadata,
    Column("person", CleanText, primary_key=True),
    Column("channel_key", CleanText, primary_key=True),
    _text("sector"),
    Column("stage", CleanText),
    _text("model"),
    Column("people", Integer),
    Column("runway", Integer),
    Column("language", CleanText),
    Column("active", Boolean, nullable=False),
)

PERSON_COLUMNS: Mapping[Table, str] = {
    questions: "person",
    conversations: "partner",
    feedback: "person",
    gaps: "person",
    profiles: "person",
}
"""The tables that hold a person's key, and in which column; what hangs on such a question goes with it."""
