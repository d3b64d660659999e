"""What is known of an input before it is added: whether it can be read, and what would be."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from bot.input_records import InputKind, InputRecord
from bot.inputs.values import Look, Refusal, Refused
from rag.errors import InvalidInput
from rag.ingest.files import FileProblem, find_files
from rag.ingest.formats import format_of

_LONGEST = 2_000


def is_address(target: str) -> bool:
    """Whether somebody means the web: what has a scheme is an address, all else a path."""
    return "://" in target


def address_of(target: str) -> str:
    """An address without what only a browser needs. Raises Refused."""
    try:
        parts = urlsplit(target.strip())
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, half an IPv6 address
        usable = False
    if not usable or "@" in parts.netloc or len(target) > _LONGEST or any(sign.isspace() for sign in target.strip()):
        raise Refused(Refusal.NO_ADDRESS, target[:200])
    return urlunsplit(parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower(), fragment=""))


def path_of(target: str, *, home: Path) -> Path:
    """A path of this machine that may be read. It blocks. Raises Refused."""
    try:
        path = Path(target).expanduser()
        path.as_posix().encode()
        if not path.is_absolute():  # nobody in a chat knows the folder in which the bot runs
            raise Refused(Refusal.MISSING, target[:200])
        path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow a link and change the name
        real, kept = path.resolve(), home.resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a user without a home, links in a ring, no UTF-8
        raise Refused(Refusal.MISSING, target[:200]) from error
    if real == real.parent:
        raise Refused(Refusal.WHOLE, str(path))
    if real == kept or kept in real.parents or real in kept.parents:
        raise Refused(Refusal.HOME, str(path))
    if not _exists(path):
        raise Refused(Refusal.MISSING, str(path))
    if not os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0)):
        raise Refused(Refusal.UNREADABLE, str(path))
    if not path.is_dir() and (format_of(path) is None or not path.is_file()):
        raise Refused(Refusal.FORMAT, path.name)
    return path


def free_of(path: Path, others: Sequence[InputRecord]) -> None:
    """Refuse a path that lies below or above another input: no document may be in the library twice. Raises Refused."""
    for other in others:
        if other.kind.on_web or other.target == str(path):
            continue
        known = Path(other.target)
        if known in path.parents:
            raise Refused(Refusal.COVERED, str(other.number))
        if path in known.parents:
            raise Refused(Refusal.COVERS, str(other.number))


def looked_at(record: InputRecord) -> Look:
    """What a folder or a file holds. It blocks. Raises Refused."""
    path = Path(record.target)
    try:
        found = [*find_files(path)]
    except (InvalidInput, OSError) as error:
        raise Refused(Refusal.UNREADABLE, str(path)) from error
    readable = [each.path for each in found if not isinstance(each, FileProblem)]
    counts = Counter(each.suffix.lower() for each in readable)
    return Look(
        record=replace(record, kind=InputKind.FOLDER if path.is_dir() else InputKind.FILE),
        files=dict(counts.most_common()),
        bad=len(found) - len(readable),
        size=sum(_size(each) for each in readable),
    )


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a folder above may be closed to us
        return False


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
