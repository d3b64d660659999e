"""Tables of what was asked and said: events, questions, posts, conversations, answers, feedback, settings."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
)

from bot.store.columns import CleanText, UtcDateTime
from bot.store.models.parts import metadata, number, place, text

events = Table(
    "events",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)

questions = Table(
    "questions",
    metadata,
    number(),
    Column("id", CleanText, nullable=False, unique=True),
    Column("place_key", CleanText, nullable=False, index=True),
    *place(),
    Column("person", CleanText, nullable=False, index=True),
    text("person_platform"),
    text("person_workspace"),
    text("person_id"),
    text("standing"),
    text("text"),
    Column("asked_at", UtcDateTime, nullable=False, index=True),
    text("message_id"),
    Column("state", CleanText, nullable=False),
    text("answer_id"),
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
    number(),
    Column("question_id", ForeignKey("questions.id", ondelete="CASCADE"), nullable=False),
    text("place_key"),
    text("message_id"),
    UniqueConstraint("question_id", "message_id"),
    Index("ix_question_messages_place_key_message_id", "place_key", "message_id"),
)

posts = Table(
    "posts",
    metadata,
    Column("nonce", CleanText, primary_key=True),
    # No foreign key: a command or a digest posts too, and is no question.
    text("question_id"),
    Column("part", Integer, nullable=False),
    *place(),
    text("state"),
    text("message_id"),
    UniqueConstraint("question_id", "part"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("key", CleanText, primary_key=True),
    text("engagement"),
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
    text("question"),
    text("answer"),
    Column("at", UtcDateTime, nullable=False),
    Column("person", CleanText, nullable=False, server_default="", index=True),
)

answers = Table(
    "answers",
    metadata,
    number(),
    Column("id", CleanText, nullable=False, unique=True),
    Column("question_id", ForeignKey("questions.id", ondelete="CASCADE"), nullable=False, index=True),
    text("conversation"),
    text("question"),
    text("language"),
    text("status"),
    text("text"),
    Column("confidence", Float, nullable=False),
    text("writer"),
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
    number(),
    Column("answer_id", ForeignKey("answers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("rank", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("document_id", CleanText, nullable=False, index=True),
    text("title"),
    Column("section", JSON, nullable=False),
    Column("page", Integer),
    text("text"),
    Column("audience", JSON, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("answer_id", ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("person", CleanText, primary_key=True, index=True),
    text("rating"),
    text("reason"),
    text("text"),
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
