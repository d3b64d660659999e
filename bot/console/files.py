"""Files of the terminal: those of replies are written where they can be opened, those that are named are read."""

from __future__ import annotations

import os
import re
from pathlib import Path

from bot.errors import DeliveryFailed
from bot.replies import File

_UNFIT = re.compile(r"[^\w.\- ]+")
_MOST_TRIES = 1000


def keep_file(file: File, folder: Path) -> Path:
    """Writes a file that its owner alone can read, never over another one, and returns where it is.

    The folder is made where it does not exist.

    Raises:
        DeliveryFailed: the folder cannot be written.
    """
    name = Path(_UNFIT.sub("-", file.name).lstrip(".") or "file")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DeliveryFailed(f"the folder {str(folder)!r} cannot be made: {error.strerror}") from error
    for number in range(_MOST_TRIES):
        path = folder / (f"{name.stem}-{number}{name.suffix}" if number else name.name)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        except OSError as error:
            raise DeliveryFailed(f"the file {path.name!r} cannot be written here: {error.strerror}") from error
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(file.content)
        return path
    raise DeliveryFailed(f"there are {_MOST_TRIES} files named like {name.name!r} here already; move some away")


def read_file(path: str, limit_bytes: int) -> bytes:
    """The content of a file that was named by its path.

    Raises:
        DeliveryFailed: there is none, it cannot be read, or it is too large.
    """
    file = Path(path).expanduser()
    try:
        if not file.is_file():
            raise DeliveryFailed(f"there is no file {path!r}")
        with file.open("rb") as opened:
            content = opened.read(limit_bytes + 1)
    except OSError as error:
        raise DeliveryFailed(f"the file {path!r} cannot be read: {error.strerror}") from error
    if len(content) > limit_bytes:
        raise DeliveryFailed(f"the file {path!r} has more than the {limit_bytes} bytes that are allowed")
    return content
