"""Empties the write-ahead log beside the writer, so that no commit waits until the disk has taken everything in."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread

from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)


class Tidier:
    """Runs a checkpoint after every so many commits, on a thread of its own, which starts with the first one.

    Args:
        checkpoint: carries the log into the file. Where it fails, the next one does its work.
        every: how many commits lie between two checkpoints.
    """

    def __init__(self, checkpoint: Callable[[], object], *, every: int) -> None:
        self._checkpoint = checkpoint
        self._every = every
        self._commits = 0
        self._calls: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._thread = Thread(target=self._serve, name="store-tidy", daemon=True)

    def committed(self) -> None:
        """Note a commit. It is called on one thread, the writer's."""
        self._commits += 1
        if self._commits % self._every:
            return
        if self._thread.ident is None:
            self._thread.start()
        # One that is still to be done will carry this one's part, too.
        if self._calls.empty():
            self._calls.put(self._checkpoint)

    def close(self) -> None:
        """Finish what was begun and end the thread. It blocks; nothing may be committed any more."""
        self._calls.put(None)
        if self._thread.ident is not None:
            self._thread.join()

    def _serve(self) -> None:
        while checkpoint := self._calls.get():
            try:
                checkpoint()
            except (SQLAlchemyError, sqlite3.Error) as error:
                log.warning("the write-ahead log could not be emptied: %s", error)
