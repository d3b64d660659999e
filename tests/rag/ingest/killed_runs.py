"""Index runs over real Chroma and SQLite that kill themselves after a given write. A program: the test starts it.

It reads lines `HOME<tab>FOLDER<tab>CHUNK_CHARACTERS<tab>WRITES` and answers each with `killed` or with the number of
writes of the run that it let through. Each run is a forked process, so the libraries are imported once.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.backends.chroma import ChromaStore, open_chroma
from rag.backends.memory import MemoryEmbedder
from rag.backends.sqlite.database import open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.backends.sqlite.writing import SqliteCatalogueWriter
from rag.catalogue import Input
from rag.ingest.index import Indexer
from rag.settings import IngestSettings

_WRITES = {"register", "begin", "publish", "discard", "touch", "announce", "replace", "remove", "forget_vectors"}
_VECTOR_WRITES = {"add", "delete"}


class Executioner:
    """Counts writes and kills the process after the last one it allows."""

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed
        self.seen = 0

    def after(self, write: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def watched(*args: Any, **named: Any) -> Any:
            result = await write(*args, **named)
            self.seen += 1
            if self.seen == self.allowed:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return watched


class Watched:
    """A backend whose writes an executioner follows."""

    def __init__(self, inner: Any, executioner: Executioner, writes: set[str]) -> None:
        self._inner = inner
        self._executioner = executioner
        self._writes = writes

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        return self._executioner.after(method) if name in self._writes else method


class WatchedStore:
    """A vector store whose collections, their making and their dropping are followed."""

    def __init__(self, inner: ChromaStore, executioner: Executioner) -> None:
        self._inner = inner
        self._executioner = executioner
        self.names = inner.names
        self.drop = executioner.after(inner.drop)

    async def collection(self, name: str) -> Any:
        made = await self._executioner.after(self._inner.collection)(name)
        return Watched(made, self._executioner, _VECTOR_WRITES)


async def run(home: Path, folder: Path, chunk_characters: int, executioner: Executioner) -> None:
    async with open_database(home / "library.sqlite3") as database, open_chroma(home / "chroma") as store:
        writer = SqliteCatalogueWriter(database, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
        indexer = Indexer(
            catalogue=SqliteCatalogue(database),
            writer=Watched(writer, executioner, _WRITES),  # type: ignore[arg-type]
            store=WatchedStore(store, executioner),
            embedder=MemoryEmbedder(),
            settings=IngestSettings(chunk_characters=chunk_characters),
        )
        await indexer.update([Input(path=folder)])


def run_in_a_fork(home: str, folder: str, chunk_characters: str, allowed: str) -> str:
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        executioner = Executioner(int(allowed))
        asyncio.run(run(Path(home), Path(folder), int(chunk_characters), executioner))
        os.write(writing, str(executioner.seen).encode())
        os._exit(0)
    os.close(writing)
    _, status = os.waitpid(process, 0)
    with os.fdopen(reading) as result:
        return "killed" if os.WIFSIGNALED(status) else result.read() or f"failed {status}"


if __name__ == "__main__":
    import chromadb  # noqa: F401

    for line in sys.stdin:
        sys.stdout.write(run_in_a_fork(*line.rstrip("\n").split("\t")) + "\n")
        sys.stdout.flush()
