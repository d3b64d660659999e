"""Blocking work on files: off the event loop, in a folder that goes when the work ends, with errors that advise."""

from __future__ import annotations

import asyncio
import errno
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from bot.errors import BackupFailed

PREFIX = ".advisor-"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

_Result = TypeVar("_Result")


async def off_loop(work: Callable[[], _Result]) -> _Result:
    """The result of blocking work on files; cancelled, it waits for the work's end all the same.

    Raises:
        BackupFailed: the disk refuses.
    """
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        # A thread cannot be stopped, and nobody may clear up the files that it still works on.
        await asyncio.wait({running})
        raise
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(_explained(error)) from error


@asynccontextmanager
async def working_folder(parent: Path, *, keep: Callable[[], bool] = lambda: False) -> AsyncIterator[Path]:
    """A new folder that only this user can read, on the file system of the result; removed unless `keep` says no.

    Raises:
        BackupFailed: the folder cannot be made.
    """
    folder = Path(await off_loop(lambda: tempfile.mkdtemp(prefix=PREFIX, dir=parent)))
    try:
        yield folder
    finally:
        if not keep():
            shutil.rmtree(folder, ignore_errors=True)


def _explained(error: OSError | sqlite3.Error) -> str:
    text = str(error)
    if (isinstance(error, OSError) and error.errno in _FULL) or "full" in text or "disk I/O" in text:
        return f"there is not enough space on the disk ({text}); free some and try again, nothing was changed"
    if "malformed" in text or "not a database" in text:
        return f"a file of the home folder is damaged ({text}); 'advisor doctor' tells which"
    return f"files cannot be copied: {text}; see that the folder exists and this user may write it"
