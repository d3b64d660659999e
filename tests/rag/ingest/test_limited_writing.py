"""Real `advisor index` runs that may not write, or only so much: a full or a read-only disk, without a mount."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .cli_runs import advisor, found, one_line, write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.full,
    pytest.mark.skipif(sys.platform != "linux", reason="limits a process as Linux does"),
]

_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
del sys.argv[1]
from bot.cli import main
main()
"""
"""No file may grow beyond a size: writing fails in the middle of a page, as on a disk that has just filled up."""

_OVERRIDES_PERMISSIONS = 1
_DROP = 24
_UNPRIVILEGED = f"""
import ctypes, os, sys
ctypes.CDLL(None).prctl({_DROP}, {_OVERRIDES_PERMISSIONS}, 0, 0, 0)
plain = "from bot.cli import main; main()"
os.execv(sys.executable, [sys.executable, "-W", "ignore", "-c", plain, *sys.argv[1:]])
"""
"""Even root has to heed permissions (capabilities(7), prctl(2))."""

_TRY = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)
os.execv("/bin/sh", ["sh", "-c", "! echo x 2>/dev/null > " + sys.argv[1] + "/probe"])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "docs", "angels", "equity")


@pytest.fixture
def home(tmp_path: Path, folder: Path) -> Path:
    """A home in which the folder is indexed, and behind which the folder has grown."""
    made = tmp_path / "home"
    assert advisor(made, "index", str(folder)).returncode == 0
    write(folder, *(f"zebra{number}" for number in range(40)))
    return made


@contextmanager
def unwritable(home: Path) -> Iterator[None]:
    paths = [home, *home.rglob("*")]
    modes = {path: path.stat().st_mode for path in paths}
    for path in reversed(paths):
        path.chmod(modes[path] & ~0o222)
    try:
        yield
    finally:
        for path in paths:
            path.chmod(modes[path])


@pytest.mark.parametrize("kilobytes", [0, 40, 120])
def test_a_disk_that_fills_up_is_told_and_loses_nothing(home: Path, kilobytes: int) -> None:
    limit = kilobytes << 10
    told = one_line(advisor(home, str(limit), "index", program=_LIMITED))
    assert "space" in told
    assert found(home, "equity")
    assert advisor(home, "index").returncode == 0
    assert found(home, "zebra7")
    assert found(home, "equity")


def test_a_home_that_may_not_be_written_is_told_and_loses_nothing(home: Path) -> None:
    with unwritable(home):
        probe = advisor(home, str(home), program=_TRY)
        if probe.returncode:
            pytest.skip("this user writes whatever permissions say")
        told = one_line(advisor(home, "index", program=_UNPRIVILEGED))
        asked = one_line(advisor(home, "ask", "What of angels?", program=_UNPRIVILEGED))
    assert "writable" in told
    assert "writable" in asked
    assert found(home, "equity")
    assert advisor(home, "index").returncode == 0
    assert found(home, "zebra7")
