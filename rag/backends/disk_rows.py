"""A matrix that stays on disk: single rows of it are read when they are asked for.

Both packaged models have a table with a row for each of some hundred thousand pieces; a text needs a few dozen of them.
Reading a row takes a microsecond. A mapped file would not do: the system maps the neighbours of what is touched, too,
and after a thousand pieces all of the table is in memory.
"""

from __future__ import annotations

import logging
import os
import tempfile
import weakref
from collections.abc import Sequence
from typing import IO, Protocol

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)


class Rows(Protocol):
    """What gives rows of bytes by their numbers; an array does."""

    def __getitem__(self, rows: NDArray[np.int64], /) -> NDArray[np.uint8]:
        """The rows of these numbers, one below the other."""
        ...


class DiskRows:
    """Rows of bytes in a file, which stays open as long as this is used. Safe for several threads.

    Args:
        file: where they lie; may be closed afterwards.
        width: the bytes of a row.
        start: where the first one begins.
    """

    def __init__(self, file: IO[bytes], *, width: int, start: int = 0) -> None:
        self._handle, self._width, self._start = os.dup(file.fileno()), width, start
        weakref.finalize(self, os.close, self._handle)

    def __getitem__(self, rows: NDArray[np.int64] | Sequence[int], /) -> NDArray[np.uint8]:
        handle, width, start = self._handle, self._width, self._start
        read = b"".join([os.pread(handle, width, start + int(row) * width) for row in rows])
        return np.frombuffer(read, dtype=np.uint8).reshape(len(rows), width)


def put_on_disk(table: NDArray[np.uint8]) -> Rows:
    """The table in a temporary file without a name, which is gone with the process; itself where that has no place."""
    if not hasattr(os, "pread"):
        return table
    try:
        with tempfile.TemporaryFile() as file:
            file.write(table.tobytes())
            file.flush()
            return DiskRows(file, width=table.shape[1])
    except OSError as error:
        log.info("table_kept_in_memory", extra={"error": error.strerror})
        return table
