"""`admin`: bringing the library up to date from the chat, seen by everybody, told in detail to the admin alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat import Press
from bot.errors import DeliveryFailed
from bot.index_journal import IndexJournal
from bot.indexing import IndexGate, IndexRuns
from bot.memory_chat import Moment
from bot.payloads import Payload
from rag.backends.memory import MemoryEmbedder, MemoryVectorStore
from rag.backends.sqlite.database import open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.backends.sqlite.writing import SqliteCatalogueWriter
from rag.catalogue import Input
from rag.ingest.index import Indexer, IndexReport
from rag.settings import IngestSettings
from tests.bot.samples import ADA, NOW, PLACE, document

from .library_room import REPORT, Room, Runs, running


async def test_everybody_sees_the_numbers_and_the_admin_the_names(room: Room, runs: Runs) -> None:
    task = await running(room, runs)
    assert room.shown == "Bringing the library up to date · 30 of 120 documents · 30 a minute · about 3 min left"
    runs.go.set()
    await task
    assert room.shown == "**The library is up to date**: 12 added, 0 updated, 1 removed, 3 unchanged, 1 failed."
    assert len(room.chat.posted) == 1
    assert not room.chat.posted[0].reply.actions
    assert not any(".md" in text for text in room.versions)
    assert "- `new/0.md`\n" in room.said
    assert "- … and 2 more" in room.said
    assert "- `a'b.pdf`: the PDF is encrypted; save a copy without a password" in room.said
    assert runs.asked == [((), False)]
    assert [entry.action for entry in await room.store.audit.latest(limit=9)] == ["reindex"]


async def test_file_lists_all_that_the_chat_does_not_name(room: Room, runs: Runs) -> None:
    task = await running(room, runs)
    runs.go.set()
    await task
    assert room.said.endswith("The attached file lists everything.")
    (file,) = room.chat.whispers[-1][2].files
    lines = file.content.decode("utf-8-sig").splitlines()
    assert (file.name, file.media_type) == (f"library-update-{NOW.date()}.csv", "text/csv")
    assert lines[:2] == [
        "Outcome,Document,Title,What is wrong,What to do",
        "failed,a`b.pdf,,the PDF is encrypted,save a copy without a password",
    ]
    assert lines[2:] == [*(f"added,{name},,," for name in REPORT.added), "removed,old.md,,,"]


async def test_documents_are_called_by_their_titles_where_the_admin_may_read_them(room: Room, runs: Runs) -> None:
    shown = replace(document("Price *list*"), source="pages/4f1c.html")
    plain = replace(document("Plan"), source="docs/plan.md")
    kept = replace(document("The canary"), source="secret.md", audience=frozenset({"board"}))
    room.shelf.held = [shown, plain, kept]
    runs.report = IndexReport(added=(shown.source, plain.source, kept.source))
    task = await running(room, runs)
    runs.go.set()
    await task
    assert room.said == "**Added**\n- Price ∗list∗ (`pages/4f1c.html`)\n- `docs/plan.md`\n- `secret.md`"


async def test_file_that_was_indexed_with_a_warning_is_no_failed_one(room: Room, runs: Runs) -> None:
    (failed,) = runs.report.failed
    runs.report = IndexReport(added=("plan.md",), warned=(replace(failed, source="plan.md"),))
    task = await running(room, runs)
    runs.go.set()
    await task
    assert room.said.startswith(
        "**Indexed, but something in them could not be used**\n- `plan.md`: the PDF is encrypted"
    )
    assert "Failed" not in room.said


async def test_platform_that_takes_no_file_gets_the_words_alone(room: Room, runs: Runs) -> None:
    task = await running(room, runs)

    async def refuse(method: str, moment: Moment) -> None:
        if method == "whisper" and not room.chat.whispers:
            room.chat.watch = None
            raise DeliveryFailed("missing_scope")

    room.chat.watch = refuse
    runs.go.set()
    await task
    assert "a'b.pdf" in room.said
    assert room.chat.whispers[-1][2].files == ()


async def test_it_speaks_chinese(room: Room, runs: Runs) -> None:
    task = await running(room, runs, "更新 starter 完整", name="管理")
    assert room.shown == "正在更新资料库 · 已处理 30/120 篇 · 每分钟 30 篇 · 大约还需 3 分钟"
    runs.go.set()
    await task
    assert room.shown.startswith("**资料库已是最新**：新增 12，")
    assert "- `a'b.pdf`：PDF 已加密。请另存一份不带密码的副本。" in room.said
    (file,) = room.chat.whispers[-1][2].files
    assert file.content.decode("utf-8-sig").startswith("结果,文档,标题,问题,处理办法\r\n失败,a`b.pdf,,PDF 已加密,")
    assert runs.asked == [((runs.registered[1],), True)]


@pytest.mark.parametrize("what", ["handbook", "/srv/Handbook", "handbook FULL"])
async def test_one_input_is_named_in_any_way(room: Room, runs: Runs, what: str) -> None:
    runs.go.set()
    await room.command("admin", f"reindex {what}")
    assert runs.asked == [((runs.registered[0],), "FULL" in what)]


async def test_unknown_input_is_told_with_the_known_ones(room: Room, runs: Runs) -> None:
    said = await room.command("admin", "reindex nothing")
    assert said.startswith("“nothing” is not registered; registered: `/srv/handbook`, `starter`.")
    assert not runs.asked


async def test_second_run_is_told_who_runs_the_first(room: Room, runs: Runs) -> None:
    task = await running(room, runs)
    assert await room.command("admin", "reindex") == f"{ADA.name} is bringing the library up to date, since 12:00 UTC."
    assert "bringing the library up to date" in await room.command("admin")
    runs.go.set()
    await task
    await room.command("admin", "reindex")
    assert len(runs.asked) == 2


async def test_run_is_stopped_by_its_button(room: Room, runs: Runs) -> None:
    task = await running(room, runs)
    await room.press_cancel()
    await task
    assert room.shown.startswith("The run was stopped.")
    assert {entry.action for entry in await room.store.audit.latest(limit=9)} == {"reindex", "reindex-cancel"}
    await room.press_cancel()
    assert room.shown == "This run has ended."


async def test_run_that_breaks_off_says_so_without_the_errors_text(room: Room, runs: Runs) -> None:
    runs.broken = True
    task = await running(room, runs)
    runs.go.set()
    assert await task == "broken"
    assert room.shown == "The run broke off. The library answers as before."


async def test_program_that_stops_breaks_the_run_off(room: Room, runs: Runs) -> None:
    task = await running(room, runs)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert room.means.index
    assert room.means.index.holder is None


async def test_message_that_vanished_is_posted_anew_at_the_end(room: Room, runs: Runs) -> None:
    task = await running(room, runs)

    async def refuse(method: str, moment: Moment) -> None:
        if method == "edit":
            raise DeliveryFailed("message_not_found")

    room.chat.watch = refuse
    runs.go.set()
    await task
    assert room.shown.startswith("**The library is up to date**")


@pytest.mark.parametrize("text", ["", "status", "reindex", "inputs"])
async def test_others_may_not(room: Room, runs: Runs, text: str) -> None:
    room.admins.clear()
    assert await room.command("admin", text) == "Only an admin may do that."
    assert not runs.asked
    payload = Payload(verb="reindex-cancel", subject="n1", argument="en")
    await room.handler.handle(Press(event_id="p", place=PLACE, person=ADA, at=NOW, message=None, payload=payload), room)
    assert room.said == "Only an admin may do that."


@pytest.mark.parametrize("command", ["help", "xyzzy"])
async def test_it_is_offered_to_admins_alone(room: Room, command: str) -> None:
    assert "admin" in await room.command(command)
    room.admins.clear()
    assert "`admin`" not in await room.command(command)
    assert "/advisor admin" not in room.said


async def test_state_and_inputs_are_shown(room: Room, tmp_path: Path, runs: Runs) -> None:
    assert await room.command("admin") == ("Documents in the library: **7** · passages: 90 · registered inputs: 2")
    runs.registered = (Input(path=tmp_path), Input(path=Path("/gone")))
    assert await room.command("admin", "inputs") == (f"**Registered inputs**\n- `{tmp_path}`\n- `/gone` (it is gone)")
    runs.registered = ()
    assert "Nothing is registered yet" in await room.command("admin", "inputs")
    assert "Nothing is registered yet" in await room.command("admin", "reindex")


@asynccontextmanager
async def real(folder: Path) -> AsyncIterator[Room]:
    """A room over a real index."""
    async with open_database(folder / "library.sqlite3") as database:
        catalogue = SqliteCatalogue(database)
        indexer = Indexer(
            catalogue=catalogue,
            writer=SqliteCatalogueWriter(database, now=lambda: NOW),
            store=MemoryVectorStore(),
            embedder=MemoryEmbedder(),
            settings=IngestSettings(),
        )
        documents = folder / "docs"
        documents.mkdir()
        (documents / "a.md").write_text("# Flywheel\n\nUsers bring data.")
        await indexer.update([Input(path=documents)])
        gate, journal = IndexGate(now=lambda: NOW), IndexJournal(folder)
        yield Room().over(IndexRuns(indexer, catalogue, gate=gate, journal=journal, now=lambda: NOW))


async def test_changed_folder_is_brought_up_to_date(tmp_path: Path) -> None:
    async with real(tmp_path) as room:
        (tmp_path / "docs" / "b.md").write_text("# Moat\n\nKnow more than others.")
        (tmp_path / "docs" / "c.pdf").write_bytes(b"%PDF-1.4 broken")
        await room.command("admin", "reindex docs")
        assert room.shown == "**The library is up to date**: 1 added, 0 updated, 0 removed, 1 unchanged, 1 failed."
        assert "- `b.md`" in room.said
        assert "- `c.pdf`: " in room.said
        assert (await room.command("admin")).startswith("Documents in the library: **2** ·")
