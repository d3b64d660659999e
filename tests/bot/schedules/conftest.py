"""Databases for the tests of schedules."""

from __future__ import annotations

from tests.bot.store.conftest import database_url, postgresql_server, postgresql_url

__all__ = ["database_url", "postgresql_server", "postgresql_url"]
