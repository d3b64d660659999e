"""A bot at work on the Slack double, over a library that answers no question and finds what a test lays in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from bot.chat import ChatAdapter
from bot.engine.engine import Engine
from bot.limits import EngineSettings
from bot.metrics import Metrics
from bot.running.talking import build_engine
from bot.slack_app.connection import SlackFactory
from bot.store.opening import SqlStore, open_store
from rag.types import AnswerEvent, AnswerStatus, Finished, Passage, Question, Retrieval, Retrieved
from tests.bot.parlour import library_of
from tests.bot.samples import answer, retrieval
from tests.doubles.slack.server import SlackServer
from tests.doubles.slack.workspace import BOT, BOT_USER, CHANNEL, Said

from .opened import ended, first_of, slack_settings, until


@dataclass
class Finding:
    """A search that finds the same for everything."""

    passages: tuple[Passage, ...] = ()

    async def retrieve(self, question: Question, *, limit: int | None = None) -> Retrieval:
        return replace(retrieval(*self.passages), answerable=bool(self.passages))


class Ignorant:
    """A library that answers nothing."""

    async def stream(self, question: Question) -> AsyncIterator[AnswerEvent]:
        yield Retrieved(retrieval=retrieval())
        refused = answer("I do not know.", status=AnswerStatus.REFUSED)
        yield Finished(answer=replace(refused, question=question.text, question_id=question.id))


@dataclass
class Office:
    """A bot at work on Slack that knows nothing."""

    slack: SlackServer
    engine: Engine
    store: SqlStore
    adapters: dict[str, ChatAdapter]
    finding: Finding = field(default_factory=Finding)

    async def said(self, count: int) -> list[Said]:
        """The bot's messages, when there are so many and nothing is under way."""
        await until(lambda: len(self.slack.workspace.own()) >= count)
        await self.quiet()
        return self.slack.workspace.own()

    async def quiet(self) -> None:
        await until(lambda: all(each.done.is_set() for each in self.slack.deliveries.all))
        await self.engine.settled()

    async def whispered(self, count: int) -> list[dict[str, Any]]:
        """What was said to one person alone."""
        await until(lambda: len(self.slack.workspace.whispers) >= count)
        await self.quiet()
        return self.slack.workspace.whispers

    def as_message(self, whisper: dict[str, Any], thread: str) -> Said:
        """A whisper as something to press."""
        shown = Said(channel=CHANNEL, ts=whisper["ts"], user=BOT_USER, text="", blocks=whisper["blocks"], bot_id=BOT)
        shown.thread_ts = thread
        return shown


@asynccontextmanager
async def office(home: Path, slack: SlackServer) -> AsyncIterator[Office]:
    """The bot, connected; a second one on the same home and workspace is a restart."""
    finding = Finding()
    adapters = cast("dict[str, ChatAdapter]", {})
    rag = library_of(Ignorant(), home, retriever=finding)
    limits = EngineSettings(workers=4, shutdown_seconds=1)
    async with (
        open_store(None, home=home) as store,
        SlackFactory().open(slack_settings(slack)) as connection,
    ):
        adapters["slack"] = connection.chat
        engine = build_engine(store, rag, adapters=adapters, settings=limits, metrics=Metrics(version="test"))
        running = asyncio.create_task(engine.run())
        listening = asyncio.create_task(connection.listen(engine.receive))
        try:
            await first_of(slack.deliveries.connected(), listening)
            yield Office(slack, engine, store, adapters, finding)
        finally:
            await ended(listening)
            engine.close()
            await running
