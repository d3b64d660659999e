"""Follows the feeds of the settings while the program runs: visits them, and brings the library up to date."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.indexing import IndexGate
from bot.library import Indexing
from bot.schedule_settings import FeedSettings
from rag.errors import IndexLocked, RagError
from rag.ingest.feeds import FOLDER, Feed, FeedFollower, Limits, feeds_input, open_follower
from rag.ingest.fetching import FetchLimits

log = logging.getLogger(__name__)

_AGAIN_S = 60.0


class Fed(Protocol):
    """The library that items join."""

    @property
    def home(self) -> Path:
        """Where it lies."""
        ...

    @property
    def indexer(self) -> Indexing:
        """Its index."""
        ...


class Feeding:
    """One visit after the other. What could not be indexed yet is indexed with the next visit."""

    def __init__(self, settings: FeedSettings, library: Fed, gate: IndexGate, follower: FeedFollower) -> None:
        self._feeds = [Feed(url=each.url, topics=each.topics, audience=each.audience) for each in settings.sources]
        self._library = library
        self._gate = gate
        self._follower = follower
        self._behind = True

    async def visit(self) -> bool:
        """Visits all feeds; False where the index was busy, and it should be tried again soon."""
        reports = await self._follower.visit(self._feeds)
        for report in reports:
            if report.problem:
                log.warning("feed_failed", extra={"feed": report.url, "problem": report.problem})
            elif report.news:
                counts = {"added": report.added, "changed": report.changed, "removed": report.removed}
                log.info("feed_visited", extra={"feed": report.url, **counts})
        self._behind = self._behind or any(report.news for report in reports)
        if not self._behind:
            return True
        try:
            with self._gate.hold("the follower of feeds"):
                indexed = await self._library.indexer.update([feeds_input(self._library.home)])
        except IndexLocked:
            return False
        if indexed.fall is not None:
            log.warning("feeds_made_questions_worse", extra={"held": indexed.fall.held, "lost": len(indexed.fall.lost)})
        self._behind = False
        return True


@asynccontextmanager
async def follow_feeds(
    settings: FeedSettings,
    library: Fed,
    gate: IndexGate,
    *,
    now: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]],
) -> AsyncIterator[None]:
    """Visits the feeds from the beginning of the block to its end; where none is set, those of earlier are let go."""
    if not settings.sources and not await asyncio.to_thread((library.home / FOLDER).exists):
        yield
        return
    fetching = FetchLimits(
        timeout_s=settings.timeout_s,
        max_bytes=int(settings.max_megabytes * 1_000_000),
        allow_hosts=frozenset(settings.allow_hosts),
    )
    limits = Limits(items=settings.items, keep_days=settings.keep_days)
    async with open_follower(library.home, fetching, limits=limits, now=now) as follower:
        task = asyncio.create_task(_follow(Feeding(settings, library, gate, follower), settings, sleep))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def _follow(feeding: Feeding, settings: FeedSettings, sleep: Callable[[float], Awaitable[None]]) -> None:
    while True:
        done = False
        try:
            done = await feeding.visit()
        except RagError as error:
            log.warning("feeds_not_indexed", extra={"error": str(error)})
        except Exception:  # the outermost place: the next visit must come
            log.exception("feeds_broke")
        await sleep(60 * settings.every_minutes if done else _AGAIN_S)
