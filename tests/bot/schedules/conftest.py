"""Databases for the tests of schedules."""

from __future__ import annotations

from tests.bot.store.conftest import postgresql_server, postgresql_url

__all__ = ["postgresql_server", "postgresql_url"]
