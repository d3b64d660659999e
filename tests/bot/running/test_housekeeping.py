"""What a running bot tidies up: claims of events that no platform hands over again."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import StoreFailed
from bot.memory_store import MemoryEvents, MemoryStore
from bot.records import QuestionState
from bot.running.housekeeping import forget_claims, forget_old, keep_house
from tests.bot.samples import question, record

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


@pytest.mark.parametrize(("days", "kept"), [(0, True), (30, False), (1000, True)])
async def test_words_are_forgotten_after_as_many_days_as_are_set(days: int, kept: bool) -> None:
    store = MemoryStore()
    await store.questions.admit(question())
    await store.questions.finish("q1", QuestionState.ANSWERED, answer=record())
    later = question().asked_at + timedelta(days=400)
    await forget_old(store.privacy, days=days, now=lambda: later)
    assert (await store.questions.get("q1") is not None) is kept
    assert (await store.answers.get("a1") is not None) is kept


async def test_chores_are_done_with_the_rest() -> None:
    done: asyncio.Queue[str] = asyncio.Queue()

    async def chore() -> None:
        done.put_nowait("swept")

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(0)

    async with keep_house(MemoryEvents(), now=lambda: NOON, sleep=sleep, chores=(chore,)):
        assert [await done.get() for _ in range(2)] == ["swept", "swept"]
