"""A chat room over an index in the test's hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bot.chat import Capabilities, Press
from bot.commands.catalogue import all_commands
from bot.commands.handling import Handler
from bot.indexing import IndexRuns
from rag.catalogue import Counts, Input
from rag.errors import StorageFailed
from rag.ingest.files import FileProblem
from rag.ingest.index import IndexProgress, IndexReport
from tests.bot.bench import WORDING, Bench
from tests.bot.samples import ADA, NOW, PLACE

REPORT = IndexReport(
    added=tuple(f"new/{number}.md" for number in range(12)),
    removed=("old.md",),
    unchanged=3,
    failed=(FileProblem(source="a`b.pdf", problem="the PDF is encrypted", remedy="save a copy without a password"),),
)


class Runs:
    """An indexer and a catalogue in the test's hand: `go` lets a run end."""

    def __init__(self) -> None:
        self.begun, self.go = asyncio.Event(), asyncio.Event()
        self.asked: list[tuple[tuple[Input, ...], bool]] = []
        self.broken = False
        self.report = REPORT
        self.registered: tuple[Input, ...] = (Input(path=Path("/srv/handbook")), Input(path=Path("/p"), name="starter"))

    async def update(
        self,
        inputs: Sequence[Input] = (),
        *,
        full: bool = False,
        force: bool = False,
        on_progress: Callable[[IndexProgress], None] | None = None,
    ) -> IndexReport:
        assert on_progress
        self.asked.append((tuple(inputs), full))
        on_progress(IndexProgress(stage="scan"))
        await asyncio.sleep(0)
        on_progress(
            IndexProgress(stage="embed", done=30, total=120, done_bytes=250, total_bytes=1000, source="secret.md")
        )
        self.begun.set()
        await self.go.wait()
        if self.broken:
            raise StorageFailed("the disk /dev/x is full")
        return self.report

    async def remove(self, path: Path) -> IndexReport:
        raise NotImplementedError

    async def inputs(self) -> tuple[Input, ...]:
        return self.registered

    async def counts(self) -> Counts:
        return Counts(documents=7, chunks=90)


class Room(Bench):
    """A bench with an index."""

    def over(self, runs: IndexRuns) -> Room:
        self.chat.capabilities = Capabilities(message_characters=4000, edit_interval_s=0)
        self.admins.add(ADA.id)
        self.means = replace(self.means, index=runs)
        self.handler = Handler(all_commands(WORDING), self.means, failure=lambda error, language: "broken")
        return self

    @property
    def shown(self) -> str:
        reply = self.chat.posted[-1].reply
        return reply.text or reply.status

    @property
    def versions(self) -> list[str]:
        return [each.text + each.status for each in self.chat.posted[-1].versions]

    async def press_cancel(self) -> None:
        message = self.chat.posted[-1]
        payload = message.versions[0].actions[0][0].payload
        await self.handler.handle(
            Press(event_id="p", place=PLACE, person=ADA, at=NOW, message=message.ref, payload=payload), self
        )


async def running(room: Room, runs: Runs, text: str = "reindex", name: str = "admin") -> asyncio.Task[str]:
    task = asyncio.create_task(room.command(name, text))
    await asyncio.wait_for(runs.begun.wait(), 10)
    async with asyncio.timeout(10):
        while not room.chat.posted or len(room.chat.posted[-1].versions) < 2:
            await asyncio.sleep(0)
    return task
