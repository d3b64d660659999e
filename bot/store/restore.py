"""Puts a backup in the place of a home's files: checked whole before anything is replaced, then all of it or nothing.

Files are moved, not copied, in two steps that a journal names: what is there goes aside, what was restored comes in.
Whoever finds a journal goes on where it stopped, so that a process that is killed half-way leaves no mixture.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Literal

from bot.errors import BackupFailed
from bot.store.archive import Manifest, extract, read_manifest, total_bytes
from bot.store.contents import KEYS, STORE, replaceable
from bot.store.database import Database
from bot.store.migrating import upgrade
from bot.store.settling import JOURNAL, unsettled
from bot.store.sqlite import SqliteDatabase
from bot.store.transfer import import_rows
from bot.store.working import PREFIX, off_loop, working_folder

_SPARE_BYTES = 50_000_000

Step = Literal["aside", "in"]


async def restore_backup(home: Path, file: Path, *, remote: Database | None = None) -> Manifest:
    """Replace the state of a home by that of a backup; returns what the backup said of itself.

    Whoever calls it owns the index of the home, and no program has its store open.

    Args:
        home: the folder that is replaced; made when it does not exist.
        file: what `make_backup` made.
        remote: the store's database where it is none of the home's files.

    Raises:
        BackupFailed: the backup is damaged or made by a newer version, or the disk is full. Nothing was replaced.
        StoreFailed: the store of the backup cannot be used, or the remote one not be written. Nothing was replaced.
    """
    await off_loop(lambda: _clear(home))
    async with working_folder(home, keep=lambda: unsettled(home)) as folder:
        staged = folder / "staged"
        manifest = await off_loop(lambda: _unpack(file, staged))
        store = staged / STORE
        if store.exists():
            await _bring_up_to_date(store)
        if remote is not None and store.exists():
            await upgrade(remote)
            await import_rows(store, remote)
            await off_loop(store.unlink)
        await off_loop(lambda: _replace(home, folder))
    return manifest


async def settle(home: Path) -> bool:
    """Finish a restoring that was interrupted; whether there was one. Whoever calls it owns the index of the home.

    Raises:
        BackupFailed: a file cannot be moved; the journal stays, so that it can be tried again.
    """
    return await off_loop(lambda: _settle(home))


def _unpack(file: Path, staged: Path) -> Manifest:
    if not file.is_file():
        raise BackupFailed(f"the backup {str(file)!r} does not exist; name a file that 'advisor backup' made")
    staged.mkdir()
    needed = total_bytes(read_manifest(file).files) + _SPARE_BYTES
    free = shutil.disk_usage(staged).free
    if free < needed:
        raise BackupFailed(
            f"restoring needs {needed // 1_000_000} MB beside what is there, and {free // 1_000_000} MB are free on the"
            " disk; free some space and try again, nothing was replaced"
        )
    manifest = extract(file, staged)
    for path in sorted(staged.rglob("*.sqlite3")):
        _check(path, file)
    return manifest


def _check(path: Path, file: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise BackupFailed(f"{path.name!r} in the backup {str(file)!r} is damaged ({found}); nothing was replaced")


async def _bring_up_to_date(store: Path) -> None:
    database = SqliteDatabase(store)
    try:
        await upgrade(database)
    finally:
        await database.close()


def _clear(home: Path) -> None:
    """Finish, or take away, what a killed process has left."""
    home.mkdir(parents=True, exist_ok=True)
    _settle(home)
    for left in home.glob(f"{PREFIX}*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def _replace(home: Path, folder: Path) -> None:
    (folder / "previous").mkdir()
    _note(home, "aside", folder)
    _settle(home)


def _settle(home: Path) -> bool:
    if not unsettled(home):
        return False
    journal = json.loads((home / JOURNAL).read_text(encoding="utf-8"))
    folder = home / journal["folder"]
    staged, previous = folder / "staged", folder / "previous"
    if journal["step"] == "aside":
        keys = any((staged / name).exists() for name in KEYS)
        for name in replaceable(home, keys=keys):
            (home / name).replace(previous / name)
        _note(home, "in", folder)
    for path in sorted(staged.iterdir()):
        path.replace(home / path.name)
    _sync(home)
    (home / JOURNAL).unlink()
    shutil.rmtree(folder, ignore_errors=True)
    return True


def _note(home: Path, step: Step, folder: Path) -> None:
    """Write the journal anew, so that it is there whole or as it was."""
    descriptor, draft = tempfile.mkstemp(prefix=PREFIX, dir=home)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"step": step, "folder": folder.name}, file)
        file.flush()
        os.fsync(file.fileno())
    Path(draft).replace(home / JOURNAL)
    _sync(home)


def _sync(folder: Path) -> None:
    """Names that were moved survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
