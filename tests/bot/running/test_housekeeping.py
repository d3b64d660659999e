"""What a running bot tidies up: claims of events that no platform hands over again."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import StoreFailed
from bot.memory_store import MemoryEvents
from bot.running.housekeeping import forget_claims, keep_house

NOON = datetime(2030, 3, 1, 12, tzinfo=UTC)


class FailingEvents(MemoryEvents):
    """A book that cannot be written at the moment."""

    async def forget(self, *, before: datetime) -> int:
        raise StoreFailed("the disk is full")


async def test_old_claims_are_forgotten_and_recent_ones_are_kept() -> None:
    events = MemoryEvents()
    for key, age in (("old", timedelta(days=31)), ("recent", timedelta(days=29))):
        await events.claim([key], at=NOON - age)
    await forget_claims(events, now=lambda: NOON)
    assert await events.claim(["old"], at=NOON)
    assert not await events.claim(["recent"], at=NOON)


async def test_store_that_fails_is_logged_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    pauses: asyncio.Queue[float] = asyncio.Queue()

    async def sleep(seconds: float) -> None:
        pauses.put_nowait(seconds)
        await asyncio.sleep(0)

    with caplog.at_level(logging.WARNING):
        async with keep_house(FailingEvents(), now=lambda: NOON, sleep=sleep):
            seen = [await pauses.get() for _ in range(3)]
    assert seen == [6 * 3600.0] * 3
    assert {record.message for record in caplog.records} == {"claims_not_forgotten"}
