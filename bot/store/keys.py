"""The key with which people are made unrecognisable where they are only counted or held to account."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from bot.errors import StoreFailed

KEY_NAME = "people.key"
_BYTES = 32


def people_key(home: Path) -> bytes:
    """The key of a home, made at the first call. It blocks, for microseconds.

    Raises:
        StoreFailed: the file cannot be read or written, or does not hold a key.
    """
    path = home / KEY_NAME
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise StoreFailed(f"the key {path.name!r} cannot be used: {error.strerror}; make it readable") from error
    if len(key) != _BYTES:
        raise StoreFailed(f"{path.name!r} holds {len(key)} bytes instead of {_BYTES}; restore it, or move it away")
    return key


def pseudonym(key: bytes, person: str) -> str:
    """What stands for a person's key in the audit log and in statistics: the same every time, and no way back."""
    return hmac.new(key, person.encode(), hashlib.sha256).hexdigest()[:32]


def _make(path: Path) -> None:
    """Linked into place once it is complete, so that two processes starting at a time agree on one key."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)
