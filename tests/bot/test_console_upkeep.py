"""The terminal keeps the library current between lines: what is due, and what has changed."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from bot.assembly import now
from bot.commands.books import Books
from bot.console.opening import open_engine
from bot.console.session import Session
from bot.operations import Terminal
from bot.store.opening import open_store
from rag.build import Rag, open_rag
from rag.catalogue import Input
from rag.settings import EmbeddingSettings, QualitySettings, RagSettings, RetrievalSettings
from rag.types import Language


@dataclass
class Evening:
    """A session over a folder that is registered."""

    session: Session
    folder: Path
    rag: Rag
    store: Books
    output: io.StringIO

    async def type(self, line: str) -> str:
        """What is printed for a line, and after it."""
        start = self.output.tell()
        await self.session.take(line)
        return self.output.getvalue()[start:]

    async def make_due(self) -> None:
        """Time goes by."""
        for each in await self.store.inputs.all():
            assert each.result is not None
            await self.store.inputs.note(each.number, replace(each.result, at=now() - timedelta(days=9)))

    async def sources(self) -> set[str]:
        """What the library holds."""
        return {each.source for each in await self.rag.catalogue.documents()}


@asynccontextmanager
async def evening(home: Path, *, interactive: bool = True) -> AsyncIterator[Evening]:
    """A terminal over a real library."""
    folder = home / "docs"
    folder.mkdir(parents=True, exist_ok=True)
    output = io.StringIO()
    console = Console(file=output, width=120, markup=False, highlight=False)
    settings = RagSettings(
        home=home,
        embedding=EmbeddingSettings(embedder="memory"),
        retrieval=RetrievalSettings(threshold=0.35),
        quality=QualitySettings(guard_questions=0),
    )
    async with open_rag(settings) as rag, open_store(None, home=home) as store:
        await rag.indexer.update([Input(path=folder)])
        async with open_engine(rag, store, Terminal(out=console, err=console)) as room:
            session = Session(room, Terminal(out=console, err=console), language=Language.EN)
            await session.begin(interactive=interactive)
            yield Evening(session, folder, rag, store, output)


async def test_what_has_changed_before_the_start_is_read_before_the_first_line(tmp_path: Path) -> None:
    async with evening(tmp_path) as at:
        (at.folder / "quay.md").write_text("# The quay\n\nThe quay is long.")
        await at.session.keep_current()
        assert await at.sources() == {"quay.md"}
        assert "brought up to date: 1 added, 0 updated" in at.output.getvalue()


async def test_what_has_become_due_is_read_after_a_line(tmp_path: Path) -> None:
    async with evening(tmp_path) as at:
        await at.session.keep_current()
        (at.folder / "quay.md").write_text("# The quay\n\nThe quay is long.")
        await at.make_due()
        assert "brought up to date: 1 added" in await at.type("/help")
        assert "brought up to date" not in await at.type("/help")
        (record,) = await at.store.inputs.all()
        assert record.result is not None
        assert record.result.added == 1


async def test_pipe_reads_what_is_due_without_a_word(tmp_path: Path) -> None:
    async with evening(tmp_path, interactive=False) as at:
        (at.folder / "quay.md").write_text("# The quay\n\nThe quay is long.")
        await at.make_due()
        assert "brought up to date" not in await at.type("/help")
        assert await at.sources() == {"quay.md"}


async def test_run_that_is_broken_off_is_left_to_the_next_start(tmp_path: Path) -> None:
    async with evening(tmp_path) as at:
        (at.folder / "quay.md").write_text("# The quay\n\nThe quay is long.")
        reading = asyncio.create_task(at.session.keep_current())
        await asyncio.sleep(0)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        assert await at.type("/help")
        assert await at.sources() == set()
