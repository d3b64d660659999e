"""The lock of an index folder: embedded Chroma belongs to one process at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from rag.backends.disk_trouble import remedy_for
from rag.errors import IndexLocked, StorageFailed


@asynccontextmanager
async def index_lock(folder: Path, *, process: int, patience_s: float) -> AsyncIterator[None]:
    """Own the index in a folder until the end of the block.

    The operating system gives the lock back when the process dies, however it dies.

    Args:
        folder: the folder of the index; made when it does not exist.
        process: this process's id, for the message that another one shows.
        patience_s: how long to wait for a process that owns it, in seconds.

    Raises:
        IndexLocked: another process still owns it.
        StorageFailed: the folder cannot be written.
    """
    owner = folder / "index.owner"
    lock = FileLock(folder / "index.lock", thread_local=False)
    try:
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        await asyncio.to_thread(lock.acquire, timeout=patience_s)
        await asyncio.to_thread(owner.write_text, str(process))
    except Timeout as error:
        raise IndexLocked(f"process {_read(owner)} owns the index in {str(folder)!r}; stop it, or ask it") from error
    except OSError as error:
        lock.release()
        raise StorageFailed(f"cannot write to {str(folder)!r}: {error.strerror}; {remedy_for(error)}") from error
    try:
        yield
    finally:
        lock.release()


def _read(owner: Path) -> str:
    try:
        return owner.read_text().strip() or "(unknown)"
    except OSError:
        return "(unknown)"
