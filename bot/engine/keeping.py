"""Small keepers of the engine: what was seen lately, one lock for each conversation, work beside the answers."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from rag.errors import RagError

log = logging.getLogger(__name__)


class Recent:
    """Keys of events that this process has seen, the latest ones: spares the store most redeliveries."""

    def __init__(self, *, most: int = 10_000) -> None:
        self._most = most
        self._keys: OrderedDict[str, None] = OrderedDict()

    def add(self, keys: Sequence[str]) -> bool:
        """Note keys; False, and nothing noted, when one of them is known."""
        if any(key in self._keys for key in keys):
            return False
        self._keys.update(dict.fromkeys(keys))
        while len(self._keys) > self._most:
            self._keys.popitem(last=False)
        return True

    def drop(self, keys: Sequence[str]) -> None:
        """Forget keys: their event was not worked on."""
        for key in keys:
            self._keys.pop(key, None)


class Locks:
    """A lock for each key, kept only while somebody holds or wants it."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, key: str) -> AsyncGenerator[None, None]:
        """Hold the lock of a key."""
        lock, wanted = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, wanted + 1)
        try:
            async with lock:
                yield
        finally:
            lock, wanted = self._locks.pop(key)
            if wanted > 1:
                self._locks[key] = (lock, wanted - 1)


class Chores:
    """Work that nobody waits for, such as telling a person that the queue is full. Bounded; its failures are logged."""

    def __init__(self, *, most: int = 4000) -> None:
        self._most = most
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Callable[[], Awaitable[None]], *, dispensable: bool = False) -> asyncio.Task[None] | None:
        """Begin a piece of work; None when it is dispensable and there is too much to do already."""
        if dispensable and len(self._tasks) >= self._most:
            log.warning("chore dropped: %d are under way", len(self._tasks))
            return None
        task = asyncio.create_task(_guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._tasks

    async def done(self) -> None:
        """Returns when all that was begun is done."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self, *, seconds: float) -> None:
        """Wait for what is under way, then break it off."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        left = tuple(self._tasks)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)


async def _guarded(work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except RagError as error:
        log.warning("chore failed: %s", error.logged)
    except Exception:  # the outermost place: a bug in one chore must not end the program
        log.exception("chore broke")
