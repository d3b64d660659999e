"""Risk checklists and incidents on Slack: the real adapter, engine and store over the double and its limits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.pictures.heatmap import Labels, draw
from rag.backends.memory import MemoryVectorStore
from rag.backends.sqlite.database import open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from tests.bot.commands.risk_stage import pages
from tests.bot.commands.stage import publish
from tests.doubles.slack.people import labels
from tests.doubles.slack.workspace import ADA, BOB, CHANNEL, Said, markdown_of

from .office import Office, office
from .opened import until


@asynccontextmanager
async def risk_office(folder: Path) -> AsyncIterator[Office]:
    """The bot with a library that holds the register."""
    async with open_database(folder / "library.sqlite3") as database:
        await publish(database, MemoryVectorStore(), pages())
        async with office(folder / "home", catalogue=SqliteCatalogue(database)) as bot:
            yield bot


async def posted(bot: Office, count: int) -> list[Said]:
    await until(lambda: len(bot.slack.workspace.own()) >= count)
    await bot.engine.settled()
    return bot.slack.workspace.own()


async def test_team_works_on_a_checklist_in_place(tmp_path: Path) -> None:
    async with risk_office(tmp_path) as bot:
        people = bot.slack.people
        people.command(ADA, CHANNEL, "risks checklist")
        (said,) = await posted(bot, 1)
        assert labels(said)[:5] == ["✓ 1", "✓ 2", "✓ 3", "✓ 4", "✓ 5"]
        assert "░░░░░░░░░░ 0 of 5 settled" in markdown_of(said.blocks)
        people.press(ADA, said, "✓ 1")
        people.press(BOB, said, "✓ 2")
        await until(lambda: "2 of 5 settled" in markdown_of(said.blocks))
        await bot.engine.settled()
        assert "done by 小明" in markdown_of(said.blocks)
        assert (len(bot.slack.workspace.own()), bot.slack.workspace.whispers) == (1, [])


async def test_card_and_form_are_for_one_person_and_ping_nobody(tmp_path: Path) -> None:
    async with risk_office(tmp_path) as bot:
        people = bot.slack.people
        people.command(ADA, CHANNEL, "risks checklist")
        (said,) = await posted(bot, 1)
        people.press(ADA, said, "Work on an item …", choice="runway-short")
        (card,) = await bot.whispers()
        assert "**Cash ends before the next proof** (`runway-short`)" in str(card)
        ephemeral = Said(channel=CHANNEL, ts="1.1", user="U0ADVISOR", text="", blocks=card["blocks"])
        people.press(ADA, ephemeral, "Assign …")
        await until(lambda: bool(bot.slack.workspace.views))
        (view,) = bot.slack.workspace.views
        people.submit(ADA, view, {"assign": "<!channel> <@U0BOB>"})
        await until(lambda: "with" in markdown_of(said.blocks))
        await bot.engine.settled()
        shown = markdown_of(said.blocks)
        assert "<!channel>" not in shown
        assert "<@U0BOB>" not in shown


async def test_incident_has_a_thread_of_its_own(tmp_path: Path) -> None:
    async with risk_office(tmp_path) as bot:
        bot.slack.people.command(BOB, CHANNEL, "风险 事件 个人数据泄露")
        head, *parts = await posted(bot, 4)
        assert head.thread_ts == ""
        assert [part.thread_ts for part in parts] == [head.ts] * 3
        bot.slack.people.press(ADA, parts[0], "✓ 1")
        await until(lambda: "已完成 1/10 步" in markdown_of(head.blocks))
        await bot.engine.settled()
        assert "☑ **1. 事件负责人** · 已处理，Ada" in markdown_of(parts[0].blocks)


@pytest.mark.full
async def test_heat_map_and_files_are_uploaded(tmp_path: Path) -> None:
    # The first picture of a process makes a list of the machine's fonts, which may take longer than a test waits.
    draw([], Labels(title="", likelihood="", impact="", marks={}))
    async with risk_office(tmp_path) as bot:
        bot.slack.people.command(ADA, CHANNEL, "risks heatmap")
        await posted(bot, 1)
        bot.slack.people.command(ADA, CHANNEL, "risks export")
        await until(lambda: len(bot.slack.workspace.files) >= 3)
        await bot.engine.settled()
        names = {file.get("name") or file.get("title") for file in bot.slack.workspace.files.values()}
        assert names == {"risk-heat-map.png", "risk-register.md", "risk-register.csv"}
        told = {file["name"]: file["alt_txt"] for file in bot.slack.workspace.files.values()}
        assert told["risk-heat-map.png"].startswith("Risk heat map. Likelihood")
        assert "×" in told["risk-heat-map.png"]
