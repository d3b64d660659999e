"""Answers that are given again lie in the store, for a time, and a store that fails costs none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update

from bot.store.kept_answers import SqlAnswerCache
from bot.store.models.ledgers import kept_answers
from bot.store.opening import SqlStore, open_store
from rag.ports import KeptAnswer
from rag.types import Chunk, ChunkId, Document, DocumentId, DocumentKind, Language, PageMark, Passage, Retrieval

from .conftest import Making

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """The time of a test."""

    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time


def kept(make: Making) -> KeptAnswer:
    document = Document(
        id=DocumentId("d1"),
        kind=DocumentKind.DOCUMENT,
        language=Language.ZH,
        title="数据飞轮",
        source="flywheel.md",
        topics=("data",),
        date=date(2025, 5, 4),
        audience=frozenset({"staff"}),
    )
    chunk = Chunk(position=0, section=("一",), text="飞轮转起来", page_marks=(PageMark(offset=0, page=3),))
    passage = Passage(rank=1, score=0.5, chunk_id=ChunkId("c1"), document=document, chunk=chunk)
    found = Retrieval(
        language=Language.ZH, passages=(passage,), confidence=0.75, answerable=True, signals={"similarity": 0.5}
    )
    answer = replace(make.answer(make.question()).answer, question_id="", question="")
    return KeptAnswer(retrieval=found, answer=answer)


def cache_on(store: SqlStore, clock: Clock, *, most: int = 2000) -> SqlAnswerCache:
    cache = SqlAnswerCache(keep=timedelta(hours=1), now=clock.now, most=most)
    cache.attach(store.database)
    return cache


async def test_answer_outlives_a_restart_whole(tmp_path: Path, make: Making) -> None:
    answer = kept(make)
    async with open_store(None, home=tmp_path) as store:
        await cache_on(store, Clock()).put("k", answer)
    async with open_store(None, home=tmp_path) as store:
        assert await cache_on(store, Clock()).get("k") == answer


async def test_its_time_ends(sql_store: SqlStore, make: Making) -> None:
    clock = Clock()
    cache = cache_on(sql_store, clock)
    await cache.put("k", kept(make))
    clock.time += timedelta(minutes=59)
    assert await cache.get("k")
    clock.time += timedelta(minutes=1)
    assert await cache.get("k") is None
    await cache.put("other", kept(make))
    assert await rows(sql_store) == 1


async def test_oldest_answers_make_room(sql_store: SqlStore, make: Making) -> None:
    clock = Clock()
    cache = cache_on(sql_store, clock, most=2)
    for key in ("a", "b", "a", "c"):
        clock.time += timedelta(seconds=1)
        await cache.put(key, kept(make))
    assert [bool(await cache.get(key)) for key in ("a", "b", "c")] == [True, False, True]


async def test_everything_is_forgotten_when_asked(sql_store: SqlStore, make: Making) -> None:
    cache = cache_on(sql_store, Clock())
    await cache.put("k", kept(make))
    await cache.clear()
    assert await rows(sql_store) == 0


async def test_answer_of_another_version_is_none(sql_store: SqlStore, make: Making) -> None:
    cache = cache_on(sql_store, Clock())
    await cache.put("k", kept(make))
    strange = update(kept_answers).values(content={"answer": 1})
    await sql_store.database.write(lambda connection: connection.execute(strange))
    assert await cache.get("k") is None


async def test_store_that_fails_costs_no_answer(tmp_path: Path, make: Making) -> None:
    async with open_store(None, home=tmp_path) as store:
        cache = cache_on(store, Clock())
        await store.database.write(kept_answers.drop)
        await cache.put("k", kept(make))
        assert await cache.get("k") is None


async def test_without_a_store_nothing_is_kept(make: Making) -> None:
    cache = SqlAnswerCache(keep=timedelta(hours=1), now=Clock().now)
    await cache.put("k", kept(make))
    await cache.clear()
    assert await cache.get("k") is None


async def rows(store: SqlStore) -> int:
    counted = select(func.count()).select_from(kept_answers)
    return await store.database.read(lambda connection: connection.execute(counted).scalar_one())
