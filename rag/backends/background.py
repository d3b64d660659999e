"""Embeds passages in a process of its own with a lower priority, so that indexing delays no question.

Python's own pool does the work: one process, started with the first passages, replaced once when it dies, and ended
when nothing was embedded for a while, which gives its memory back. Questions are embedded in this process.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager

from rag.backends.embedding import embeddable
from rag.backends.packaged import open_packaged
from rag.backends.wrapped import WrappedEmbedder
from rag.errors import EmbedderUnavailable
from rag.ports import Embedder, Vectors
from rag.settings import EmbeddingSettings

_LOWEST = 19
"""The worker gets what nobody else wants of a core: a fiftieth of one that is wanted."""

_IDLE_S = 60.0
_TRIES = 2

log = logging.getLogger(__name__)


class BackgroundEmbedder(WrappedEmbedder):
    """Questions here, passages in the worker; open it with `open_background`.

    Args:
        inner: the same embedder in this process.
        settings: what the worker opens.
        idle_s: after how long without passages the worker is ended.
    """

    def __init__(self, inner: Embedder, settings: EmbeddingSettings, *, idle_s: float = _IDLE_S) -> None:
        super().__init__(inner)
        self._settings = settings
        self._idle_s = idle_s
        self._pool: ProcessPoolExecutor | None = None
        self._ending: asyncio.TimerHandle | None = None
        self._working = 0

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of pieces of documents; see `rag.ports.Embedder`."""
        cleaned = embeddable(texts)
        self._stay()
        self._working += 1
        try:
            identity, vectors = await self._embedded(cleaned)
        finally:
            self._working -= 1
            self._leave_later()
        if identity != self.identity:
            raise EmbedderUnavailable(f"the worker embeds with {identity!r}, expected {self.identity!r}")
        return vectors

    def close(self) -> None:
        """End the worker; it is started again when it is needed."""
        self._stay()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    async def _embedded(self, texts: list[str]) -> tuple[str, Vectors]:
        for _ in range(_TRIES):
            pool = self._worker()
            try:
                return await asyncio.wrap_future(pool.submit(_embed, self._settings, texts))
            except BrokenProcessPool:
                log.warning("the process that embeds passages ended; another one takes over")
                if self._pool is pool:
                    self.close()
        raise EmbedderUnavailable("the process that embeds passages ended again and again; is memory short?")

    def _worker(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Not a fork: this process has threads, and a model in them that must not be shared.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=_begin)
        return self._pool

    def _leave_later(self) -> None:
        if not self._working:
            self._stay()
            self._ending = asyncio.get_running_loop().call_later(self._idle_s, self.close)

    def _stay(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None


@asynccontextmanager
async def open_background(inner: Embedder, settings: EmbeddingSettings) -> AsyncIterator[BackgroundEmbedder]:
    """An embedder whose worker ends with the block at the latest."""
    embedder = BackgroundEmbedder(inner, settings)
    try:
        yield embedder
    finally:
        embedder.close()


def _begin() -> None:
    """In the worker, before its first texts."""
    os.nice(_LOWEST)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt at the terminal is for the parent, which ends us
    warnings.simplefilter("ignore")
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that is killed closes nothing: without this the worker would wait for texts for ever."""
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)


def _embed(settings: EmbeddingSettings, texts: list[str]) -> tuple[str, Vectors]:
    model = _model(settings)
    return model.identity, asyncio.run(model.embed_passages(texts))


@functools.cache
def _model(settings: EmbeddingSettings) -> Embedder:
    """Loaded in the worker with its first texts."""
    embedder, _ = asyncio.run(open_packaged(settings))
    return embedder
