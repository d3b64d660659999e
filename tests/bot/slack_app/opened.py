"""The bot on the Slack double: signed in, listening, with an engine or with a list in its place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.chat import Incoming, Place
from bot.records import Outcome, Receipt
from bot.settings import Settings
from bot.slack_app.connection import SlackConnection, SlackFactory
from bot.slack_settings import SlackSettings
from tests.doubles.slack.server import SlackServer, slack_server
from tests.doubles.slack.workspace import APP_TOKEN, BOT_TOKEN


def slack_settings(slack: SlackServer, **changes: Any) -> Settings:
    """Settings of a bot that takes the double for Slack and is never slowed down."""
    chosen = {
        "bot_token": SecretStr(BOT_TOKEN),
        "app_token": SecretStr(APP_TOKEN),
        "api_base_url": slack.api,
        "post_interval_s": 0,
        "edit_interval_s": 0,
    }
    return Settings(home=Path("unused"), slack=SlackSettings(**{**chosen, **changes}))


@dataclass
class Heard:
    """What came in; `receipt` is what the engine would say, `fail` is raised instead as often as it holds errors."""

    incoming: list[Incoming] = field(default_factory=list)
    receipt: Receipt = field(default_factory=lambda: Receipt(outcome=Outcome.IGNORED))
    fail: list[Exception] = field(default_factory=list)

    async def receive(self, incoming: Incoming) -> Receipt:
        if self.fail:
            raise self.fail.pop()
        self.incoming.append(incoming)
        return self.receipt


@dataclass
class Opened:
    """The double with the bot connected to it."""

    slack: SlackServer
    connection: SlackConnection
    listening: asyncio.Task[None]
    heard: Heard


@asynccontextmanager
async def signed_in(**changes: Any) -> AsyncIterator[tuple[SlackServer, SlackConnection]]:
    """The bot signed in, not listening."""
    async with slack_server() as slack, SlackFactory().open(slack_settings(slack, **changes)) as connection:
        yield slack, connection


@asynccontextmanager
async def listening(
    prepare: Callable[[SlackServer], None] | None = None,
    *,
    heard: Heard | None = None,
    ack_s: float = 3.0,
    **changes: Any,
) -> AsyncIterator[Opened]:
    """The bot listening by Socket Mode; what it hears is kept."""
    heard = heard or Heard()
    async with slack_server(ack_s=ack_s) as slack:
        if prepare:
            prepare(slack)
        async with SlackFactory().open(slack_settings(slack, **changes)) as connection:
            task = asyncio.create_task(connection.listen(heard.receive))
            try:
                await first_of(slack.deliveries.connected(), task)
                yield Opened(slack, connection, task, heard)
            finally:
                await ended(task)


async def first_of(awaited: Awaitable[None], task: asyncio.Task[None]) -> None:
    """Returns when something has come about, raises when the task has ended before."""
    waiting = asyncio.ensure_future(awaited)
    await asyncio.wait({waiting, task}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        waiting.cancel()
        task.result()


async def ended(task: asyncio.Task[None]) -> None:
    """Cancels a task and waits for it."""
    task.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await task


async def until(holds: Callable[[], bool], *, seconds: float = 10) -> None:
    """Returns when something holds; gives up after so long that only a failed test sees it."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.005)


def channel(place: str = "C0GENERAL", thread: str = "") -> Place:
    return Place(platform="slack", workspace="T0HOME", channel=place, thread=thread)
