"""Tables of what people hand in for the library, and of the documents that it becomes."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, Table

from bot.store.columns import CleanText, UtcDateTime
from bot.store.models.parts import metadata, number, place, text


def whole(name: str) -> Column[int]:
    """A number that is never NULL."""
    return Column(name, Integer, nullable=False)


hand_ins = Table(
    "hand_ins",
    metadata,
    number(),
    Column("id", CleanText, nullable=False, unique=True),
    Column("claim", CleanText, nullable=False, unique=True),
    Column("batch", CleanText, nullable=False, index=True),
    text("shelf"),
    Column("person", CleanText, nullable=False, index=True),
    text("name"),
    *place(),
    # The title of an answer is what somebody asked: it goes with their question.
    Column("question_id", ForeignKey("questions.id", ondelete="CASCADE"), index=True),
    text("title"),
    text("kind"),
    text("language"),
    Column("audience", JSON, nullable=False),
    text("file"),
    text("reference"),
    text("suffix"),
    whole("size"),
    text("digest"),
    whole("sections"),
    whole("pages"),
    text("heading"),
    text("text"),
    text("document"),
    Column("state", CleanText, nullable=False, index=True),
    text("reason"),
    whole("revision"),
    Column("at", UtcDateTime, nullable=False),
)

shelf_documents = Table(
    "shelf_documents",
    metadata,
    number(),
    Column("id", CleanText, nullable=False, unique=True),
    text("shelf"),
    text("file"),
    whole("live"),
    whole("revision"),
)

shelf_versions = Table(
    "shelf_versions",
    metadata,
    Column("document", ForeignKey("shelf_documents.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("source", CleanText, nullable=False, index=True),
    text("title"),
    text("kind"),
    text("language"),
    Column("audience", JSON, nullable=False),
    text("suffix"),
    text("digest"),
    Column("asked", Boolean, nullable=False),
    text("by"),
    Column("at", UtcDateTime, nullable=False),
)

shelf_people = Table(
    "shelf_people",
    metadata,
    # A table of its own: a person's data can be deleted without the document that they gave.
    Column("document", ForeignKey("shelf_documents.id", ondelete="CASCADE"), primary_key=True),
    Column("part", CleanText, primary_key=True),
    Column("person", CleanText, primary_key=True, index=True),
    text("name"),
)
