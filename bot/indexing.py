"""Index runs of a running bot: one at a time, watched while it runs, broken off without harm."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.index_journal import IndexJournal
from bot.library import OwnIndexing
from rag.errors import IndexLocked

if TYPE_CHECKING:
    from rag.catalogue import Counts, Input
    from rag.ingest.index import IndexProgress, IndexReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who works on the index, and since when, in UTC."""

    who: str
    since: datetime


class IndexGate:
    """Lets one piece of work through that changes the index, or that must not see it change."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._holder: Holder | None = None

    @property
    def holder(self) -> Holder | None:
        """Who works on the index; None while nobody does."""
        return self._holder

    @contextmanager
    def hold(self, who: str) -> Iterator[None]:
        """Work on the index until the end of the block.

        Raises:
            IndexLocked: somebody else does; the text says who.
        """
        if self._holder:
            told = f"{self._holder.who} works on the index since {self._holder.since:%H:%M:%S} UTC"
            raise IndexLocked(f"{told}; wait until that is done, then try again")
        self._holder = Holder(who=who, since=self._now())
        try:
            yield
        finally:
            self._holder = None


class Registered(Protocol):
    """What knows the registered inputs; `rag.catalogue.Catalogue` does."""

    async def inputs(self) -> tuple[Input, ...]:
        """Files and folders that the index follows. Raises StorageFailed."""
        ...

    async def counts(self) -> Counts:
        """Size of the library. Raises StorageFailed."""
        ...


@dataclass(slots=True, eq=False)
class IndexRun:
    """A run under way: `progress` is where it is, `task` ends with its report, `changed` is set at each step."""

    id: str
    since: datetime
    progress: IndexProgress | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[IndexReport] = field(init=False)

    @property
    def done(self) -> bool:
        """Whether it has ended, however it did."""
        return self.task.done()

    def tell(self, progress: IndexProgress) -> None:
        """Note where the run is."""
        self.progress = progress
        self.changed.set()


class IndexRuns:
    """Starts runs on the library of this process.

    Args:
        indexer: brings the library up to date.
        library: knows what is registered, and how much there is.
        gate: shared with everything else that works on the index.
        journal: remembers the run under way for the next start.
        now: the time, aware and in UTC.
    """

    def __init__(
        self,
        indexer: OwnIndexing,
        library: Registered,
        *,
        gate: IndexGate,
        journal: IndexJournal,
        now: Callable[[], datetime],
    ) -> None:
        self.library = library
        self.journal = journal
        self._indexer = indexer
        self._gate = gate
        self._now = now
        self._run: IndexRun | None = None
        self._noted: Callable[[IndexReport], Awaitable[None]] | None = None

    @property
    def holder(self) -> Holder | None:
        """Who works on the index; None while nobody does."""
        return self._gate.holder

    @property
    def current(self) -> str:
        """The id of the run that this process started last; "" before the first."""
        return self._run.id if self._run else ""

    def on_report(self, noted: Callable[[IndexReport], Awaitable[None]]) -> None:
        """Have somebody told what each run did, before it ends."""
        self._noted = noted

    @contextmanager
    def hold(self, who: str) -> Iterator[OwnIndexing]:
        """Work on the index oneself until the end of the block. Raises as `start`."""
        with self._gate.hold(who):
            yield self._indexer

    def start(
        self, run_id: str, who: str, inputs: Sequence[Input] = (), *, full: bool = False, force: bool = False
    ) -> IndexRun:
        """Bring inputs up to date, without any all that are registered; returns at once.

        `force` lets the run stand, however labelled questions fare after it.

        Raises:
            IndexLocked: somebody works on the index already.
        """
        holding = ExitStack()
        holding.enter_context(self._gate.hold(who))
        run = IndexRun(run_id, self._now())
        run.task = asyncio.create_task(self._updated(run, inputs, full=full, force=force))

        def ended(_: asyncio.Task[IndexReport]) -> None:
            holding.close()
            run.changed.set()

        run.task.add_done_callback(ended)
        self._run = run
        return run

    async def _updated(self, run: IndexRun, inputs: Sequence[Input], *, full: bool, force: bool) -> IndexReport:
        report = await self._indexer.update(inputs, full=full, force=force, on_progress=run.tell)
        if self._noted is not None:
            await self._noted(report)
        return report

    def cancel(self, run_id: str) -> bool:
        """Break a run off; what is live goes on answering. False when it does not run any more."""
        if self._run is None or self._run.id != run_id or self._run.done:
            return False
        return self._run.task.cancel()
