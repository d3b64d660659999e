"""Keeps the library current while the program runs: reads what is due or has changed, through the one gate."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.indexing import IndexRun, IndexRuns
from bot.input_records import GONE, InputKind, InputRecord, InputState
from bot.inputs.desk import InputDesk
from bot.inputs.watching import changes
from rag.catalogue import Input
from rag.errors import IndexLocked, RagError

log = logging.getLogger(__name__)

_WHO = "the keeper of inputs"
_AGAIN_S = 5.0
"""How soon it is tried again when somebody else works on the index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Time and ids. `wait` returns when an event is set, or after some seconds."""

    now: Callable[[], datetime]
    new_id: Callable[[], str]
    wait: Callable[[asyncio.Event, float], Awaitable[None]]


Follow = Callable[[IndexRun], Awaitable[None]]
"""Watches a run to its end."""


class InputKeeper:
    """One look after the other. What could not be indexed yet is indexed later; `follow` watches each run."""

    def __init__(self, desk: InputDesk, runs: IndexRuns, times: Times, *, follow: Follow | None = None) -> None:
        self._desk = desk
        self._runs = runs
        self._times = times
        self._follow_run = follow or _waited_for
        self._behind: dict[str, Input] = {}
        self._touched: set[str] = set()
        self._stamps: dict[str, tuple[int, int]] = {}
        self._first = True
        self._restart = asyncio.Event()
        self._watched: frozenset[Path] = frozenset()

    async def look(self) -> bool:
        """Reads what is due; False where the index was busy, and it should be tried again soon. Raises RagError."""
        records, waiting = await self._desk.records(), self._desk.waiting()
        await self._follow(records)
        self._touched |= {each.target for each in records if each.number in waiting}
        await self._visit([each for each in records if each.kind.on_web])
        await self._look_through([each for each in records if not each.kind.on_web])
        self._first = False
        return await self._index()

    async def keep(self) -> None:
        """Looks again and again; never returns. It is stopped by being cancelled."""
        while True:
            done = True
            self._desk.changed.clear()
            try:
                done = await self.look()
            except RagError as error:
                log.warning("inputs_not_read", extra={"error": error.logged})
            except Exception:  # the outermost place: the next look must come
                log.exception("inputs_broke")
            await self._times.wait(self._desk.changed, self._desk.rules.settings.look_every_s if done else _AGAIN_S)

    async def watch(self) -> None:
        """Notices changes in the folders that are followed; never returns."""
        while True:
            self._restart.clear()
            folders = sorted(self._watched)
            try:
                if folders:
                    async for changed in changes(folders, self._restart):
                        self._touched |= {str(folder) for folder in changed}
                        self._desk.changed.set()
            except Exception:  # the outermost place: folders are looked through at their time anyway
                log.exception("watching_broke")
            await self._restart.wait()

    async def _follow(self, records: Sequence[InputRecord]) -> None:
        """Notes which folders are to be watched, and which files have changed since the last look."""
        if not self._desk.rules.settings.watch:
            return
        active = [each for each in records if each.state is InputState.ACTIVE]
        folders = [Path(each.target) for each in active if each.kind is InputKind.FOLDER]
        there = frozenset([each for each in folders if await asyncio.to_thread(each.is_dir)])
        if there != self._watched:
            self._watched = there
            self._restart.set()
        files = [each.target for each in active if each.kind is InputKind.FILE]
        stamps = await asyncio.to_thread(lambda: {target: _stamp(target) for target in files})
        self._touched |= {target for target in files if self._stamps.get(target, stamps[target]) != stamps[target]}
        self._stamps = stamps

    async def _visit(self, records: Sequence[InputRecord]) -> None:
        """Reads the pages and feeds that are due; at the start, what an earlier run left to index is found as well."""
        due = [each for each in records if each.due(self._times.now())]
        if due or self._first:
            for kind in await self._desk.visit(due):
                each = await self._desk.web_input(kind)
                self._behind[each.key] = each
        for kind in {each.kind for each in records if self._first or each.target in self._touched}:
            each = await self._desk.web_input(kind)
            if await self._desk.is_behind(each):
                self._behind[each.key] = each

    async def _look_through(self, records: Sequence[InputRecord]) -> None:
        """Finds folders and files that are not as they were indexed; nothing is held up while nothing has changed."""
        now, touched = self._times.now(), self._touched
        self._touched = set()
        for each in records:
            started = self._first and self._desk.rules.settings.watch and each.state is InputState.ACTIVE
            if not (each.due(now) or each.target in touched or started or _is_back(each)):
                continue
            path = await self._desk.input_of(each)
            if each.state is InputState.ACTIVE and await self._desk.is_behind(path):
                self._behind[path.key] = path
            else:
                await self._desk.checked(each)

    async def _index(self) -> bool:
        if not self._behind:
            return True
        wanted, self._behind = self._behind, {}
        try:
            run = self._runs.start(self._times.new_id(), _WHO, [*wanted.values()])
            await self._follow_run(run)
            report = run.task.result()
        except IndexLocked:
            self._behind = wanted | self._behind
            return False
        except asyncio.CancelledError:
            if not run.task.cancelled():
                run.task.cancel()
                await asyncio.wait({run.task})
                raise
            return True  # somebody has stopped the run
        log.info("inputs_indexed", extra=_counts(report.added, report.updated, report.removed, report.failed))
        return True


@asynccontextmanager
async def keep_inputs(desk: InputDesk, runs: IndexRuns, times: Times) -> AsyncIterator[None]:
    """Keeps the library current from the beginning of the block to its end."""
    keeper = InputKeeper(desk, runs, times)
    tasks = [asyncio.create_task(keeper.keep()), asyncio.create_task(keeper.watch())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Returns when an event is set, or after some seconds."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


async def _waited_for(run: IndexRun) -> None:
    await asyncio.wait({run.task})


def _is_back(record: InputRecord) -> bool:
    """Whether it was away, so that it is worth a look each time."""
    return record.state is InputState.ACTIVE and record.result is not None and record.result.reason == GONE


def _stamp(target: str) -> tuple[int, int]:
    try:
        stat = Path(target).stat()
    except OSError:
        return (0, 0)
    return (stat.st_mtime_ns, stat.st_size)


def _counts(*groups: Sequence[object]) -> Mapping[str, int]:
    return dict(zip(("added", "updated", "removed", "failed"), map(len, groups), strict=True))
