"""Which work goes first in a database, what shares a transaction, and what becomes of the rest when one part fails."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.errors import StoreFailed
from bot.store.database import Undone
from bot.store.lanes import Lanes, Task
from bot.store.opening import SqlStore, open_store
from bot.store.tidying import Tidier
from bot.store.urls import FILE_NAME

from .conftest import Making


class Stage:
    """A lane whose thread is held up until `go`, so that the order of what waits can be seen."""

    def __init__(self, *, most: int) -> None:
        self.turns: list[list[str]] = []
        self._gate = threading.Event()
        self.lanes = Lanes(self._run, name="test", threads=1, most=most)
        self._begun = threading.Event()
        self._held = asyncio.ensure_future(self.lanes.run(self._hold, urgent=True))

    async def begun(self) -> None:
        await asyncio.to_thread(self._begun.wait)

    def add(self, name: str, *, urgent: bool = False) -> asyncio.Future[str]:
        return asyncio.ensure_future(self.lanes.run(lambda: name, urgent=urgent))

    async def go(self, *waiting: asyncio.Future[str]) -> None:
        await asyncio.sleep(0)
        self._gate.set()
        await asyncio.gather(self._held, *waiting, return_exceptions=True)
        await asyncio.to_thread(self.lanes.close)

    def _hold(self) -> str:
        self._begun.set()
        self._gate.wait()
        return "gate"

    def _run(self, tasks: Iterator[Task]) -> None:
        turn: list[str] = []
        for task in tasks:
            task.result = task.work()
            turn.append(task.result)
        if turn:
            self.turns.append(turn)


class Held:
    """A store whose writer is held up until `go`."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self._gate = threading.Event()
        self._busy = asyncio.ensure_future(store.database.write(lambda _: self._gate.wait()))

    async def go(self) -> None:
        await asyncio.sleep(0)
        self._gate.set()
        await self._busy


@pytest.fixture
async def held(tmp_path: Path) -> AsyncIterator[Held]:
    """A store whose writer is held up, and let go at the end at the latest."""
    async with open_store(None, home=tmp_path) as store:
        held = Held(store)
        await asyncio.sleep(0)
        yield held
        await held.go()


async def test_urgent_work_passes_ahead_of_what_came_before_it() -> None:
    stage = Stage(most=1)
    await stage.begun()
    waiting = [stage.add("a"), stage.add("b"), stage.add("A", urgent=True)]

    await stage.go(*waiting)

    assert stage.turns == [["gate"], ["A"], ["a"], ["b"]]
    assert [each.result() for each in waiting] == ["a", "b", "A"]


async def test_neither_lane_starves_and_each_keeps_its_order() -> None:
    stage = Stage(most=2)
    await stage.begun()
    usual = [stage.add(name) for name in "abc"]
    urgent = [stage.add(name, urgent=True) for name in "ABCDEF"]

    await stage.go(*usual, *urgent)

    # A turn of the usual lane is cut short while the urgent one has something to do.
    assert stage.turns == [["gate", "A"], ["B", "C"], ["a"], ["D", "E"], ["b"], ["F"], ["c"]]


async def test_what_waits_together_shares_a_turn_up_to_the_most() -> None:
    stage = Stage(most=3)
    await stage.begun()
    waiting = [stage.add(name) for name in "abcd"]

    await stage.go(*waiting)

    assert stage.turns == [["gate"], ["a", "b", "c"], ["d"]]


async def test_work_that_was_cancelled_while_it_waited_does_not_run() -> None:
    stage = Stage(most=3)
    await stage.begun()
    kept, dropped = stage.add("kept"), stage.add("dropped")
    await asyncio.sleep(0)
    dropped.cancel()

    await stage.go(kept, dropped)

    assert stage.turns == [["gate"], ["kept"]]


async def test_closed_lanes_refuse_work() -> None:
    stage = Stage(most=1)
    await stage.go()

    with pytest.raises(RuntimeError, match="closed"):
        await stage.lanes.run(lambda: None, urgent=False)


