"""Vectors that were made before: a text is embedded once, whatever the chunker or the index does later.

Read-only packs that ship with the starter library are asked first, then a SQLite file. Both hold keys of texts, never
texts. It is only a cache: a broken file is made anew, and a full disk costs time, not an answer.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np

from rag.backends.embedding import embeddable
from rag.backends.vector_packs import Halves, from_halves, read_pack, text_key, to_halves
from rag.backends.wrapped import WrappedEmbedder
from rag.ports import Embedder, Vectors

Embed = Callable[[Sequence[str]], Awaitable[Vectors]]

_Result = TypeVar("_Result")

_KEYS_PER_QUERY = 500
_QUERIES_KEPT = 256

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vector (
    identity TEXT NOT NULL,
    key BLOB NOT NULL,
    halves BLOB NOT NULL,
    PRIMARY KEY (identity, key)
)
"""

log = logging.getLogger(__name__)


class VectorCache:
    """Vectors by embedder and text. Open it with `VectorCache.open`."""

    def __init__(self, file: VectorFile, packed: Mapping[tuple[str, bytes], Halves]) -> None:
        self._file = file
        self._packed = packed

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, packs: Sequence[Path] = ()) -> AsyncIterator[VectorCache]:
        """Opens the cache file, making it when it does not exist, and reads the packs.

        Raises:
            StorageFailed: a pack is damaged. The cache file raises nothing.
        """
        packed = await asyncio.to_thread(_read_packs, packs)
        file = VectorFile(path)
        try:
            await asyncio.to_thread(file.open)
            yield cls(file, packed)
        finally:
            await asyncio.to_thread(file.close)

    async def get_many(self, identity: str, texts: Sequence[str]) -> dict[str, Vectors]:
        """The vectors that are known, by text, of unit length; texts without one are left out."""
        keys = {text: text_key(text) for text in texts}
        found = {key: self._packed[identity, key] for key in keys.values() if (identity, key) in self._packed}
        wanted = [key for key in keys.values() if key not in found]
        found |= await asyncio.to_thread(self._file.read, identity, wanted)
        known = [text for text in keys if keys[text] in found]
        if not known:
            return {}
        return dict(zip(known, from_halves(np.stack([found[keys[text]] for text in known])), strict=True))

    async def put_many(self, identity: str, texts: Sequence[str], vectors: Vectors) -> None:
        """Keeps one vector for each text, as far as the file can be written."""
        keys = [text_key(text) for text in texts]
        await asyncio.to_thread(self._file.write, identity, zip(keys, to_halves(vectors), strict=True))

    async def known_or_made(
        self, identity: str, entries: Mapping[str, str], embed: Embed, *, batch_size: int
    ) -> dict[str, Vectors]:
        """The vectors of all entries; those that are missing are made of their texts, in batches, and kept.

        `entries` are texts by what their vectors are filed under.
        """
        known = await self.get_many(identity, [*entries])
        missing = [entry for entry in entries if entry not in known]
        for start in range(0, len(missing), batch_size):
            batch = missing[start : start + batch_size]
            made = await embed([entries[entry] for entry in batch])
            await self.put_many(identity, batch, made)
            known |= zip(batch, from_halves(to_halves(made)), strict=True)
        return known


