"""Tables of feasibility checks: a row for each round, and one for each answer in it."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, Table, UniqueConstraint

from bot.store.columns import CleanText, UtcDateTime
from bot.store.models.parts import metadata, number, text

assessments = Table(
    "assessments",
    metadata,
    number(),
    Column("person", CleanText, nullable=False, index=True),
    text("channel_key"),
    Column("round", Integer, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("person", "channel_key", "round"),
)

assessment_answers = Table(
    "assessment_answers",
    metadata,
    Column("assessment", ForeignKey("assessments.number", ondelete="CASCADE"), primary_key=True),
    Column("item", CleanText, primary_key=True),
    text("answer"),
)
