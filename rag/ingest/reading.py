"""Reads a file's bytes once, so that what is hashed is what is parsed."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from rag.errors import UnreadableDocument
from rag.ingest.files import FoundFile

_LARGEST_SIDECAR_MEGABYTES = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    """A file as it was at one moment. `modified` is the day of its last change; `digest` covers the sidecar, too."""

    data: bytes
    sidecar: bytes | None
    modified: dt.date
    digest: str


def read_content(file: FoundFile, *, max_megabytes: float) -> FileContent:
    """Read a file and its sidecar.

    Args:
        file: the file.
        max_megabytes: a larger file is refused before it is read.

    Raises:
        UnreadableDocument: the file is too large, cannot be read, or changed while it was read.
    """
    data, stat = _read(file.path, file.source, max_megabytes, remedy="split it or raise max_file_megabytes")
    digest = hashlib.sha256(data)
    sidecar = None
    if file.sidecar is not None:
        remedy = "keep nothing but metadata in it"
        sidecar, _ = _read(file.sidecar, file.sidecar_source, _LARGEST_SIDECAR_MEGABYTES, remedy=remedy)
        digest.update(b"\0sidecar\0" + sidecar)
    modified = dt.datetime.fromtimestamp(stat.st_mtime, tz=dt.UTC).date()
    return FileContent(data=data, sidecar=sidecar, modified=modified, digest=digest.hexdigest())


def _read(path: Path, source: str, max_megabytes: float, *, remedy: str) -> tuple[bytes, os.stat_result]:
    try:
        with path.open("rb") as stream:
            before = os.fstat(stream.fileno())
            megabytes = before.st_size / 1e6
            if megabytes > max_megabytes:
                problem = f"the file has {megabytes:.1f} MB, more than the {max_megabytes:g} MB allowed"
                raise UnreadableDocument(source, problem=problem, remedy=remedy)
            data = stream.read(before.st_size + 1)
            after = os.fstat(stream.fileno())
    except OSError as error:
        problem = f"the file cannot be read ({error.strerror or error})"
        raise UnreadableDocument(source, problem=problem, remedy="check that it exists and its permissions") from error
    if (len(data), after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        problem = "the file changed while it was read"
        raise UnreadableDocument(source, problem=problem, remedy="run the index again when it is complete")
    return data, after
