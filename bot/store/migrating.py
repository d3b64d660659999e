"""Brings a store to the newest schema, once, however many processes start at a time."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.errors import StoreMismatch
from bot.store.database import Database

_FOLDER = Path(__file__).parent / "migrations"
_POSTGRESQL_LOCK = 7_203_344_921
"""Any number that no other program on the same database takes for its own advisory lock."""


async def upgrade(database: Database, *, to: str = "head") -> tuple[str, str]:
    """Run what is missing, all of it or nothing; returns the revisions before ("" for an empty store) and after.

    Raises:
        StoreMismatch: the store comes from a newer version of the program.
        StoreFailed: the store cannot be written.
    """
    return await database.write(lambda connection: _upgrade(connection, to))


def known_revisions() -> tuple[str, ...]:
    """The revisions that this program knows, oldest first."""
    scripts = ScriptDirectory.from_config(_config())
    return tuple(reversed([script.revision for script in scripts.walk_revisions()]))


def stored_revision(connection: Connection) -> str:
    """The revision of a store, "" for an empty one."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def check_revision(revision: str) -> None:
    """Raises StoreMismatch for a revision that this program does not know."""
    known = known_revisions()
    if revision and revision not in known:
        raise StoreMismatch(
            f"the store has revision {revision!r}, and this version of the program knows none after {known[-1]!r};"
            " install the version that wrote it, or restore an older backup"
        )


def _upgrade(connection: Connection, to: str) -> tuple[str, str]:
    # SQLite's transaction has locked the file already; here the second process waits, then finds nothing to do.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _POSTGRESQL_LOCK})
    before = stored_revision(connection)
    check_revision(before)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    return before, stored_revision(connection)


def _config() -> Config:
    config = Config()
    # A percent sign in a path would be taken for interpolation.
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
