"""What a running program does for those who oversee it: tells of maintenance, hands counts over, takes controls up."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from bot.gap_report import GapReport
from bot.indexing import IndexGate
from bot.limits import EngineSettings
from bot.memory_store import MemoryStore
from bot.metrics import Metrics
from bot.oversight import Gauges, Oversight, keep_overseeing
from bot.records import Outcome
from bot.running.status import Status
from bot.steering import Steering
from bot.usage import UsageMeter
from rag.digest.likeness import Likeness

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def now() -> datetime:
    return NOON


def overseen(store: MemoryStore) -> Oversight:
    """All of it over a store in memory."""
    return Oversight(
        meter=UsageMeter(store.usage, pseudonym=lambda key: key, now=now),
        steering=Steering(store.oversight, EngineSettings(), now=now),
        gaps=GapReport(store, search=None, quoting=None, likeness=Likeness(None)),  # type: ignore[arg-type]
        gauges=Gauges(),
    )


async def test_readiness_tells_of_maintenance_and_stays_as_it_is() -> None:
    oversight = overseen(MemoryStore())
    status = Status(Metrics(version="1"), IndexGate(now=now))
    for part in ("library", "store", "engine"):
        status.up(part)
    status.steered_by(oversight.steering)
    assert "maintenance" not in status.readiness().parts
    await oversight.steering.maintain("Moving house.")
    readiness = status.readiness()
    assert readiness.ready
    assert readiness.parts["maintenance"] == "since 2026-03-01T12:00:00+00:00"
    await oversight.steering.maintain(None)
    assert "maintenance" not in status.readiness().parts


async def test_counts_are_handed_over_and_controls_taken_up_until_the_end() -> None:
    store, looks = MemoryStore(), asyncio.Queue[None]()
    oversight, other = overseen(store), overseen(store)

    async def sleep(_: float) -> None:
        await looks.get()

    async with keep_overseeing(oversight, sleep=sleep):
        await other.steering.maintain("")
        oversight.meter.received(Outcome.BUSY)
        looks.put_nowait(None)
        while oversight.steering.maintenance is None:
            await asyncio.sleep(0)
        assert len(await store.usage.counts(since=NOON.date(), until=NOON.date())) == 1
        oversight.meter.received(Outcome.BUSY)
    (count,) = await store.usage.counts(since=NOON.date(), until=NOON.date())
    assert count.amount == 2
