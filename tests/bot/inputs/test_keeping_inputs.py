"""The library is kept current while the program runs: folders, pages and feeds, through one gate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.index_journal import IndexJournal
from bot.indexing import IndexGate, IndexRuns
from bot.input_records import FILES, GONE, InputOrigin, InputRecord, InputState
from bot.input_settings import InputSettings
from bot.inputs.desk import InputDesk, Surroundings
from bot.inputs.keeping import InputKeeper, Times, keep_inputs, wait_for
from bot.inputs.values import InputRules, Wanted
from bot.inputs.web import Web
from bot.memory_store import MemoryStore
from bot.schedule_settings import FeedSettings, FeedSource
from rag.build import Rag, open_rag
from rag.catalogue import Filing, Input
from rag.ingest.feeds import feed_problems
from rag.settings import EmbeddingSettings, RagSettings
from rag.types import DocumentKind, Question, Scope
from tests.rag.ingest.feed_server import FeedServer, feed_server, item, rss

START = datetime(2026, 11, 22, tzinfo=UTC)
LOCAL = ("127.0.0.1",)
TEXT = "The harbour foundry sells memory chips to robotics companies in Bergen, and its founders keep the margin."


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as served:
        yield served


@dataclass
class Kept:
    """A library that is kept current by looks of the test's own."""

    rag: Rag
    desk: InputDesk
    runs: IndexRuns
    gate: IndexGate
    keeper: InputKeeper
    store: MemoryStore = field(default_factory=MemoryStore)
    passed: timedelta = timedelta()

    async def add(self, target: str, **wanted: object) -> InputRecord:
        look = await self.desk.look(Wanted(target=target, **wanted), origin=InputOrigin.CHAT)  # type: ignore[arg-type]
        return await self.desk.confirm(await self.desk.propose(look), actor="a")

    async def again(self, record: InputRecord) -> InputRecord:
        found = await self.desk.get(str(record.number))
        assert found is not None
        return found

    async def titles(self) -> list[str]:
        return sorted(each.title for each in await self.rag.catalogue.documents())


@asynccontextmanager
async def keeping(
    home: Path, *, feeds: FeedSettings | None = None, store: MemoryStore | None = None, watch: bool = True
) -> AsyncIterator[Kept]:
    rules = InputRules(
        settings=InputSettings(allow_hosts=LOCAL, watch=watch), feeds=feeds or FeedSettings(allow_hosts=LOCAL)
    )
    store, passed = store or MemoryStore(), [timedelta()]
    async with open_rag(RagSettings(home=home, embedding=EmbeddingSettings(embedder="memory"))) as rag:

        def now() -> datetime:
            return START + kept.passed

        gate = IndexGate(now=now)
        runs = IndexRuns(rag.indexer, rag.catalogue, gate=gate, journal=IndexJournal(rag.home), now=now)
        around = Surroundings(
            library=rag,
            book=store.inputs,
            audit=store.audit,
            runs=runs,
            web=Web(home, rules, now=now),
            rules=rules,
            now=now,
        )
        desk, ids = InputDesk(around), iter(range(10**6))
        runs.on_report(desk.noted)
        times = Times(now=now, new_id=lambda: f"n{next(ids)}", wait=wait_for)
        kept = Kept(rag, desk, runs, gate, InputKeeper(desk, runs, times), store, passed[0])
        yield kept


def page(text: str = TEXT) -> str:
    return (
        f"<html><head><title>Foundry</title></head><body><article><h1>Foundry</h1><p>{text}</p></article></body></html>"
    )


