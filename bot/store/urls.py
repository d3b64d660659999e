"""Where the store lies: a file in the home folder, or the database that `ADVISOR_DATABASE_URL` names."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from rag.errors import InvalidSettings

FILE_NAME = "store.sqlite3"

_EXPECTED = "expected postgresql://USER:PASSWORD@HOST/NAME, or nothing for a file in the home folder"
_POSTGRESQL = {"postgres", "postgresql", "postgresql+asyncpg"}


def store_url(url: SecretStr | None, *, home: Path) -> URL:
    """The address of the store, with the driver that the program uses; without a setting, a file in the home folder.

    Raises:
        InvalidSettings: the address is malformed, or of another kind of database. The message holds no password.
    """
    if url is None or not url.get_secret_value().strip():
        return URL.create("sqlite", database=str(home / FILE_NAME))
    try:
        parsed = make_url(url.get_secret_value().strip())
    except (ArgumentError, ValueError):  # a ValueError: a port that is no number
        # Without its cause, which quotes the address and with it a password.
        raise InvalidSettings(f"ADVISOR_DATABASE_URL is no address of a database; {_EXPECTED}") from None
    if parsed.drivername in _POSTGRESQL:
        return _with_asyncpg(parsed)
    shown = parsed.render_as_string(hide_password=True)
    raise InvalidSettings(f"ADVISOR_DATABASE_URL is {shown!r}, which the store cannot use; {_EXPECTED}")


def _with_asyncpg(url: URL) -> URL:
    """The address as asyncpg takes it: what libpq calls `sslmode`, it calls `ssl`."""
    mode = url.query.get("sslmode")
    url = url.set(drivername="postgresql+asyncpg").difference_update_query(["sslmode"])
    return url.update_query_dict({"ssl": mode}) if mode else url
