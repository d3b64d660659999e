"""An index run that goes down with its program is told at the next start, in the message that showed it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands.call import Means
from bot.commands.reindex_recovery import tell_of_broken_run
from bot.errors import DeliveryFailed
from bot.index_journal import IndexJournal
from bot.indexing import IndexGate, IndexRuns
from bot.memory_chat import Moment
from bot.records import SHELL
from bot.rights import rights_of
from bot.rights_settings import RightsSettings
from bot.shell.adapter import ShellChat
from bot.shell.values import ShellReply, ShellStep
from tests.bot.samples import NOW, PLACE

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


def with_channel(room: Room, channel: str) -> Means:
    """What settings say that name a channel for admins."""
    return replace(room.means, rights=rights_of(RightsSettings(channel=channel)))


async def test_admins_channel_is_told_once_whoever_began_the_run(room: Room, runs: Runs, tmp_path: Path) -> None:
    room = await restarted(room, runs, tmp_path)
    await tell_of_broken_run(room.means, NOW)
    means = with_channel(room, "memory:w/admins")
    await tell_of_broken_run(replace(means, adapters={}), NOW)
    for _ in range(3):
        await tell_of_broken_run(means, NOW)
    shown, told = room.chat.posted
    assert shown.reply.text.startswith("The run was broken off")
    assert told.ref.place.channel == "admins"
    assert told.reply.text.startswith("An index run (begun 2026-")
    assert len(told.versions) == 1


async def test_admins_channel_in_which_the_run_was_shown_is_not_told_twice(
    room: Room, runs: Runs, tmp_path: Path
) -> None:
    room = await restarted(room, runs, tmp_path)
    await tell_of_broken_run(with_channel(room, f"memory:w/{PLACE.channel}"), NOW)
    assert len(room.chat.posted) == 1


async def test_run_of_the_command_line_is_told_in_the_admins_channel_and_with_the_next_order(
    room: Room, runs: Runs, tmp_path: Path
) -> None:
    room = await restarted(room, runs, tmp_path)
    journal = IndexJournal(tmp_path)
    note = await journal.left()
    assert note is not None
    await journal.tell(replace(note, platform=SHELL))
    means = with_channel(room, "memory:w/admins")
    for _ in range(2):
        await tell_of_broken_run(means, NOW)
    assert [each.ref.place.channel for each in room.chat.posted][1:] == ["admins"]
    left = await journal.left()
    assert left is not None
    assert (left.told, left.announced) == (False, True)
    said: list[ShellReply | ShellStep] = []
    for _ in range(2):
        await tell_of_broken_run(replace(means, adapters={SHELL: ShellChat(said.append)}), NOW)
    assert [isinstance(each, ShellReply) and each.text[:12] for each in said] == ["An index run"]


async def test_admins_channel_that_takes_nothing_for_now_is_tried_again(room: Room, runs: Runs, tmp_path: Path) -> None:
    room = await restarted(room, runs, tmp_path)
    await tell_of_broken_run(room.means, NOW)
    means, wait = with_channel(room, "memory:w/admins"), [5.0]

    async def refuse(method: str, moment: Moment) -> None:
        if method == "post" and moment is Moment.BEFORE and wait:
            raise DeliveryFailed("no", retry_after_s=wait.pop())

    room.chat.watch = refuse
    await tell_of_broken_run(means, NOW)
    assert len(room.chat.posted) == 1
    await tell_of_broken_run(means, NOW)
    assert len(room.chat.posted) == 2
