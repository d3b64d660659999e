"""One run of indexing at a time, and a clear word to whoever asks for a second one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from rag.errors import IndexLocked


class IndexGate:
    """Lets one piece of work through that changes the index, or that must not see it change."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._holder = ""

    @property
    def holder(self) -> str:
        """Who works on the index, and since when; "" while nobody does."""
        return self._holder

    @contextmanager
    def hold(self, who: str) -> Iterator[None]:
        """Work on the index until the end of the block.

        Raises:
            IndexLocked: somebody else does; the text says who.
        """
        if self._holder:
            raise IndexLocked(f"{self._holder}; wait until that is done, then try again")
        self._holder = f"{who} works on the index since {self._now():%H:%M:%S} UTC"
        try:
            yield
        finally:
            self._holder = ""
