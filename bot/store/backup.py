"""Makes a backup of a home while the program runs: the store, the index and its calibration, as one checked file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path

from bot.errors import BackupFailed
from bot.store.archive import FORMAT, Manifest, describe, total_bytes, write_archive
from bot.store.contents import CONTENTS, STORE
from bot.store.database import Database
from bot.store.snapshot import take_snapshot
from bot.store.transfer import export_rows
from bot.store.working import off_loop, working_folder

_DISTRIBUTION = "startup-advisor"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """A backup that was made; `sha256` is the checksum of the file as `sha256sum` prints it."""

    file: Path
    sha256: str
    files: int
    content_bytes: int
    file_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupJob:
    """What a backup is made of.

    `remote` is the store's database where it is none of the home's files. `with_keys` adds the key that people's
    hashes are made with: whoever has it can try names on the hashes.
    """

    home: Path
    file: Path
    remote: Database | None = None
    with_keys: bool = False


async def make_backup(job: BackupJob, *, at: datetime) -> BackupReport:
    """Write a backup beside a running program, or without one.

    Whoever calls it owns the index of the home, and does not index meanwhile.

    Raises:
        BackupFailed: the file exists, the disk is full, the library changes all the time, there is nothing to back up.
        StoreFailed: the store cannot be read.
    """
    if job.file.exists():
        raise BackupFailed(f"{str(job.file)!r} exists; name a new file, or remove that one first")
    if job.remote is None and not any((job.home / name).exists() for name in CONTENTS):
        raise BackupFailed(f"there is nothing to back up in {str(job.home)!r}; check ADVISOR_HOME")
    async with working_folder(job.file.absolute().parent) as folder:
        copies = folder / "home"
        await off_loop(copies.mkdir)
        if job.remote is not None:
            await export_rows(job.remote, copies / STORE)
        return await off_loop(lambda: _pack(job, folder, at))


def _pack(job: BackupJob, folder: Path, at: datetime) -> BackupReport:
    copies, draft = folder / "home", folder / "archive"
    take_snapshot(job.home, copies, store=job.remote is None, keys=job.with_keys)
    files = describe(copies)
    manifest = Manifest(
        format=FORMAT,
        version=metadata.version(_DISTRIBUTION),
        made_at=at,
        files=files,
    )
    sha256 = write_archive(copies, manifest, draft)
    size = draft.stat().st_size
    draft.replace(job.file)
    return BackupReport(
        file=job.file, sha256=sha256, files=len(files), content_bytes=total_bytes(files), file_bytes=size
    )