def insert(key: str, *, then: Exception | None = None) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        values = {"key": key, "at": "2026-01-01 00:00:00"}
        connection.execute(text("INSERT INTO events (key, at) VALUES (:key, :at)"), values)
        if then is not None:
            raise then
        return key

    return work


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        pytest.param(None, "bad", id="all succeed"),
        pytest.param(Undone(result="known"), "known", id="one takes itself back"),
        pytest.param(StoreFailed("no"), StoreFailed, id="one fails"),
        pytest.param(sqlite3.OperationalError("database or disk is full"), StoreFailed, id="the database fails one"),
    ],
)
async def test_works_in_one_transaction_fare_as_if_each_had_its_own(
    held: Held, failure: Exception | None, expected: object
) -> None:
    store = held.store
    works = [insert("one"), insert("bad", then=failure), insert("two")]
    writes = [asyncio.ensure_future(store.database.write(work)) for work in works]
    await held.go()

    first, bad, last = await asyncio.gather(*writes, return_exceptions=True)

    assert (first, last) == ("one", "two")
    assert bad == expected or (isinstance(expected, type) and isinstance(bad, expected))
    stored = await store.database.read(
        lambda connection: set(connection.execute(text("SELECT key FROM events")).scalars())
    )
    assert stored == ({"one", "bad", "two"} if failure is None else {"one", "two"})


async def test_works_that_wait_together_are_committed_together(held: Held, tmp_path: Path) -> None:
    store = held.store
    seen: list[int] = []

    def count(connection: Connection) -> None:
        connection.execute(text("INSERT INTO events (key, at) VALUES (:key, '2026')"), {"key": f"k{len(seen)}"})
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as other:
            seen.append(other.execute("SELECT count(*) FROM events").fetchone()[0])

    writes = [asyncio.ensure_future(store.database.write(count)) for _ in range(3)]
    await held.go()
    await asyncio.gather(*writes)

    assert seen == [0, 0, 0]


async def test_admission_passes_ahead_of_bookkeeping(held: Held, make: Making) -> None:
    store = held.store
    order: list[str] = []

    async def note(name: str, write: Awaitable[object]) -> None:
        await write
        order.append(name)

    books = [asyncio.ensure_future(note("usual", store.questions.start(f"unknown {number}"))) for number in range(20)]
    await asyncio.sleep(0)
    question = make.question()
    admitted = asyncio.ensure_future(note("admitted", store.questions.admit(question)))
    await held.go()
    await asyncio.gather(*books, admitted)

    assert order[0] == "admitted"


async def test_rows_that_are_urgent_are_looked_up_without_another_thread(tmp_path: Path) -> None:
    async with open_store(None, home=tmp_path) as store:
        names = [
            await store.database.read(lambda _: threading.current_thread().name, urgent=urgent)
            for urgent in (True, False)
        ]
        with pytest.raises(StoreFailed, match="no such table"):
            await store.database.read(
                lambda connection: connection.execute(text("SELECT 1 FROM unheard_of")), urgent=True
            )
    with pytest.raises(RuntimeError, match="closed"):
        await store.database.read(lambda _: None, urgent=True)
    assert names[0] == threading.current_thread().name
    assert names[1].startswith("store-read")


async def test_urgent_row_is_read_beside_a_transaction_that_goes_on(held: Held) -> None:
    async with asyncio.timeout(30):
        assert await held.store.conversations.get("nobody's") is None


def test_log_is_emptied_once_for_so_many_commits_and_again_after_a_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    calls: list[int] = []
    ran = threading.Semaphore(0)

    def checkpoint() -> None:
        calls.append(len(calls))
        ran.release()
        if len(calls) == 1:
            raise sqlite3.OperationalError("disk I/O error")

    tidier = Tidier(checkpoint, every=3)
    for expected in (1, 2):
        for _ in range(3):
            tidier.committed()
        assert ran.acquire(timeout=10)
        assert len(calls) == expected
    tidier.committed()
    tidier.close()

    assert calls == [0, 1]
    assert "disk I/O error" in caplog.text


async def test_log_beside_the_file_stays_small_without_a_pause_between_commits(tmp_path: Path) -> None:
    async with open_store(None, home=tmp_path) as store:
        for number in range(1000):
            await store.usage.add("s", f"n{number % 7}", day=date(2026, 1, 1))
        size = (tmp_path / f"{FILE_NAME}-wal").stat().st_size

    assert size < 8_000_000


async def test_scrubbing_neither_fails_nor_hinders_while_much_is_written(tmp_path: Path) -> None:
    day = date(2026, 1, 1)
    async with open_store(None, home=tmp_path) as store:
        writes = [store.usage.add("s", f"n{number}", day=day) for number in range(1200)]
        running = asyncio.gather(*writes)
        for _ in range(15):
            await store.database.scrub()
        await running
        await store.database.scrub()

        assert len(await store.usage.counts(since=day, until=day)) == 1200
        assert (tmp_path / f"{FILE_NAME}-wal").stat().st_size == 0