class VectorFile:
    """The SQLite file of a cache. It never raises: what fails is logged once and treated as not cached."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._complained = False
        self._connection: sqlite3.Connection | None = None

    def open(self) -> None:
        """Opens the file, making it or making it anew where that is needed."""
        with self._lock:
            self._connection = self._connect()

    def read(self, identity: str, keys: Sequence[bytes]) -> dict[bytes, Halves]:
        """The vectors that the file holds, by key."""
        return self._attempt(lambda connection: _select(connection, identity, keys), {})

    def write(self, identity: str, rows: Iterable[tuple[bytes, Halves]]) -> None:
        """Stores vectors by key, in one transaction."""
        values = [(identity, key, halves.tobytes()) for key, halves in rows]
        self._attempt(lambda connection: _insert(connection, values), None)

    def close(self) -> None:
        """Closes the file; later calls find nothing and keep nothing."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _attempt(self, action: Callable[[sqlite3.Connection], _Result], otherwise: _Result) -> _Result:
        with self._lock:
            if self._connection is None:
                return otherwise
            try:
                return action(self._connection)
            except sqlite3.OperationalError as error:  # full, read-only, locked
                self._complain(error)
            except sqlite3.DatabaseError as error:
                self._connection.close()
                self._connection = self._made_anew(error)
            return otherwise

    def _connect(self) -> sqlite3.Connection | None:
        try:
            return _connected(self._path)
        except (OSError, sqlite3.OperationalError) as error:
            self._complain(error)
            return None
        except sqlite3.DatabaseError as error:
            return self._made_anew(error)

    def _made_anew(self, broken: sqlite3.DatabaseError) -> sqlite3.Connection | None:
        try:
            aside = _put_aside(self._path)
            log.warning("vector cache %s is broken (%s): kept as %s and made anew", self._path, broken, aside.name)
            return _connected(self._path)
        except (OSError, sqlite3.Error) as error:
            self._complain(error)
            return None

    def _complain(self, error: Exception) -> None:
        if not self._complained:
            log.warning("vector cache %s does not work (%s): going on without it", self._path, error)
        self._complained = True


class CachedEmbedder(WrappedEmbedder):
    """An embedder that remembers: passages in a cache, the last questions in memory.

    A passage's vector is the same whether it was just made or found, because both went through the stored form.
    """

    def __init__(self, inner: Embedder, cache: VectorCache, *, batch_size: int = 16) -> None:
        super().__init__(inner)
        self._cache = cache
        self._batch_size = batch_size
        self._queries: OrderedDict[bytes, Vectors] = OrderedDict()

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; see `rag.ports.Embedder`."""
        cleaned = embeddable(texts)
        asked = {text: text_key(text) for text in cleaned}
        known = {key: self._queries[key] for key in asked.values() if key in self._queries}
        missing = [text for text, key in asked.items() if key not in known]
        if missing:
            made = await self._inner.embed_queries(missing)
            known |= zip([asked[text] for text in missing], made, strict=True)
        self._remember(known)
        return self._rows([known[asked[text]] for text in cleaned])

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of pieces of documents; see `rag.ports.Embedder`."""
        embeddable(texts)  # refuses a blank text before any work is done
        embed, entries = self._inner.embed_passages, {text: text for text in texts}
        known = await self._cache.known_or_made(self.identity, entries, embed, batch_size=self._batch_size)
        return self._rows([known[text] for text in texts])

    def _remember(self, vectors: Mapping[bytes, Vectors]) -> None:
        for key, vector in vectors.items():
            self._queries[key] = vector
            self._queries.move_to_end(key)
        while len(self._queries) > _QUERIES_KEPT:
            self._queries.popitem(last=False)

    def _rows(self, vectors: list[Vectors]) -> Vectors:
        return np.stack(vectors) if vectors else np.empty((0, self.dimension), dtype=np.float32)


def _read_packs(paths: Sequence[Path]) -> dict[tuple[str, bytes], Halves]:
    packs = [read_pack(path) for path in paths]
    return {(pack.identity, key): row for pack in packs for key, row in zip(pack.keys, pack.halves, strict=True)}


def _connected(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Calls come from several threads, one at a time: the owner holds a lock.
    connection = sqlite3.connect(path, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _put_aside(path: Path) -> Path:
    aside = path.with_name(path.name + ".broken")
    path.replace(aside)
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    return aside


def _select(connection: sqlite3.Connection, identity: str, keys: Sequence[bytes]) -> dict[bytes, Halves]:
    found: dict[bytes, Halves] = {}
    for start in range(0, len(keys), _KEYS_PER_QUERY):
        some = keys[start : start + _KEYS_PER_QUERY]
        marks = ",".join("?" * len(some))
        rows = connection.execute(
            f"SELECT key, halves FROM vector WHERE identity = ? AND key IN ({marks})", (identity, *some)
        )
        found |= {key: np.frombuffer(halves, dtype="<f2") for key, halves in rows}
    return found


def _insert(connection: sqlite3.Connection, values: Sequence[tuple[str, bytes, bytes]]) -> None:
    with connection:
        connection.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", values)
