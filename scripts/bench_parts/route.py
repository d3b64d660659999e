"""What the measurements with a language model share: a server that can be killed, and the product's path to it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rag.answer import AnswerService
from rag.backends.openai_chat import open_chats
from rag.build import Rag
from rag.extract.writer import ExtractiveWriter
from rag.ports import Embedder, ModelPool
from rag.prompts import load_replies
from rag.resources import data_folder
from rag.settings import ModelEndpoint, ModelSettings, WritingSettings
from rag.templates import load_templates
from rag.writing.events import PoolEvent, PoolEventKind
from rag.writing.pool import FailoverPool
from rag.writing.writer import Desk, ModelWriter


@dataclass(slots=True, kw_only=True)
class Route:
    """The product's path from a question to a model, and what it told on the way."""

    pool: ModelPool
    answers: AnswerService
    failures: list[tuple[float, PoolEventKind]] = field(default_factory=list)
    times: list[Mapping[str, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A double of a model server in a process of its own."""

    url: str
    process: asyncio.subprocess.Process

    async def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    """A running double; it is dead at the end, if not before."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench_parts.model_server",
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
    )
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    server = Server(url=f"http://127.0.0.1:{port}/v1", process=process)
    try:
        yield server
    finally:
        if process.returncode is None:
            await server.kill()


def settings_for(url: str, model: str, **limits: float) -> ModelSettings:
    """Settings of one endpoint."""
    return ModelSettings.model_validate({"endpoints": (ModelEndpoint(base_url=url, model=model),), **limits})


@asynccontextmanager
async def opened(rag: Rag, settings: ModelSettings, sentences: Embedder) -> AsyncIterator[Route]:
    """The product's path, over a library and an encoder of sentences that are open already."""
    replies = load_replies(data_folder("prompts"))
    failures: list[tuple[float, PoolEventKind]] = []
    times: list[Mapping[str, float]] = []

    def note(event: PoolEvent) -> None:
        failures.append((time.perf_counter(), event.kind))

    async with AsyncExitStack() as stack:
        pool = FailoverPool(await stack.enter_async_context(open_chats(settings)), settings, on_event=note)
        desk = Desk(
            templates=load_templates(data_folder("prompts")),
            texts=replies,
            sentences=sentences,
            clock=time.perf_counter,
            on_times=times.append,
        )
        writer = ModelWriter(
            pool, ExtractiveWriter(sentences, replies), desk, writing=WritingSettings(), model=settings
        )
        answers = AnswerService(retriever=rag.retriever, writer=writer, replies=replies, clock=time.perf_counter)
        yield Route(pool=pool, answers=answers, failures=failures, times=times)
