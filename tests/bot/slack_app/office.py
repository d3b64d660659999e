"""A bot at work on the Slack double: the real engine, store and delivery over answers that a test decides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from bot.assembly import now
from bot.chat import ChatAdapter
from bot.commands.call import Means
from bot.engine.engine import Engine
from bot.index_journal import IndexJournal
from bot.indexing import IndexGate, IndexRuns
from bot.limits import EngineSettings
from bot.metrics import Metrics
from bot.rights import rights_of
from bot.rights_settings import RightsSettings
from bot.running.talking import Rules, build_talk
from bot.slack_app.connection import SlackFactory
from bot.store.opening import open_store
from tests.bot.parlour import Desk, library_of
from tests.doubles.slack.server import SlackServer, slack_server
from tests.doubles.slack.workspace import BOT_USER, Said

from .opened import ended, first_of, slack_settings, until

ASKED = f"<@{BOT_USER}> what is a moat?"
KNOWN = "much is known.[1]"
LIMITS = EngineSettings(workers=4, shutdown_seconds=1)


@dataclass
class Office:
    """A bot at work on Slack."""

    slack: SlackServer
    desk: Any
    engine: Engine
    means: Means
    running: asyncio.Task[None]

    async def answers(self, count: int = 1) -> list[Said]:
        """The bot's messages, when so many of them are finished."""
        await until(lambda: sum(finished(said) for said in self.slack.workspace.own()) >= count)
        await self.engine.settled()
        return self.slack.workspace.own()

    async def whispers(self, count: int = 1) -> list[dict[str, Any]]:
        """What was said to one person alone, when there is so much of it."""
        await until(lambda: len(self.slack.workspace.whispers) >= count)
        return self.slack.workspace.whispers


def finished(said: Said) -> bool:
    """Whether nothing tells of work any more."""
    return (
        not said.streaming
        and (not said.stopped or bool(said.blocks))
        and not any("hourglass" in str(block) for block in said.blocks)
    )


def index_of(rag: Any) -> IndexRuns | None:
    """Index runs on a library that is a real one."""
    return (
        IndexRuns(rag.indexer, rag.catalogue, gate=IndexGate(now=now), journal=IndexJournal(rag.home), now=now)
        if rag
        else None
    )


@asynccontextmanager
async def office(
    home: Path,
    *,
    slack: SlackServer | None = None,
    desk: Any = None,
    catalogue: Any = None,
    limits: EngineSettings = LIMITS,
    admins: tuple[str, ...] = (),
    rag: Any = None,
    **changes: Any,
) -> AsyncIterator[Office]:
    """The bot, connected; a second one on the same home and workspace is a restart."""
    if slack is None:
        more = {"desk": desk, "catalogue": catalogue, "limits": limits, "admins": admins, "rag": rag, **changes}
        async with slack_server() as fresh, office(home, slack=fresh, **more) as opened:
            yield opened
        return
    desk, adapters = desk or Desk(), cast("dict[str, ChatAdapter]", {})
    index = index_of(rag)
    rag = rag or library_of(desk, home, catalogue=catalogue)
    given = slack_settings(slack, **changes).model_copy(update={"rights": RightsSettings(admins=admins)})
    async with open_store(None, home=home) as store, SlackFactory().open(given) as connection:
        adapters["slack"] = connection.chat
        engine, means = build_talk(
            store,
            rag,
            adapters=adapters,
            settings=limits,
            metrics=Metrics(version="test"),
            rules=Rules(rights=rights_of(given.rights), index=index),
        )
        running = asyncio.create_task(engine.run())
        listening = asyncio.create_task(connection.listen(engine.receive))
        try:
            await first_of(slack.deliveries.connected(), listening)
            yield Office(slack, desk, engine, means, running)
        finally:
            await ended(listening)
            engine.close()
            await asyncio.wait({running})
