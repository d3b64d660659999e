"""Does what is asked over the control socket, on the library of the running bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, assert_never

from bot.control.wire import (
    About,
    Backup,
    Count,
    Describe,
    Done,
    Envelope,
    Inputs,
    ListDocuments,
    Page,
    Remove,
    Request,
    Retrieve,
    Stream,
    Update,
    encode,
)
from bot.errors import ControlFailed
from bot.indexing import IndexGate
from bot.inputs.acting import InputClerk, Tell
from bot.library import Library
from rag.ingest.index import IndexProgress

if TYPE_CHECKING:
    from bot.store.backup import BackupReport

MakeBackup = Callable[[Backup], Awaitable["BackupReport"]]
"""Writes a backup while nobody indexes."""

_PAGE = 200


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
        inputs: Callable[[str], InputClerk] | None = None,
    ) -> None:
        self._library = library
        self._inputs = inputs
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

    async def _at_once(self, request: Describe | Retrieve | Count | Backup, who: str) -> AsyncGenerator[bytes, None]:
        match request:
            case Describe():
                yield encode("result", self._about)
            case Retrieve():
                found = await self._library.retriever.retrieve(request.question, limit=request.limit)
                yield encode("result", found)
            case Count():
                yield encode("result", await self._library.catalogue.counts())
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
                yield encode("result", await self._library.indexer.remove(request.path))
                return
            index = self._library.indexer
            updated = partial(index.update, request.inputs, full=request.full, force=request.force)
            async with aclosing(_relayed(lambda tell: updated(on_progress=tell))) as steps:
                async for step in steps:
                    yield encode("event" if isinstance(step, IndexProgress) else "result", step)


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
    return isinstance(request, Update | Remove | Backup | Inputs)
