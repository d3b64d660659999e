"""Puts the terminal's chat together: library, store, delivery, handlers and engine, opened and closed in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.assembly import (
    Assembly,
    Failure,
    assemble,
    inputs_of,
    means_of,
    new_id,
    now,
    oversight_of,
    runs_of,
    schedules_of,
)
from bot.commands.books import Books
from bot.commands.call import Means
from bot.commands.catalogue import all_commands
from bot.commands.registry import Registry
from bot.commands.reindex_recovery import tell_of_broken_run
from bot.commands.risk_reminders import remind
from bot.console.adapter import ConsoleChat
from bot.console.rules import TerminalRules
from bot.console.typed import OWNER, PLATFORM, person
from bot.console.upkeep import Upkeep, keep_watching
from bot.engine.engine import Engine
from bot.inputs.desk import InputDesk
from bot.inputs.keeping import Times, wait_for
from bot.inputs.values import InputRules
from bot.limits import EngineSettings
from bot.operations import Terminal, add_starter
from bot.oversight import Oversight, keep_overseeing
from bot.privacy_settings import PrivacySettings
from bot.rights import Rights
from bot.scheduler import keep_schedules
from bot.schedules.keeper import Watch
from bot.scheduling import Scheduling
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
_LOOK_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a session in the terminal needs. `remind` says what is due by now, `upkeep` reads it."""

    chat: ConsoleChat
    engine: Engine
    store: Books
    registry: Registry
    new_id: Callable[[], str]
    now: Callable[[], datetime]
    documents: Callable[[], Awaitable[int]]
    failure: Failure
    remind: Callable[[], Awaitable[object]]
    upkeep: Upkeep | None

    async def left_open(self) -> int:
        """How many questions of the terminal are unanswered."""
        return sum(each.place.platform == PLATFORM for each in await self.store.questions.unfinished())

    async def caught_up(self) -> None:
        """Returns when what an earlier run left unanswered in the terminal is answered."""
        while await self.left_open():
            await self.engine.settled()
            await asyncio.sleep(_CATCH_UP_S)


@asynccontextmanager
async def open_room(
    settings: RagSettings,
    terminal: Terminal,
    *,
    starter: bool,
    database_url: SecretStr | None = None,
    rules: TerminalRules | None = None,
) -> AsyncIterator[Room]:
    """Everything for a chat in the terminal, with the engine running; closed at the end of the block.

    Raises:
        RagError: the library or the store cannot be opened.
    """
    from bot.store.opening import open_store
    from bot.store.settling import settle_home
    from rag.build import open_rag

    await settle_home(settings)
    async with open_rag(settings) as rag, open_store(database_url, home=settings.home) as store:
        if starter:
            await add_starter(rag, terminal)
        async with open_engine(rag, store, terminal, rules=rules) as opened:
            yield opened


@asynccontextmanager
async def open_engine(
    rag: Rag,
    store: Books,
    terminal: Terminal,
    *,
    rules: TerminalRules | None = None,
) -> AsyncIterator[Room]:
    """The engine of a terminal over a library and a store that are open, running until the end of the block."""
    chat = ConsoleChat(terminal.out, folder=rag.home / _FILES)
    scheduling = schedules_of(rag, store, load_wording(data_folder("prompts")), adapters={PLATFORM: chat})
    rules, oversight = rules or TerminalRules(), oversight_of(rag, store, CONSOLE_LIMITS)
    assembly = _assembly(rag, store, terminal, scheduling, rules.rights.with_owner(person(OWNER)), oversight)
    assembly = replace(assembly, inputs=_inputs(assembly, rules.inputs))
    means = means_of(assembly)
    upkeep = _upkeep(assembly, terminal)
    opened = _room(assembly, means, chat, upkeep)
    for left in await store.questions.unfinished():
        opened.chat.remember(left.message_id, left.text)
        for post in await store.posts.of_question(left.id):
            opened.chat.recall(post.message_id, left.message_id)
    if means.keeper is not None:
        await means.keeper.settle()
    running = asyncio.create_task(opened.engine.run())
    keeper = scheduling.keeper(means, Watch(now=now, sleep=asyncio.sleep, new_id=new_id))
    try:
        async with (
            keep_overseeing(oversight),
            keep_watching(upkeep),
            keep_schedules(keeper, scheduling.desk.changed, every_s=_LOOK_S, patience_s=1.0) as begin,
        ):
            begin()
            yield opened
    finally:
        opened.engine.close()
        await running


def _inputs(assembly: Assembly, rules: InputRules) -> InputDesk | None:
    runs = assembly.index
    return inputs_of(assembly.rag, assembly.store, runs, rules) if runs else None


def _upkeep(assembly: Assembly, terminal: Terminal) -> Upkeep | None:
    if assembly.inputs is None or assembly.index is None:
        return None
    return Upkeep(assembly.inputs, assembly.index, Times(now=now, new_id=new_id, wait=wait_for), terminal.err)


def _assembly(
    rag: Rag, store: Books, terminal: Terminal, scheduling: Scheduling, rights: Rights, oversight: Oversight
) -> Assembly:
    wording = scheduling.materials.wording

    def failure(error: RagError, language: Language) -> str:
        terminal.complain(f"advisor: {error}")
        return rag.answers.failure_text(error, language)

    return Assembly(
        rag=rag,
        store=store,
        adapters=scheduling.materials.adapters,
        registry=all_commands(wording),
        wording=wording,
        settings=CONSOLE_LIMITS,
        failure=failure,
        index=runs_of(rag),
        # Whoever sits at the terminal owns the machine on which it is kept.
        privacy=PrivacySettings(keep_days=0, notice=False),
        rights=rights,
        scheduling=scheduling,
        oversight=oversight,
        watching=oversight.meter,
    )


async def _remind(means: Means) -> None:
    at = now()
    await tell_of_broken_run(means, at)
    await remind(means, at)
    if means.files is not None:
        await means.files.resume(at)


def _room(assembly: Assembly, means: Means, chat: ConsoleChat, upkeep: Upkeep | None) -> Room:
    async def documents() -> int:
        return (await assembly.rag.catalogue.counts()).documents

    return Room(
        chat=chat,
        engine=assemble(assembly, means=means),
        remind=lambda: _remind(means),
        store=assembly.store,
        registry=assembly.registry,
        new_id=new_id,
        now=now,
        documents=documents,
        failure=assembly.failure,
        upkeep=upkeep,
    )
