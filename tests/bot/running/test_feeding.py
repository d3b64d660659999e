"""Feeds join the library while the program runs, and can be asked for with their sources."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.indexing import IndexGate
from bot.running.feeding import Feeding, follow_feeds
from bot.schedule_settings import FeedSettings, FeedSource
from rag.build import Rag, open_rag
from rag.ingest.feeds import Limits, feed_problems, open_follower
from rag.ingest.fetching import FetchLimits
from rag.settings import EmbeddingSettings, RagSettings
from rag.types import DocumentKind, Question, Scope
from tests.rag.ingest.feed_server import FeedServer, feed_server, item, rss

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LOCAL = FetchLimits(allow_hosts=frozenset({"127.0.0.1"}))


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as served:
        yield served


@asynccontextmanager
async def fed(home: Path, server: FeedServer, gate: IndexGate) -> AsyncIterator[tuple[Feeding, Rag]]:
    settings = FeedSettings(sources=(FeedSource(url=server.address(), topics=("chips",)),))
    rag_settings = RagSettings(home=home, embedding=EmbeddingSettings(embedder="memory"))
    async with (
        open_rag(rag_settings) as rag,
        open_follower(home, LOCAL, limits=Limits(), now=lambda: NOW) as follower,
    ):
        yield Feeding(settings, rag, gate, follower), rag


async def test_item_is_found_and_cited_with_source_and_date(server: FeedServer, tmp_path: Path) -> None:
    server.publish(rss(item(1, "The harbour foundry opens a plant for memory chips in Bergen.")))
    async with fed(tmp_path, server, IndexGate(now=lambda: NOW)) as (feeding, rag):
        assert await feeding.visit()
        found = await rag.retriever.retrieve(Question(id="q", text="harbour foundry memory chips Bergen"))
        document = found.passages[0].document
        assert (document.kind, document.url) == (DocumentKind.TREND, "https://news.example/1")
        assert (document.date, document.topics) == (date(2026, 11, 2), ("chips",))
        server.publish(rss(item(2)))
        assert await feeding.visit()
        assert len(await rag.catalogue.documents(Scope())) == 2


async def test_index_that_is_busy_is_waited_for(server: FeedServer, tmp_path: Path) -> None:
    server.publish(rss(item(1)))
    gate = IndexGate(now=lambda: NOW)
    async with fed(tmp_path, server, gate) as (feeding, rag):
        with gate.hold("somebody"):
            assert not await feeding.visit()
        assert await rag.catalogue.documents() == ()
        assert await feeding.visit()
        assert len(await rag.catalogue.documents()) == 1


async def test_feed_that_fails_is_remembered_with_its_problem(server: FeedServer, tmp_path: Path) -> None:
    async with fed(tmp_path, server, IndexGate(now=lambda: NOW)) as (feeding, _):
        await feeding.visit()
        assert feed_problems(tmp_path) == ((server.address(), "its server answered 404"),)
        server.publish(rss(item(1)))
        await feeding.visit()
        assert feed_problems(tmp_path) == ()


async def test_following_goes_on_until_the_end_of_the_block(server: FeedServer, tmp_path: Path) -> None:
    slept: asyncio.Queue[float] = asyncio.Queue()

    async def sleep(seconds: float) -> None:
        await slept.put(seconds)

    server.publish(rss(item(1)))
    settings = FeedSettings(sources=(FeedSource(url=server.address()),), every_minutes=5, allow_hosts=("127.0.0.1",))
    async with open_rag(RagSettings(home=tmp_path, embedding=EmbeddingSettings(embedder="memory"))) as rag:
        async with follow_feeds(settings, rag, IndexGate(now=lambda: NOW), now=lambda: NOW, sleep=sleep):
            assert [await slept.get(), await slept.get()] == [300, 300]
        assert len(await rag.catalogue.documents()) == 1
