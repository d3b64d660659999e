"""Where the control socket of a home lies, and the token that opens it: one file that its owner alone can read."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ControlFailed

_FILE = "control.json"
_SOCKET = "control.sock"
_LONGEST_PATH = 100
"""Of the 104 bytes that every system takes for the path of a socket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """How the bot that runs over a home is reached. `token` is not part of what is printed."""

    socket: Path
    token: str
    process: int

    def __repr__(self) -> str:
        return f"Address(socket={str(self.socket)!r}, process={self.process})"


def read_address(home: Path) -> Address | None:
    """The address of the bot that runs, or ran last, over a home; None where none was started.

    Raises:
        ControlFailed: the file is there, but cannot be read or is damaged.
    """
    path = home / _FILE
    try:
        entries = json.loads(path.read_bytes())
        return Address(socket=Path(entries["socket"]), token=str(entries["token"]), process=int(entries["process"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ControlFailed(
            f"{str(path)!r} cannot be read: {error.strerror}; run the command as the user who runs the bot"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ControlFailed(f"{str(path)!r} is damaged; restart the bot, which writes it anew") from error


def new_address(home: Path, *, process: int) -> Address:
    """An address with a token of its own. A home too deep for a socket gets one in the folder for temporary files."""
    place = home / _SOCKET
    if len(os.fsencode(place)) > _LONGEST_PATH:
        name = hashlib.blake2b(os.fsencode(home), digest_size=8).hexdigest()
        place = Path(tempfile.gettempdir()) / f"advisor-{os.getuid()}-{name}" / _SOCKET
    return Address(socket=place, token=secrets.token_urlsafe(32), process=process)


def write_address(home: Path, address: Address) -> None:
    """Writes the file for commands to read; replaces an earlier one whole. Raises OSError."""
    entries = {"socket": str(address.socket), "token": address.token, "process": address.process}
    draft = home / f"{_FILE}.new"
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(entries, file)
    draft.replace(home / _FILE)


def remove_address(home: Path, address: Address) -> None:
    """Takes the file and the socket away; what is gone already is no error."""
    (home / _FILE).unlink(missing_ok=True)
    address.socket.unlink(missing_ok=True)


def bind(address: Address) -> socket.socket:
    """A socket that its owner alone can connect to; it takes the place of one that a killed bot left.

    Raises:
        OSError: it cannot be made.
        ControlFailed: somebody else owns the folder that it would lie in.
    """
    folder = address.socket.parent
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise ControlFailed(f"the folder {str(folder)!r} belongs to another user; use a home with a shorter path")
    address.socket.unlink(missing_ok=True)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        bound.bind(str(address.socket))
        # Nobody can connect before somebody listens, so the socket is never open to others.
        address.socket.chmod(0o600)
    except OSError:
        bound.close()
        raise
    return bound
