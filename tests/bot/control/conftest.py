"""A control socket over a scripted library, whose answers and index runs last as long as a test wants."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.control.client import RemoteLibrary
from bot.control.reaching import open_remote
from bot.control.server import ControlLimits, ControlServer, open_control
from bot.control.service import ControlService
from bot.control.wire import Backup
from bot.indexing import IndexGate
from bot.store.backup import BackupReport
from rag.catalogue import Counts, Input
from rag.confidence import UNCALIBRATED
from rag.errors import IndexMissing, InvalidInput, RagError
from rag.ingest.files import FileProblem
from rag.ingest.index import IndexProgress, IndexReport
from rag.types import (
    Answer,
    AnswerEvent,
    AnswerStatus,
    Delta,
    Document,
    DocumentId,
    DocumentKind,
    Finished,
    Language,
    Question,
    Retrieval,
    Retrieved,
    Scope,
)

VERSION = "1.2.3"
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
RETRIEVAL = Retrieval(language=Language.ZH, passages=(), confidence=0.1 + 0.2, answerable=True, topics=("飞轮",))
REPORT = IndexReport(
    added=("a.md",), unchanged=2, failed=(FileProblem(source="b.pdf", problem="damaged", remedy="save it again"),)
)


@dataclass
class Scripted:
    """A library whose work waits at `gate`; it notes what began, what ended, and how much was under way at once."""

    home: Path
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    deltas: int = 3
    count: int = 3
    running: int = 0
    most: int = 0
    updates: list[tuple[Sequence[Input], bool]] = field(default_factory=list)
    identity: str = "scripted"
    calibration = UNCALIBRATED

    @property
    def catalogue(self) -> Scripted:
        return self

    retriever = answers = indexer = embedder = catalogue

    async def documents(self, scope: Scope | None = None) -> tuple[Document, ...]:
        found = (
            Document(
                id=DocumentId(str(number)),
                kind=DocumentKind.CASE,
                language=Language.EN,
                title=f"Case {number}",
                source=f"case-{number}.md",
            )
            for number in range(self.count)
        )
        return tuple(each for each in found if scope is None or scope.admits(each))

    async def counts(self) -> Counts:
        return Counts(documents=self.count, chunks=7)

    async def retrieve(self, question: Question, *, limit: int | None = None) -> Retrieval:
        if not question.text:
            raise InvalidInput("'' is no question; ask something")
        if question.text == "bug":
            raise ZeroDivisionError("a secret of the inside")
        await self.work()
        return RETRIEVAL

    async def stream(self, question: Question) -> AsyncGenerator[AnswerEvent, None]:
        yield Retrieved(retrieval=RETRIEVAL)
        if question.text == "broken":
            raise IndexMissing("nothing is indexed; advisor index PATH")
        for _ in range(self.deltas):
            yield Delta(text="飞轮 " * 20)
        await self.work()
        yield Finished(answer=answer_to(question, "飞轮 " * 20 * self.deltas))

    async def answer(self, question: Question) -> Answer:
        return answer_to(question, "")

    def failure_text(self, error: RagError, language: Language) -> str:
        return ""

    async def update(
        self,
        inputs: Sequence[Input] = (),
        *,
        full: bool = False,
        force: bool = False,
        on_progress: Callable[[IndexProgress], None] | None = None,
    ) -> IndexReport:
        self.updates.append((inputs, full))
        assert on_progress is not None
        on_progress(IndexProgress(stage="embed", done=1, total=2, source="a.md"))
        await self.work()
        on_progress(IndexProgress(stage="sweep"))
        return REPORT

    async def remove(self, path: Path) -> IndexReport:
        await self.work()
        return IndexReport(removed=(path.name,))

    async def work(self) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        self.begun.set()
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        finally:
            self.running -= 1


def answer_to(question: Question, text: str) -> Answer:
    return Answer(
        question_id=question.id,
        question=question.text,
        language=Language.ZH,
        status=AnswerStatus.ANSWERED,
        text=text,
        citations=(),
        confidence=0.5,
        writer="scripted",
        timings_ms={"total": 1.5},
    )


@dataclass
class Bench:
    """A running control socket, and how commands reach it."""

    home: Path
    library: Scripted
    server: ControlServer
    stack: AsyncExitStack

    async def remote(self) -> RemoteLibrary:
        found = await self.stack.enter_async_context(open_remote(self.home, version=VERSION, process=42))
        assert found is not None
        return found


async def report_of(request: Backup) -> BackupReport:
    return BackupReport(file=request.path, sha256="ab", files=1, content_bytes=2, file_bytes=int(request.keys))


@asynccontextmanager
async def control_over(home: Path, *, limits: ControlLimits | None = None) -> AsyncIterator[Bench]:
    """A bot's control socket over a home."""
    home.mkdir(parents=True, exist_ok=True)
    library = Scripted(home=home)
    gate = IndexGate(now=lambda: NOON)
    service = ControlService(library, version=VERSION, process=os.getpid(), gate=gate, backup=report_of)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(open_control(home, service.reply, process=os.getpid(), limits=limits))
        yield Bench(home=home, library=library, server=server, stack=stack)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with control_over(tmp_path / "home") as running:
        yield running
