"""Keeps the library current while somebody talks in the terminal: between lines, for the prompt stops everything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from rich.console import Console

from bot.indexing import IndexRun, IndexRuns
from bot.inputs.desk import InputDesk
from bot.inputs.keeping import InputKeeper, Times
from bot.progress import index_progress
from rag.errors import RagError

if TYPE_CHECKING:
    from rag.ingest.index import IndexReport


class Upkeep:
    """Reads what is due or has changed whenever it is told to look; progress is drawn on `console`."""

    def __init__(self, desk: InputDesk, runs: IndexRuns, times: Times, console: Console) -> None:
        self.keeper = InputKeeper(desk, runs, times, follow=self._follow)
        self._console = console
        self._reports: list[IndexReport] = []
        self._left_off = False

    async def look(self) -> tuple[IndexReport, ...]:
        """What the runs did that were due. Once one was broken off or has failed, the rest is left to the next start.

        Raises RagError.
        """
        if self._left_off:
            return ()
        self._reports.clear()
        try:
            await self.keeper.look()
        except (RagError, asyncio.CancelledError):
            self._left_off = True
            raise
        return tuple(self._reports)

    async def _follow(self, run: IndexRun) -> None:
        with index_progress(self._console) as tell:
            while not run.done:
                await run.changed.wait()
                run.changed.clear()
                if run.progress is not None:
                    tell(run.progress)
        if not run.task.cancelled() and run.task.exception() is None:
            self._reports.append(run.task.result())


@asynccontextmanager
async def keep_watching(upkeep: Upkeep | None) -> AsyncIterator[None]:
    """Notices changed folders to the end of the block."""
    if upkeep is None:
        yield
        return
    task = asyncio.create_task(upkeep.keeper.watch())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
