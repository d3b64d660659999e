"""A consistent copy of a home's files while the program uses them.

SQLite's files are copied through SQLite. Chroma's other files have no such way: they are copied, and copied again when
anything of the index has moved in the meantime. The catalogue is copied before the vectors: vectors are added before
the catalogue speaks of them and removed after, so the later copy holds all that the earlier one needs.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, nullcontext, suppress
from pathlib import Path

from bot.errors import BackupFailed
from bot.store.contents import CALIBRATIONS, CHROMA, DOCUMENTS, FOLLOWED, KEYS, LIBRARY, STORE, VECTORS

_ATTEMPTS = 3
_TIMEOUT_S = 15.0
_TRANSIENT = ("-wal", "-shm", "-journal")


def take_snapshot(home: Path, staging: Path, *, store: bool, keys: bool) -> None:
    """Copy what belongs to a backup into an empty folder. It blocks.

    Args:
        home: the folder that is copied.
        staging: where the copies go.
        store: whether the store is a file of the home.
        keys: whether the keys are copied, too.

    Raises:
        BackupFailed: the index changes all the time.
        OSError, sqlite3.Error: a file cannot be read or written.
    """
    copy_index(home, staging)
    names = [VECTORS, *([STORE] if store else [])]
    for name in names:
        copy_database(home / name, staging / name)
    for name in (CALIBRATIONS, *(KEYS if keys else ())):
        if (home / name).exists():
            shutil.copyfile(home / name, staging / name)
    for name in FOLLOWED:
        _copy_files(home / name, staging / name)
    for name in DOCUMENTS:
        # What is handed in, published or taken back meanwhile may come and go.
        _copy_files(home / name, staging / name, lasting=False)


def copy_index(home: Path, staging: Path, *, between: Callable[[], None] = lambda: None) -> None:
    """Copy the catalogue and the vectors that belong together; `between` runs after each attempt, for tests."""
    for _ in range(_ATTEMPTS):
        before = _state(home)
        copy_database(home / LIBRARY, staging / LIBRARY)
        _copy_files(home / CHROMA, staging / CHROMA)
        between()
        if _state(home) == before:
            return
        shutil.rmtree(staging / CHROMA, ignore_errors=True)
        (staging / LIBRARY).unlink(missing_ok=True)
    raise BackupFailed("the library is being indexed and changes all the time; make the backup when that has ended")


def copy_database(source: Path, target: Path) -> None:
    """Copy one state of a SQLite file, whoever writes it; a file that is missing is left out."""
    if not source.exists():
        return
    with (
        closing(sqlite3.connect(source, timeout=_TIMEOUT_S)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        reading.backup(writing)


def _copy_files(source: Path, target: Path, *, lasting: bool = True) -> None:
    for path in _files(source):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".sqlite3":
            copy_database(path, copy)
        else:
            with nullcontext() if lasting else suppress(FileNotFoundError):
                shutil.copyfile(path, copy)


def _state(home: Path) -> object:
    """Something that differs whenever the index was changed."""
    stamps = []
    for path in _files(home / CHROMA):
        seen = path.stat()
        stamps.append((path, seen.st_size, seen.st_mtime_ns, seen.st_ino))
    return _revision(home / LIBRARY), stamps


def _revision(library: Path) -> int:
    if not library.exists():
        return -1
    with closing(sqlite3.connect(library, timeout=_TIMEOUT_S)) as connection:
        return int(connection.execute("SELECT number FROM revision").fetchone()[0])


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(_TRANSIENT))
