"""The progress bar of an index run, with rate and time left; it appears only when there is work to show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from bot.terminal import printable

if TYPE_CHECKING:
    from rag.ingest.index import IndexProgress


@contextmanager
def index_progress(console: Console) -> Iterator[Callable[[IndexProgress], None]]:
    """A listener for `Indexer.update` that draws on `console` while the block runs; nothing where no person watches."""
    bar = _Bar(console)
    try:
        yield bar.show
    finally:
        bar.stop()


class _Bar:
    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.fields[documents]}"),
            BarColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}", markup=False),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None

    def show(self, progress: IndexProgress) -> None:
        if progress.stage == "embed":
            task = self._begun(progress)
            self._progress.update(
                task,
                total=max(progress.total_bytes, 1),
                completed=progress.done_bytes,
                description=printable(progress.source or ""),
                documents=f"{progress.done}/{progress.total}",
            )

    def _begun(self, progress: IndexProgress) -> TaskID:
        if self._task is None:
            self._progress.start()
            self._task = self._progress.add_task("", total=max(progress.total_bytes, 1), documents="")
        return self._task

    def stop(self) -> None:
        self._progress.stop()
