"""What is posted at set times, the same on every platform: the real adapter, engine and store, over a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.commands.call import Means
from bot.commands.risk_schedule import ChecklistPosts
from bot.schedule_settings import ScheduleSettings
from bot.schedules.keeper import Watch
from bot.schedules.records import Fire, FireState, Schedule, ScheduleKind
from bot.scheduling import Materials, make_scheduling
from rag.backends.memory import MemoryVectorStore
from rag.backends.sqlite.database import open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.digest.builder import DigestBuilder
from rag.digest.likeness import Likeness
from rag.types import Document, DocumentId, DocumentKind, Language
from tests.bot.commands.risk_stage import pages
from tests.bot.commands.stage import publish

from .rooms import PLATFORMS, Platform, Room


@pytest.fixture(params=PLATFORMS, ids=lambda each: each.name)
def platform(request: pytest.FixtureRequest) -> Platform:
    chosen: Platform = request.param
    return chosen


@pytest.fixture
async def catalogue(tmp_path: Path) -> AsyncIterator[SqliteCatalogue]:
    """A library that holds the risk register."""
    async with open_database(tmp_path / "library.sqlite3") as database:
        await publish(database, MemoryVectorStore(), pages())
        yield SqliteCatalogue(database)


async def asked_for(room: Room, kind: ScheduleKind = ScheduleKind.CHECKLIST) -> tuple[Schedule, Fire]:
    """A schedule of the room whose post somebody wants now."""
    at = room.means.now()
    schedule = Schedule(id="s1", place=room.place, kind=kind, when="every monday 9:00", zone="UTC", cursor=at)
    fire = Fire(schedule_id=schedule.id, due=at, retry_at=at, asked=True)
    await room.means.store.schedules.save(schedule)
    await room.means.store.schedules.plan(schedule.id, [fire], cursor=at)
    return schedule, fire


def news() -> list[tuple[Document, tuple[str, ...]]]:
    """A library that holds a trend."""
    said = "Prices of inference fall by half each year. Margins of products on models of others follow them."
    trend = Document(
        id=DocumentId("prices"), kind=DocumentKind.TREND, language=Language.EN, title="Prices fall", source="prices.md"
    )
    return [(trend, (said,))]


async def look(means: Means) -> None:
    """One look of the process whose means these are."""
    scheduling = make_scheduling(
        Materials(
            books=cast("Any", means.store),
            library=cast("Any", means.library),
            digests=DigestBuilder(cast("Any", means.library), Likeness(None)),
            wording=means.wording,
            settings=ScheduleSettings(),
            now=means.now,
            new_id=means.new_id,
            risks=means.risks,
            adapters=means.adapters,
        )
    )
    watch = Watch(now=means.now, sleep=lambda seconds: asyncio.sleep(0), new_id=means.new_id)
    await scheduling.keeper(means, watch).look()


async def test_checklist_of_a_process_that_died_is_there_once_and_worked_on(
    platform: Platform, catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    async with platform.server() as server:
        async with platform.room(tmp_path, server, catalogue) as before:
            schedule, fire = await asked_for(before)
            # It dies after it has posted, and before it could note that it has.
            await ChecklistPosts(before.means).post(schedule, at=fire.due, claim=fire.id)
            begun = [each.raw for each in await before.answers()]
        async with platform.room(tmp_path, server, catalogue) as after:
            await look(after.means)
            await look(after.means)
            shown = await after.answers()
            assert len(shown) == len(begun)
            assert "0 of 5 settled" in shown[0].words
            after.press(shown[-1], "✓ 1")
            await after.quiet()
            (first, *rest) = await after.answers()
            assert "1 of 5 settled" in first.words
            # What is settled takes less room, and may need fewer messages.
            assert len(rest) < len(begun)
            (noted,) = await after.means.store.schedules.fires("s1", limit=9)
            assert noted.state is FireState.POSTED


async def test_trend_digest_is_posted_with_its_sources_and_never_repeats_itself(
    platform: Platform, tmp_path: Path
) -> None:
    async with open_database(tmp_path / "library.sqlite3") as database:
        await publish(database, MemoryVectorStore(), news())
        trends = SqliteCatalogue(database)
        async with platform.server() as server, platform.room(tmp_path, server, trends) as room:
            _, fire = await asked_for(room, ScheduleKind.TRENDS)
            await look(room.means)
            await look(room.means)
            (issue,) = await room.answers()
            assert "Where things stand" in issue.words
            assert "Prices of inference fall" in issue.words
            assert "Sources" in issue.words
            again = replace(fire, due=fire.due - timedelta(minutes=1))
            await room.means.store.schedules.plan("s1", [again], cursor=fire.due)
            await look(room.means)
            *_, nothing = await room.answers(2)
            assert "Nothing new for this channel" in nothing.words


async def test_weekly_report_is_posted_with_its_picture(
    platform: Platform, catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    async with platform.server() as server, platform.room(tmp_path, server, catalogue) as room:
        room.mention("How do I price an API?")
        await room.answers()
        await room.quiet()
        await asked_for(room, ScheduleKind.REPORT)
        await look(room.means)
        await look(room.means)
        *_, report = await room.answers(2)
        assert "Weekly report" in report.words
        assert "Questions" in report.words
        (picture,) = room.files
        assert picture.startswith(b"\x89PNG")
        (noted,) = await room.means.store.schedules.fires("s1", limit=9)
        assert noted.state is FireState.POSTED
