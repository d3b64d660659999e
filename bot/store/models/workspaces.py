"""The table of registered workspaces."""

from __future__ import annotations

from sqlalchemy import Column, Table

from bot.store.columns import CleanText, UtcDateTime
from bot.store.models.parts import metadata

workspaces = Table(
    "workspaces",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("registered_at", UtcDateTime, nullable=False),
)