async def until(claim: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not await claim():  # type: ignore[misc]
            await asyncio.sleep(0.05)


async def test_feed_of_the_settings_joins_with_source_and_date(server: FeedServer, tmp_path: Path) -> None:
    server.publish(rss(item(1, "The harbour foundry opens a plant for memory chips in Bergen.")))
    feeds = FeedSettings(sources=(FeedSource(url=server.address(), topics=("chips",)),), allow_hosts=LOCAL)
    async with keeping(tmp_path, feeds=feeds) as kept:
        assert await kept.keeper.look()
        found = await kept.rag.retriever.retrieve(Question(id="q", text="harbour foundry memory chips Bergen"))
        document = found.passages[0].document
        assert (document.kind, document.url) == (DocumentKind.TREND, "https://news.example/1")
        assert (document.date, document.topics) == (date(2026, 11, 2), ("chips",))
        (row,) = await kept.desk.rows()
        assert (row.record.origin, row.documents) == (InputOrigin.SETTINGS, 1)
        server.publish(rss(item(2)))
        assert await kept.keeper.look()
        assert len(await kept.rag.catalogue.documents(Scope())) == 1
        kept.passed += timedelta(minutes=61)
        assert await kept.keeper.look()
        assert len(await kept.rag.catalogue.documents(Scope())) == 2


async def test_feed_that_left_the_settings_leaves_the_library(server: FeedServer, tmp_path: Path) -> None:
    server.publish(rss(item(1)))
    store = MemoryStore()
    feeds = FeedSettings(sources=(FeedSource(url=server.address()),), allow_hosts=LOCAL)
    async with keeping(tmp_path, feeds=feeds, store=store) as kept:
        await kept.keeper.look()
        assert len(await kept.titles()) == 1
    async with keeping(tmp_path, store=store) as kept:
        await kept.keeper.look()
        assert await kept.titles() == []
        assert await kept.desk.rows() == []


async def test_index_that_is_busy_is_waited_for(server: FeedServer, tmp_path: Path) -> None:
    server.publish(page(), "/p", content_type="text/html")
    async with keeping(tmp_path) as kept:
        await kept.add(server.address("/p"))
        with kept.gate.hold("somebody"):
            assert not await kept.keeper.look()
        assert await kept.titles() == []
        assert await kept.keeper.look()
        assert await kept.titles() == ["Foundry"]


async def test_what_fails_is_noted_and_stops_nothing_else(server: FeedServer, tmp_path: Path) -> None:
    server.publish(page(), "/p", content_type="text/html")
    server.publish(page(), "/q", content_type="text/html")
    server.publish(rss(item(1)))
    async with keeping(tmp_path) as kept:
        bad, feed = await kept.add(server.address("/q")), await kept.add(server.address())
        good = await kept.add(server.address("/p"))
        del server.pages["/q"]
        server.pages["/feed"] = (500, {}, b"")
        assert await kept.keeper.look()
        results = [(await kept.again(each)).result for each in (bad, feed, good)]
        assert [(each.reason, each.value) for each in results if each] == [
            ("nothing", "404"),
            ("status", "500"),
            ("", ""),
        ]
        assert feed_problems(tmp_path) == ((server.address(), "its server answered 500"),)
        assert await kept.titles() == ["Foundry"]


async def test_paused_input_is_left_alone_and_keeps_its_documents(server: FeedServer, tmp_path: Path) -> None:
    server.publish(page(), "/p", content_type="text/html")
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text("# Plan\n\nSell chips.")
    async with keeping(tmp_path / "home") as kept:
        web, folder = await kept.add(server.address("/p")), await kept.add(str(docs))
        await kept.keeper.look()
        assert await kept.titles() == ["Foundry", "Plan"]
        for each in (web, folder):
            assert await kept.desk.pause(each, actor="a")
            assert not await kept.desk.pause(await kept.again(each), actor="a")
        asked = len(server.asked)
        (docs / "b.md").write_text("# More\n\nBuy chips.")
        kept.passed += timedelta(days=3)
        await kept.keeper.look()
        await kept.rag.indexer.update()
        assert len(server.asked) == asked
        assert await kept.titles() == ["Foundry", "Plan"]
        await kept.desk.resume(await kept.again(folder), actor="a")
        kept.desk.later(folder)
        await kept.keeper.look()
        assert await kept.titles() == ["Foundry", "More", "Plan"]


async def test_state_survives_a_restart_and_what_changed_meanwhile_is_read(server: FeedServer, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text("# Plan\n\nSell chips.")
    store = MemoryStore()
    board = Filing(audience=frozenset({"board"}), kind=DocumentKind.CASE)
    async with keeping(tmp_path / "home", store=store) as kept:
        await kept.add(str(docs), filing=board, every=timedelta(hours=6))
        await kept.keeper.look()
        before = await kept.desk.rows()
        assert [each.documents for each in before] == [1]
    (docs / "b.md").write_text("# More\n\nBuy chips.")
    async with keeping(tmp_path / "home", store=store) as kept:
        assert await kept.desk.rows() == before
        await kept.keeper.look()
        documents = await kept.rag.catalogue.documents()
        assert {each.title for each in documents} == {"Plan", "More"}
        assert {(each.kind, each.audience) for each in documents} == {(DocumentKind.CASE, board.audience)}


async def test_registered_by_the_command_line_is_listed_and_taken_over(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text("# Plan\n\nSell chips.")
    async with keeping(tmp_path / "home") as kept:
        await kept.rag.indexer.update([Input(path=docs)])
        (row,) = await kept.desk.rows()
        assert (row.record.target, row.record.origin, row.documents) == (str(docs), InputOrigin.COMMAND, 1)
        report = await kept.desk.remove(row.record, who="x", actor="a")
        assert report.removed == ("a.md",)
        assert await kept.rag.catalogue.inputs() == ()
        assert await kept.desk.rows() == []


async def test_folder_that_went_away_is_told_and_comes_back(tmp_path: Path) -> None:
    docs, away = tmp_path / "docs", tmp_path / "away"
    docs.mkdir()
    (docs / "a.md").write_text("# Plan\n\nSell chips.")
    (docs / "b.pdf").write_bytes(b"%PDF-1.4 broken")
    async with keeping(tmp_path / "home") as kept:
        folder = await kept.add(str(docs))

        async def looked() -> tuple[str, str, int, int]:
            kept.passed += timedelta(days=2)
            await kept.keeper.look()
            result = (await kept.again(folder)).result
            assert result is not None
            return (result.reason, result.value, result.failed, result.added)

        assert await looked() == (FILES, "b.pdf", 1, 1)
        docs.rename(away)
        assert (await looked())[0] == GONE
        docs.mkdir()  # as where a disk is not mounted
        assert ((await looked())[0], await kept.titles()) == (GONE, ["Plan"])
        docs.rmdir()
        away.rename(docs)
        (docs / "b.pdf").unlink()
        assert (await looked())[0] == ""


@pytest.mark.full
async def test_change_in_a_watched_folder_is_read_at_once(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text("# Plan\n\nSell chips.")
    single = tmp_path / "single.md"
    async with keeping(tmp_path / "home") as kept:
        await kept.add(str(docs))
        times = Times(now=lambda: START, new_id=lambda: "n", wait=lambda event, _: wait_for(event, 0.2))
        async with keep_inputs(kept.desk, kept.runs, times):

            async def holds(*titles: str) -> bool:
                return await kept.titles() == sorted(titles)

            await until(lambda: holds("Plan"))
            (docs / ".hidden.md").write_text("# Secret\n\nNo.")
            (docs / "deep").mkdir()
            (docs / "deep" / "b.md").write_text("# More\n\nBuy chips.")
            await until(lambda: holds("Plan", "More"))
            (docs / "a.md").unlink()
            await until(lambda: holds("More"))
            single.write_text("# One\n\nAlone.")
            await kept.add(str(single))
            await until(lambda: holds("More", "One"))
            single.with_suffix(".new").write_text("# Two\n\nAnother one.")
            single.with_suffix(".new").replace(single)
            await until(lambda: holds("More", "Two"))


async def test_watching_can_be_switched_off(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text("# Plan\n\nSell chips.")
    async with keeping(tmp_path / "home", watch=False) as kept:
        folder = await kept.add(str(docs))
        await kept.keeper.look()
        (docs / "b.md").write_text("# More\n\nBuy chips.")
        await kept.keeper.look()
        assert await kept.titles() == ["Plan"]
        kept.passed += timedelta(hours=25)
        await kept.keeper.look()
        assert await kept.titles() == ["More", "Plan"]
        assert (await kept.again(folder)).state is InputState.ACTIVE
