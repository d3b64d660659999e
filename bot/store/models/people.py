"""Tables of people themselves: who has used the bot."""

from __future__ import annotations

from sqlalchemy import Column, Table

from bot.store.columns import CleanText, UtcDateTime
from bot.store.models.parts import metadata

first_uses = Table(
    "first_uses",
    metadata,
    Column("person", CleanText, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
