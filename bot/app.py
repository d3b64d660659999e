"""Where the program is put together: settings are loaded, the library is opened, a command's work is run on it."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import LoadedSettings, debug_wanted, load_settings
from rag.errors import IndexLocked, InvalidSettings
from rag.settings import Loading, ModelSettings

if TYPE_CHECKING:
    from bot.control.client import RemoteLibrary
    from bot.doctor import Examination
    from bot.library import Library, Shelf
    from bot.operations import Terminal
    from bot.running.plugging import AdapterFactory
    from bot.store_commands import Kept
    from rag.settings import RagSettings

_NICENESS = 10
"""Of 19: a process of the usual priority gets nine tenths of a core that both want."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One start of the program with the options that stand before the command's name."""

    config: Path | None = None
    home: Path | None = None
    give_way: Callable[[], None] = lambda: None
    """Lowers the priority of the process, where the process is the program's own."""

    def load(self) -> LoadedSettings:
        """Reads the settings. Raises InvalidSettings."""
        return load_settings(config=self.config, flags={"home": self.home})

    def open_home(self) -> RagSettings:
        """The core's settings, over a home folder that exists.

        Raises:
            InvalidSettings: a setting cannot work, or the folder cannot be made.
        """
        settings = self.load().settings.rag
        try:
            settings.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            problem = f"the home folder {str(settings.home)!r} cannot be made: {error.strerror}"
            raise InvalidSettings(f"{problem}; set ADVISOR_HOME to a folder that this user can write") from error
        return settings

    def with_library(self, work: Callable[[Library], Awaitable[int]]) -> int:
        """Does a piece of work on the library of the running bot, else on one opened here. Raises RagError."""
        return asyncio.run(_worked(work, self.open_home(), Loading.NOW))

    def with_index(self, work: Callable[[Library], Awaitable[int]]) -> int:
        """The same for work that answers nothing: no model is loaded before there is something to embed."""
        settings = self.open_home().model_copy(update={"model": ModelSettings()})
        return asyncio.run(_worked(work, settings, Loading.LATER))

    def with_catalogue(self, work: Callable[[Shelf], Awaitable[int]]) -> int:
        """Opens only the catalogue, which takes neither the index's lock nor a model. Raises RagError."""
        settings = self.open_home()

        async def opened() -> int:
            from bot.store.settling import settle_home
            from rag.build import open_catalogue

            async with _remote(settings) as remote:
                if remote is not None:
                    return await work(remote.catalogue)
            await settle_home(settings)
            async with open_catalogue(settings) as catalogue:
                return await work(catalogue)

        return asyncio.run(opened())

    def backup(self, terminal: Terminal, file: Path, *, with_keys: bool) -> int:
        """Has the running bot make a backup, else makes one. Raises RagError."""
        kept = self.kept()

        async def opened() -> int:
            from bot.store_commands import run_backup, show_backup

            async with _remote(kept.rag) as remote:
                if remote is not None:
                    show_backup(await remote.backup(file, keys=with_keys), terminal)
                    return 0
            return await run_backup(kept, terminal, file, with_keys=with_keys)

        return asyncio.run(opened())

    def remote(self, settings: RagSettings) -> AbstractAsyncContextManager[RemoteLibrary | None]:
        """The library of the running bot; None where none runs. Raises ControlFailed."""
        return _remote(settings)

    def kept(self) -> Kept:
        """What the program keeps and where, for the commands over that. Raises InvalidSettings."""
        from bot.store_commands import Kept

        return Kept(rag=self.open_home(), database_url=self.load().settings.database.url)

    def examinations(self) -> tuple[Examination, ...]:
        """What the doctor looks at besides the library."""
        from bot.discord_app.examination import examine_discord
        from bot.slack_app.checkup import examine_slack

        return (examine_slack, examine_discord)

    def run(self) -> int:
        """Runs the bot until it is told to stop. Raises RagError."""
        from bot.logs import configure_logs, secrets_of
        from bot.running.opening import RunSettings
        from bot.running.program import run_bot

        rag, settings = self.open_home(), self.load().settings
        configure_logs(settings.logs, secrets=secrets_of(settings), stream=sys.stderr)
        chosen = RunSettings(
            everything=settings,
            rag=rag,
            engine=settings.engine,
            admin=settings.admin,
            connections=settings.connections,
            database_url=settings.database.url,
            schedules=settings.schedules,
            digests=settings.digests,
            feeds=settings.feeds,
        )
        return run_bot(chosen, _platforms())


def _platforms() -> tuple[AdapterFactory, ...]:
    """The chats that `advisor run` connects to where they are set up. Their libraries take a second to import."""
    from bot.discord_app.connection import DiscordFactory
    from bot.slack_app.connection import SlackFactory

    return (SlackFactory(), DiscordFactory())


def _remote(settings: RagSettings) -> AbstractAsyncContextManager[RemoteLibrary | None]:
    from importlib import metadata

    from bot.control.reaching import open_remote

    return open_remote(settings.home, version=metadata.version("startup-advisor"), process=os.getpid())


async def _worked(work: Callable[[Library], Awaitable[int]], settings: RagSettings, loading: Loading) -> int:
    async with AsyncExitStack() as stack:
        return await work(await _open_library(settings, stack, loading))


async def _open_library(settings: RagSettings, stack: AsyncExitStack, loading: Loading) -> Library:
    """The running bot's library, else one opened here; a bot that starts meanwhile is asked after all."""
    from bot.store.settling import settle_home
    from rag.build import open_rag

    remote = await stack.enter_async_context(_remote(settings))
    if remote is not None:
        return remote
    try:
        await settle_home(settings)
        return await stack.enter_async_context(open_rag(settings, loading=loading))
    except IndexLocked:
        remote = await stack.enter_async_context(_remote(settings))
        if remote is None:
            raise
        return remote


def give_way() -> None:
    """Lowers the priority of this process, so that indexing delays nobody who asks on the same machine."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)


def open_terminal(*, json: bool) -> Terminal:
    """The terminal of this process: its streams take every character, warnings are logged to the standard error."""
    from bot.operations import Terminal

    logging.basicConfig(
        level=logging.INFO if debug_wanted() else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # JSON lines are UTF-8 whatever the locale says; text for people follows the locale as far as it goes.
            encoding = "utf-8" if json and stream is sys.stdout else None
            stream.reconfigure(encoding=encoding, errors="replace")
    return Terminal(json=json)
