"""An index run that goes down with its program is told at the next start, in the message that showed it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands.reindex_recovery import tell_of_broken_run
from bot.errors import DeliveryFailed
from bot.index_journal import IndexJournal
from bot.indexing import IndexGate, IndexRuns
from bot.memory_chat import Moment
from tests.bot.samples import NOW

from .library_room import Room, Runs, running


async def restarted(room: Room, runs: Runs, tmp_path: Path) -> Room:
    """The same chat after the program went down in the middle of a run."""
    task = await running(room, runs)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    journal = IndexJournal(tmp_path)
    return room.over(IndexRuns(runs, runs, gate=IndexGate(now=lambda: NOW), journal=journal, now=lambda: NOW))


async def test_run_that_went_down_with_the_program_is_told_at_the_next_start(
    room: Room, runs: Runs, tmp_path: Path
) -> None:
    room = await restarted(room, runs, tmp_path)
    assert "goes on where it stopped" in await room.command("admin")
    await tell_of_broken_run(replace(room.means, adapters={}), NOW)
    assert "30 of 120" in room.shown
    for _ in range(2):
        await tell_of_broken_run(room.means, NOW)
    assert len(room.chat.posted) == 1
    assert room.shown.startswith("The run was broken off: the bot went down in the middle of it (it began 2026-")
    assert sum("broken off" in text for text in room.versions) == 1
    assert not room.chat.posted[0].reply.actions
    assert "goes on where it stopped" in await room.command("admin")
    runs.go.set()
    await room.command("admin", "reindex")
    assert "broken off" not in await room.command("admin")


async def test_broken_run_is_told_before_the_next_one_begins(room: Room, runs: Runs, tmp_path: Path) -> None:
    room = await restarted(room, runs, tmp_path)
    runs.go.set()
    await room.command("admin", "reindex")
    first, second = (posted.reply.text for posted in room.chat.posted)
    assert first.startswith("The run was broken off")
    assert second.startswith("**The library is up to date**")


async def test_broken_run_is_told_anew_where_its_message_is_gone(room: Room, runs: Runs, tmp_path: Path) -> None:
    room = await restarted(room, runs, tmp_path)
    wait: list[float | None] = [5.0, None]

    async def refuse(method: str, moment: Moment) -> None:
        if method == "edit":
            raise DeliveryFailed("no", retry_after_s=wait.pop(0))

    room.chat.watch = refuse
    await tell_of_broken_run(room.means, NOW)
    assert len(room.chat.posted) == 1
    await tell_of_broken_run(room.means, NOW)
    assert len(room.chat.posted) == 2
    assert room.shown.startswith("The run was broken off")


async def test_run_that_went_down_before_it_was_shown_is_told_in_a_new_message(
    room: Room, runs: Runs, tmp_path: Path
) -> None:
    under_way = asyncio.Event()

    async def hang(method: str, _: Moment) -> None:
        if method == "post" and not under_way.is_set():
            under_way.set()
            await asyncio.Event().wait()

    room.chat.watch = hang
    task = asyncio.create_task(room.command("admin", "reindex"))
    await under_way.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    journal = IndexJournal(tmp_path)
    room = room.over(IndexRuns(runs, runs, gate=IndexGate(now=lambda: NOW), journal=journal, now=lambda: NOW))
    for _ in range(2):
        await tell_of_broken_run(room.means, NOW)
    assert [posted.reply.text[:22] for posted in room.chat.posted] == ["The run was broken off"]


async def test_run_that_cannot_be_shown_is_not_told_as_broken_later(room: Room, runs: Runs, tmp_path: Path) -> None:
    async def refuse(method: str, _: Moment) -> None:
        if method == "post":
            raise DeliveryFailed("no")

    room.chat.watch = refuse
    with pytest.raises(DeliveryFailed):
        await room.command("admin", "reindex")
    assert await IndexJournal(tmp_path).left() is None


async def test_run_under_way_is_not_told_as_broken(room: Room, runs: Runs) -> None:
    task = await running(room, runs)
    await tell_of_broken_run(room.means, NOW)
    assert "30 of 120" in room.shown
    runs.go.set()
    await task


async def test_note_that_cannot_be_written_or_read_costs_no_run(room: Room, runs: Runs, tmp_path: Path) -> None:
    (tmp_path / "index-run.json").mkdir()
    task = await running(room, runs)
    await tell_of_broken_run(room.means, NOW)
    runs.go.set()
    await task
    assert room.shown.startswith("**The library is up to date**")
    (tmp_path / "index-run.json").rmdir()
    (tmp_path / "index-run.json").write_text("{}")
    assert "broken off" not in await room.command("admin")
