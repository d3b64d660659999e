"""Does what is asked over the control socket, on the library of the running bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, assert_never

from bot.control.wire import (
    About,
    Backup,
    Count,
    Describe,
    Done,
    Effects,
    Envelope,
    Inputs,
    ListDocuments,
    Page,
    Remove,
    Request,
    Retrieve,
    Shell,
    Stream,
    Update,
    encode,
)
from bot.errors import ControlFailed
from bot.index_effects import GapEffects, IndexEffects
from bot.indexing import IndexGate
from bot.inputs.acting import InputClerk, Tell
from bot.library import Library
from bot.shell.clerk import ShellClerk
from bot.shell.values import ShellForm, ShellReply, ShellStep
from rag.ingest.index import IndexProgress, IndexReport

if TYPE_CHECKING:
    from bot.store.backup import BackupReport

MakeBackup = Callable[[Backup], Awaitable["BackupReport"]]
"""Writes a backup while nobody indexes."""

_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Clerks:
    """Who works for whoever has the machine: on inputs, after index runs, as an admin. Each is told who asks."""

    inputs: Callable[[str], InputClerk] | None = None
    effects: IndexEffects | None = None
    shell: Callable[[str], ShellClerk] | None = None


class ControlService:
    """Turns requests into lines of replies."""

    def __init__(
        self,
        library: Library,
        *,
        version: str,
        process: int,
        gate: IndexGate,
        backup: MakeBackup,
        clerks: Clerks | None = None,
    ) -> None:
        self._library = library
        clerks = clerks or Clerks()
        self._inputs, self._effects, self._shell = clerks.inputs, clerks.effects, clerks.shell
        self._about = About(
            version=version,
            process=process,
            home=library.home,
            embedder=library.embedder.identity,
            calibration=library.calibration,
        )
        self._gate = gate
        self._backup = backup

    async def reply(self, envelope: Envelope) -> AsyncGenerator[bytes, None]:
        """The lines of a reply, the result last; closing it cancels the work. Raises RagError."""
        who, request = f"process {envelope.process}", envelope.request
        match request:
            case Inputs():
                lines = self._managed(request, who)
            case Shell():
                lines = self._ordered(request, who)
            case Update() | Remove():
                lines = self._indexed(request, who)
            case Stream():
                lines = self._answered(request)
            case ListDocuments():
                lines = self._listed(request)
            case _:
                lines = self._at_once(request, who)
        async with aclosing(lines):
            async for line in lines:
                yield line

    async def _at_once(
        self, request: Describe | Retrieve | Count | Backup | Effects, who: str
    ) -> AsyncGenerator[bytes, None]:
        match request:
            case Describe():
                yield encode("result", self._about)
            case Retrieve():
                found = await self._library.retriever.retrieve(request.question, limit=request.limit)
                yield encode("result", found)
            case Count():
                yield encode("result", await self._library.catalogue.counts())
            case Effects():
                sources = frozenset(request.sources)
                yield encode("result", await self._effects.on_gaps(sources) if self._effects else GapEffects())
            case Backup():
                with self._gate.hold(f"{who}, which makes a backup,"):
                    yield encode("result", await self._backup(request))
            case unknown:
                assert_never(unknown)

    async def _answered(self, request: Stream) -> AsyncGenerator[bytes, None]:
        async with aclosing(self._library.answers.stream(request.question)) as events:
            async for event in events:
                yield encode("event", event)
        yield encode("result", Done())

    async def _listed(self, request: ListDocuments) -> AsyncGenerator[bytes, None]:
        documents = await self._library.catalogue.documents(request.scope)
        for start in range(0, len(documents), _PAGE):
            yield encode("event", Page(documents=documents[start : start + _PAGE]))
        yield encode("result", Done())

    async def _managed(self, request: Inputs, who: str) -> AsyncGenerator[bytes, None]:
        if self._inputs is None:
            raise ControlFailed("the running bot keeps no list of inputs; use: advisor index PATH")
        clerk = self._inputs(who)
        async with aclosing(_relayed(lambda tell: clerk.act(request.order, tell))) as steps:
            async for step in steps:
                yield encode("event" if isinstance(step, IndexProgress) else "result", step)

    async def _indexed(self, request: Update | Remove, who: str) -> AsyncGenerator[bytes, None]:
        with self._gate.hold(who):
            if isinstance(request, Remove):
                yield encode("result", await self._noted(await self._library.indexer.remove(request.path)))
                return
            async with aclosing(_relayed(lambda tell: self._updated(request, tell))) as steps:
                async for step in steps:
                    yield encode("event" if isinstance(step, IndexProgress) else "result", step)

    async def _updated(self, request: Update, tell: Tell) -> IndexReport:
        update = self._library.indexer.update
        report = await update(request.inputs, full=request.full, force=request.force, on_progress=tell)
        return await self._noted(report)

    async def _noted(self, report: IndexReport) -> IndexReport:
        """Has the list of inputs tell what a run did."""
        if self._effects is not None:
            await self._effects.note(report)
        return report

    async def _ordered(self, request: Shell, who: str) -> AsyncGenerator[bytes, None]:
        """All that is said, in its order: none of it may be left out, only steps on the way."""
        if self._shell is None:
            raise ControlFailed("the running bot takes no orders of admins; restart it with this version")
        async with aclosing(self._shell(who).act(request.order)) as said:
            async for each in said:
                yield encode("event" if isinstance(each, ShellStep | ShellReply | ShellForm) else "result", each)


async def _relayed(work: Callable[[Tell], Coroutine[Any, Any, object]]) -> AsyncGenerator[object, None]:
    """Where a run is, as often as somebody reads it, then its result. A slow reader costs steps, not memory."""
    latest: list[IndexProgress] = []
    changed = asyncio.Event()

    def tell(progress: IndexProgress) -> None:
        latest[:] = [progress]
        changed.set()

    run = asyncio.create_task(work(tell))
    run.add_done_callback(lambda _: changed.set())
    try:
        while not run.done():
            await changed.wait()
            changed.clear()
            if latest:
                yield latest.pop()
        yield run.result()
    finally:
        run.cancel()
        await asyncio.wait([run])


def is_long(request: Request) -> bool:
    """Whether a request may take minutes, and may be broken off without harm: the next run finishes its work."""
    return isinstance(request, Update | Remove | Backup | Inputs | Shell)
