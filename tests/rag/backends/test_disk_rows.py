"""Tables that stay on disk give the rows that the array in memory gave."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path

import numpy as np
import pytest

from rag.backends.disk_rows import DiskRows, put_on_disk

TABLE = np.arange(60, dtype=np.uint8).reshape(12, 5)


@pytest.mark.parametrize("rows", [[0], [11, 0, 3, 3], []])
def test_rows_are_those_of_the_table(rows: list[int]) -> None:
    chosen = np.array(rows, dtype=np.int64)
    assert np.array_equal(put_on_disk(TABLE)[chosen], TABLE[chosen])


def test_rows_may_begin_anywhere_in_a_file_that_is_closed_since(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(b"head" + TABLE.tobytes())
    with path.open("rb") as file:
        rows = DiskRows(file, width=5, start=4)
    assert rows[[2]].tolist() == [[10, 11, 12, 13, 14]]


def test_a_table_that_finds_no_place_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    assert put_on_disk(TABLE) is TABLE
