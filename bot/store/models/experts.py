"""Tables of questions for experts: the request, and who has claimed it."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Table

from bot.store.columns import CleanText, UtcDateTime
from bot.store.models.parts import metadata, number, place, text

expert_requests = Table(
    "expert_requests",
    metadata,
    number(),
    Column("id", CleanText, nullable=False, unique=True),
    Column("question_id", ForeignKey("questions.id", ondelete="CASCADE"), nullable=False, unique=True),
    text("answer_id"),
    *place(),
    Column("channel_key", CleanText, nullable=False, index=True),
    Column("thread_key", CleanText, nullable=False, index=True),
    text("text"),
    text("language"),
    text("mention"),
    Column("audience", JSON, nullable=False),
    text("state"),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("reminded_at", UtcDateTime),
)

expert_claims = Table(
    "expert_claims",
    metadata,
    # A table of its own: an expert's data can be deleted without the question that somebody else asked.
    Column("request_id", ForeignKey("expert_requests.id", ondelete="CASCADE"), primary_key=True),
    Column("person", CleanText, nullable=False, index=True),
    text("name"),
    text("draft"),
    text("answer"),
    Column("at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
)
