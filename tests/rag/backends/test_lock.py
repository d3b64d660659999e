"""The index lock: one owner at a time, named to the others."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from rag.backends.lock import index_lock
from rag.errors import IndexLocked, StorageFailed

_HOLD = """
import asyncio, sys
from pathlib import Path
from rag.backends.lock import index_lock

async def hold():
    async with index_lock(Path(sys.argv[1]), process=4242, patience_s=1):
        print("held", flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(hold())
"""


async def test_a_second_process_is_told_who_owns_the_index(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "held\n"
        with pytest.raises(IndexLocked, match="4242"):
            async with index_lock(tmp_path, process=1, patience_s=0.05):
                pass
        owner.kill()
    async with index_lock(tmp_path, process=1, patience_s=5):
        assert (tmp_path / "index.owner").read_text() == "1"


async def test_the_lock_can_be_taken_again_after_use(tmp_path: Path) -> None:
    for process in (1, 2):
        async with index_lock(tmp_path / "new" / "folder", process=process, patience_s=0):
            assert (tmp_path / "new" / "folder" / "index.owner").read_text() == str(process)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(StorageFailed, match=tmp_path.name):
        async with index_lock(tmp_path, process=1, patience_s=0):
            pass


async def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("in the way")
    with pytest.raises(StorageFailed, match="home"):
        async with index_lock(tmp_path / "home", process=1, patience_s=0):
            pass
