"""What the doctor says of the home's folder and disk."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from bot.doctor_disk import examine_disk, examine_home
from bot.findings import Status

_MEGABYTE = 1024 * 1024
Usage = namedtuple("Usage", "total used free")


def statvfs(*, files: int, left: int) -> Any:
    """What the system tells of a file system with so many files, of which so many are left."""
    return os.statvfs_result((4096, 4096, 10**9, 10**9, 10**9, files, left, left, 0, 255))


def test_home_is_tried_by_writing_and_left_as_it_was(tmp_path: Path) -> None:
    found = examine_home(tmp_path)
    assert (found.status, found.text) == (Status.OK, str(tmp_path))
    assert list(tmp_path.iterdir()) == []
    assert "made when it is needed" in examine_home(tmp_path / "new").text


def test_home_that_takes_no_file_is_a_failure() -> None:
    found = examine_home(Path("/proc/self"))
    assert (found.status, "cannot be written" in found.text) == (Status.FAIL, True)
    assert "ADVISOR_HOME" in found.mend


@pytest.mark.parametrize("number", [errno.EDQUOT, errno.ENOSPC])
def test_full_quota_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(**_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    found = examine_home(tmp_path)
    assert (found.status, os.strerror(number) in found.text, "quota" in found.mend) == (Status.FAIL, True, True)


@pytest.mark.parametrize(
    ("megabytes", "of_files", "status", "told"),
    [
        (5000, (10**6, 10**5), Status.OK, "5000 MB free"),
        (5000, (0, 0), Status.OK, "5000 MB free"),
        (5000, (10**6, 9), Status.WARN, "room for 9 more files"),
        (500, (10**6, 10**5), Status.WARN, "only 500 MB free"),
        (50, (10**6, 10**5), Status.FAIL, "only 50 MB free"),
    ],
)
def test_room_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    megabytes: int,
    of_files: tuple[int, int],
    status: Status,
    told: str,
) -> None:
    files, left = of_files
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, megabytes * _MEGABYTE))
    monkeypatch.setattr(os, "statvfs", lambda _: statvfs(files=files, left=left))
    found = examine_disk(tmp_path / "home")
    assert (found.status, told in found.text, bool(found.mend)) == (status, True, status is not Status.OK)
