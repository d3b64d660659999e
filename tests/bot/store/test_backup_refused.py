"""Backups that cannot be made say why, and leave nothing behind."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import BackupFailed
from bot.store.backup import BackupJob, make_backup
from bot.store.contents import LIBRARY
from bot.store.opening import open_store

from .conftest import Making

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def test_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    file.write_text("precious")

    with pytest.raises(BackupFailed, match="exists"):
        await make_backup(BackupJob(home=tmp_path, file=file), at=AT)

    assert file.read_text() == "precious"


async def test_empty_home_has_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="nothing to back up"):
        await make_backup(BackupJob(home=tmp_path, file=tmp_path / "backup.tar.gz"), at=AT)


async def test_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    async with open_store(None, home=tmp_path):
        with pytest.raises(BackupFailed, match="folder exists"):
            await make_backup(BackupJob(home=tmp_path, file=tmp_path / "none" / "backup.tar.gz"), at=AT)


async def test_damaged_catalogue_is_told(tmp_path: Path) -> None:
    (tmp_path / LIBRARY).write_bytes(b"no database" * 100)

    with pytest.raises(BackupFailed, match="damaged"):
        await make_backup(BackupJob(home=tmp_path, file=tmp_path / "backup.tar.gz"), at=AT)


LIMITED = """
import asyncio, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.errors import BackupFailed
from bot.store.backup import BackupJob, make_backup
from bot.store.restore import restore_backup

task, home, file, limit = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    if task == "backup":
        asyncio.run(make_backup(BackupJob(home=home, file=file), at=datetime.now(UTC)))
    else:
        asyncio.run(restore_backup(home, file))
except BackupFailed as failure:
    print(failure)
"""
"""A process that may write no file larger than a limit: for it, the disk is full."""


def limited(task: str, home: Path, file: Path, *, limit: int) -> str:
    command = [sys.executable, "-c", LIMITED, task, str(home), str(file), str(limit)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.mark.slow
async def test_full_disk_leaves_everything_as_it_was(tmp_path: Path, make: Making) -> None:
    home, file = tmp_path / "home", tmp_path / "backup.tar.gz"
    question = make.question()
    async with open_store(None, home=home) as store:
        await store.questions.admit(question)
        await make_backup(BackupJob(home=home, file=file), at=AT)

    assert "not enough space" in limited("backup", home, tmp_path / "second.tar.gz", limit=20_000)
    assert "not enough space" in limited("restore", home, file, limit=20_000)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar.gz", "home"]
    assert all(path.name.startswith("store.sqlite3") for path in home.iterdir())
    async with open_store(None, home=home) as store:
        assert await store.questions.unfinished() == (question,)
