"""A running bot looks for reminders by itself, and goes on after whatever fails."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from bot.checklist_records import Reminder
from bot.commands.risk_reminders import remind
from bot.errors import StoreFailed
from bot.memory_checklists import MemoryChecklists
from bot.running.reminding import keep_reminding
from tests.bot.commands.risk_stage import RiskStage, choice, open_risk_stage
from tests.bot.samples import NOW


class Failing(MemoryChecklists):
    """A book that cannot be read the first two times."""

    def __init__(self, errors: list[Exception]) -> None:
        super().__init__()
        self.errors = errors

    async def due(self, at: datetime, *, limit: int) -> tuple[Reminder, ...]:
        if self.errors:
            raise self.errors.pop()
        return await super().due(at, limit=limit)


async def rounds(team: RiskStage, count: int) -> None:
    """Returns when the bot has looked so often."""
    pauses: asyncio.Queue[float] = asyncio.Queue()

    async def sleep(seconds: float) -> None:
        pauses.put_nowait(seconds)
        await asyncio.sleep(0)

    async with keep_reminding(partial(remind, team.means), now=team.means.now, sleep=sleep):
        for _ in range(count):
            await pauses.get()


async def test_reminder_comes_by_itself_though_the_store_fails_at_first(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_risk_stage(tmp_path / "team") as team:
        team.store.checklists = Failing([StoreFailed("locked"), ValueError("a fault")])
        await team.say("show data-breach")
        await team.push(choice(team.last, "snooze"), "1")
        team.wait(days=1)
        with caplog.at_level(logging.WARNING):
            await rounds(team, 4)
        assert [posted.reply.text[:1] for posted in team.chat.posted] == ["🔔"]
    assert {record.message for record in caplog.records} == {"reminding broke", "reminders_not_read"}


async def test_all_reminders_have_their_turn_though_one_of_them_fails() -> None:
    seen: asyncio.Queue[object] = asyncio.Queue()

    async def broken(at: datetime) -> None:
        seen.put_nowait("broken")
        raise ValueError("a fault")

    async def sound(at: datetime) -> None:
        seen.put_nowait(at)

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(0)

    async with keep_reminding(broken, sound, now=lambda: NOW, sleep=sleep):
        assert [await seen.get() for _ in range(4)] == ["broken", NOW, "broken", NOW]


async def test_reminder_waits_until_its_platform_is_connected(tmp_path: Path) -> None:
    async with open_risk_stage(tmp_path / "team") as team:
        await team.say("show data-breach")
        await team.push(choice(team.last, "snooze"), "1")
        team.wait(days=1)
        connected = team.means
        team.means = replace(connected, adapters={})
        await rounds(team, 2)
        team.means = connected
        await rounds(team, 2)
        assert len(team.chat.posted) == 1
