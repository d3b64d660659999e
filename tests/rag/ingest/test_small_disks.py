"""Real `advisor index` runs on a disk that is full, and on one that may not be written."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from .cli_runs import advisor, found, one_line, write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.full,
    pytest.mark.skipif(sys.platform != "linux", reason="mounts a disk as Linux does"),
]

_MEGABYTES = 12


@dataclass(frozen=True)
class Disk:
    path: Path

    def remount(self, mode: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{mode}", str(self.path)], check=True, capture_output=True)

    def fill(self) -> Path:
        """Takes all the room that is left, down to the last block."""
        filler = self.path / "filler"
        with filler.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                try:
                    while file.write(b"\0" * size):
                        pass
                except OSError:
                    continue
        return filler


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    path = tmp_path / "disk"
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={_MEGABYTES}m", "advisor-test", str(path)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (subprocess.CalledProcessError, FileNotFoundError):
        pytest.skip("this user may not mount a disk; test_limited_writing.py does without")
    yield Disk(path)
    subprocess.run(["umount", "-l", str(path)], check=True, capture_output=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "docs", "angels", "equity")


def test_a_full_disk_is_told_and_loses_nothing(disk: Disk, folder: Path) -> None:
    home = disk.path / "home"
    assert advisor(home, "index", str(folder)).returncode == 0
    filler = disk.fill()
    write(folder, *(f"zebra{number}" for number in range(200)))
    assert "space" in one_line(advisor(home, "index"))
    filler.unlink()
    assert found(home, "equity")
    assert advisor(home, "index").returncode == 0
    assert found(home, "zebra7")


def test_a_disk_that_may_not_be_written_is_told_and_loses_nothing(disk: Disk, folder: Path) -> None:
    home = disk.path / "home"
    assert advisor(home, "index", str(folder)).returncode == 0
    write(folder, "zebra")
    disk.remount("ro")
    assert "writ" in one_line(advisor(home, "index"))
    disk.remount("rw")
    assert found(home, "equity")
    assert advisor(home, "index").returncode == 0
    assert found(home, "zebra")
