"""`advisor digest …` on the command line: previews, schedules and their problems, as text and as JSON lines."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.digest_commands import Kept, Look, Wanted, run_add, run_change, run_list, run_preview
from bot.operations import DONE, FAILED, Terminal
from bot.schedule_settings import DigestEntry, ScheduleSettings
from bot.schedules.records import Origin, ScheduleKind
from bot.scheduling import settle_file
from rag.build import open_rag
from rag.catalogue import Input
from rag.errors import InvalidInput, InvalidSettings
from rag.settings import EmbeddingSettings, RagSettings

NOTE = """---
title: "Trend: prices"
kind: trend
date: 2026-06-01
---
# Trend: prices

## What is happening

Prices of inference fall by half each year. Providers sell small models at cost.

## What it means for a founder

- Sign no contract for longer than a year.
"""


@pytest.fixture
async def kept(tmp_path: Path) -> Kept:
    """A home with one trend note."""
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "prices.md").write_text(NOTE, "utf-8")
    (notes / "kept.md").write_text(NOTE.replace("prices", "canary").replace("---\n#", "audience: [board]\n---\n#"))
    settings = RagSettings(home=tmp_path / "home", embedding=EmbeddingSettings(embedder="memory"))
    async with open_rag(settings) as rag:
        await rag.indexer.update([Input(path=notes)])
    return Kept(rag=settings, database_url=None, schedules=ScheduleSettings(zone="Asia/Shanghai"))


def terminal(*, as_json: bool = False) -> tuple[Terminal, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), io.StringIO()
    return Terminal(out=Console(file=out, width=300), err=Console(file=err, width=300), json=as_json), out, err


async def ran(work: Any, *args: Any, as_json: bool = False) -> tuple[int, str, str]:
    at, out, err = terminal(as_json=as_json)
    kept, *rest = args
    return await work(kept, at, *rest), out.getvalue(), err.getvalue()


WEEKLY = Wanted(when="every Monday 9:00", channel="slack/T1/C1", language="zh", topics="data,legal", silent=True)


async def test_preview_tells_what_a_public_channel_would_read_and_posts_nothing(kept: Kept) -> None:
    status, told, _ = await ran(run_preview, kept, Look(language="en"))
    assert status == DONE
    assert "**1. Prices of inference fall by half each year**" in told
    assert "**Why it matters to you:** Sign no contract for longer than a year. [1]" in told
    assert "[1] Trend: prices · prices.md" in told
    assert "canary" not in told.lower()
    assert (await ran(run_list, kept))[1].startswith("Nothing is scheduled")


async def test_preview_as_json_is_one_object_with_its_sources(kept: Kept) -> None:
    _, told, _ = await ran(run_preview, kept, Look(language="zh"), as_json=True)
    record = json.loads(told)
    assert record["language"] == "zh"
    assert record["sources"][0]["source"] == "prices.md"
    assert "为什么要关注" in record["text"]
    assert "\\u" not in told


async def test_checklist_is_previewed_and_set_where_the_library_has_the_register(kept: Kept) -> None:
    _, told, _ = await ran(run_preview, kept, Look(language="zh", kind="checklist"))
    assert "资料库里没有可以在此处显示的风险清单" in told
    pages = Path(__file__).parents[2] / "corpus" / "library" / "en" / "risks-team.md"
    async with open_rag(kept.rag) as rag:
        await rag.indexer.update([Input(path=pages)])
    _, told, _ = await ran(run_preview, kept, Look(language="en", kind="checklist"))
    assert "**Risk checklist** · " in told
    assert "░░░░░░░░░░ 0 of 5 settled\n\n☐ **1. " in told
    assert "\nSources\n[1] " in told
    _, added, _ = await ran(run_add, kept, replace(WEEKLY, kind="checklist"), as_json=True)
    assert json.loads(added)["kind"] == "checklist"
    with pytest.raises(InvalidInput, match="'poem' is nothing"):
        await ran(run_preview, kept, Look(kind="poem"))


@pytest.mark.parametrize(
    ("look", "told"),
    [
        (Look(kind="checklist", topics="weather"), "No risk is about “weather”"),
        (Look(channel="slck/T1/C1"), "'slck' is no platform"),
        (Look(channel="general"), "'general' names no channel"),
    ],
)
async def test_wrong_preview_is_refused_in_a_sentence(kept: Kept, look: Look, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        await ran(run_preview, kept, look)


async def test_preview_of_topics_on_which_there_is_nothing_says_so(kept: Kept) -> None:
    _, told, _ = await ran(run_preview, kept, Look(language="en", topics="sourdough"))
    assert "The library holds no trends on “sourdough” yet." in told


async def test_schedule_is_added_listed_paused_run_and_removed(kept: Kept) -> None:
    _, added, _ = await ran(run_add, kept, WEEKLY, as_json=True)
    record = json.loads(added)
    assert (record["channel"], record["zone"], record["topics"]) == ("slack/T1/C1", "Asia/Shanghai", ["data", "legal"])
    name = record["id"]
    assert (await ran(run_change, kept, "pause", name))[1] == f"{name} is paused.\n"
    assert "; paused" in (await ran(run_list, kept))[1]
    assert (await ran(run_change, kept, "resume", name))[0] == DONE
    assert (await ran(run_change, kept, "run", name))[0] == DONE
    (listed,) = (await ran(run_list, kept, as_json=True))[1].splitlines()
    assert json.loads(listed)["last"][0]["state"] == "waiting"
    assert (await ran(run_change, kept, "remove", name))[0] == DONE
    assert (await ran(run_list, kept, as_json=True))[1] == ""


async def test_unknown_schedule_is_told_with_those_that_are(kept: Kept) -> None:
    status, _, told = await ran(run_change, kept, "pause", "nope")
    assert status == FAILED
    assert "There is no schedule 'nope'; there are: none." in told


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (Wanted(when="lunar", channel="slack/T/C"), "I do not understand “lunar”"),
        (Wanted(when="daily", channel="general"), "'general' names no channel"),
        (
            Wanted(when="daily", channel="slck/T/C"),
            "'slck' is no platform that is posted to; begin the channel with discord or slack",
        ),
        (Wanted(when="daily", channel="slack/T/C", zone="Mars"), "time zone"),
        (Wanted(when="every Monday 9:00 CET", channel="slack/T/C"), "zone=Europe/Berlin"),
        (Wanted(when="daily", channel="slack/T/C", kind="checklist", topics="weather"), "No risk is about “weather”"),
        (Wanted(when="daily", channel="slack/T/C", kind="poem"), "'poem' is nothing that can be posted"),
    ],
)
async def test_what_cannot_be_set_is_told_why(kept: Kept, wanted: Wanted, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        await ran(run_add, kept, wanted)


async def test_schedules_of_the_settings_file_follow_it(kept: Kept) -> None:
    from bot.digest_commands import _opened

    entry = DigestEntry(name="weekly", channel="slack/T1/C1", when="每周一 9:00", language="zh")
    async with _opened(kept) as opened:
        await settle_file(opened.desk, [entry])
        (schedule,) = await opened.desk.all()
        assert (schedule.id, schedule.origin, schedule.zone) == ("file-weekly", Origin.FILE, "Asia/Shanghai")
        await settle_file(opened.desk, [entry])
        assert await opened.desk.all() == (schedule,)
        rare = entry.model_copy(update={"when": "every other Friday"})
        await settle_file(opened.desk, [rare])
        (schedule,) = await opened.desk.all()
        assert schedule.when.startswith("every other Friday, from 20")
        # Which weeks count stays as it was, whenever the program starts.
        await opened.desk.add(replace(schedule, when="every other Friday, from 2026-01-02"))
        await settle_file(opened.desk, [rare])
        assert [each.when for each in await opened.desk.all()] == ["every other Friday, from 2026-01-02"]
        await settle_file(opened.desk, [rare.model_copy(update={"when": "every other Friday from 2026-01-09"})])
        assert [each.when for each in await opened.desk.all()] == ["every other Friday from 2026-01-09"]
        await settle_file(opened.desk, [])
        assert await opened.desk.all() == ()
        with pytest.raises(InvalidSettings, match="weekly"):
            await settle_file(opened.desk, [entry.model_copy(update={"when": "sometimes"})])
        checklist = DigestEntry(
            name="risks", channel="slack/T1/C1", when="daily 9:00", kind="checklist", topics=("data",)
        )
        await settle_file(opened.desk, [checklist])
        (schedule,) = await opened.desk.all()
        assert (schedule.kind, schedule.topics) == (ScheduleKind.CHECKLIST, {"data"})
        with pytest.raises(InvalidSettings, match=r"risks.*topics = \['weather'\]"):
            await settle_file(opened.desk, [checklist.model_copy(update={"topics": ("weather",)})])
