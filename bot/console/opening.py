"""Puts the terminal's chat together: library, store, delivery, handlers and engine, opened and closed in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.assembly import Assembly, Failure, assemble, means_of, new_id, now
from bot.commands.call import Books
from bot.commands.catalogue import all_commands
from bot.commands.registry import Registry
from bot.commands.risk_reminders import remind
from bot.console.adapter import ConsoleChat
from bot.console.typed import OWNER, PLATFORM
from bot.engine.engine import Engine
from bot.limits import EngineSettings
from bot.operations import Terminal, add_starter
from bot.wording import load_wording
from rag.errors import RagError
from rag.resources import data_folder
from rag.types import Language

if TYPE_CHECKING:
    from pydantic import SecretStr

    from rag.build import Rag
    from rag.settings import RagSettings

CONSOLE_LIMITS = EngineSettings(
    workers=2,
    queue_size=4,
    person_per_minute=600,
    person_burst=100,
    channel_per_minute=600,
    channel_burst=100,
    lines_per_minute=600,
    lines_burst=100,
    place_after_seconds=0.5,
    place_every_seconds=0.5,
    shutdown_seconds=1,
)
"""One person at one terminal: no patience is asked of them, and a queue that can be filled by hand."""

_CATCH_UP_S = 0.02
_FILES = "files"
"""Where files from the chat are put, in the home folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a session in the terminal needs. `remind` says what is due by now."""

    chat: ConsoleChat
    engine: Engine
    store: Books
    registry: Registry
    new_id: Callable[[], str]
    now: Callable[[], datetime]
    documents: Callable[[], Awaitable[int]]
    failure: Failure
    remind: Callable[[], Awaitable[object]]

    async def caught_up(self) -> None:
        """Returns when what an earlier run left unanswered in the terminal is answered."""
        while any(each.place.platform == PLATFORM for each in await self.store.questions.unfinished()):
            await self.engine.settled()
            await asyncio.sleep(_CATCH_UP_S)


@asynccontextmanager
async def open_room(
    settings: RagSettings,
    terminal: Terminal,
    *,
    starter: bool,
    database_url: SecretStr | None = None,
) -> AsyncIterator[Room]:
    """Everything for a chat in the terminal, with the engine running; closed at the end of the block.

    Raises:
        RagError: the library or the store cannot be opened.
    """
    from bot.store.opening import open_store
    from rag.build import open_rag

    async with open_rag(settings) as rag, open_store(database_url, home=settings.home) as store:
        if starter:
            await add_starter(rag, terminal)
        async with open_engine(rag, store, terminal) as opened:
            yield opened


@asynccontextmanager
async def open_engine(rag: Rag, store: Books, terminal: Terminal) -> AsyncIterator[Room]:
    """The engine of a terminal over a library and a store that are open, running until the end of the block."""
    opened = _room(rag, store, terminal)
    for left in await store.questions.unfinished():
        opened.chat.remember(left.message_id, left.text)
    running = asyncio.create_task(opened.engine.run())
    try:
        yield opened
    finally:
        opened.engine.close()
        await running


def _room(rag: Rag, store: Books, terminal: Terminal) -> Room:
    chat = ConsoleChat(terminal.out, folder=rag.home / _FILES)
    wording = load_wording(data_folder("prompts"))
    registry = all_commands(wording)

    def failure(error: RagError, language: Language) -> str:
        terminal.complain(f"advisor: {error}")
        return rag.answers.failure_text(error, language)

    async def documents() -> int:
        return (await rag.catalogue.counts()).documents

    assembly = Assembly(
        rag=rag,
        store=store,
        adapters={PLATFORM: chat},
        registry=registry,
        wording=wording,
        settings=CONSOLE_LIMITS,
        failure=failure,
        is_admin=lambda person: person.id == OWNER,
    )
    means = means_of(assembly)
    return Room(
        chat=chat,
        engine=assemble(assembly, means=means),
        remind=lambda: remind(means, now()),
        store=store,
        registry=registry,
        new_id=new_id,
        now=now,
        documents=documents,
        failure=failure,
    )
