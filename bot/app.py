"""Where the program is put together: settings are loaded, the library is opened, a command's work is run on it."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import LoadedSettings, debug_wanted, load_settings
from rag.errors import InvalidSettings

if TYPE_CHECKING:
    from bot.operations import Terminal
    from rag.build import Rag
    from rag.catalogue import Catalogue
    from rag.settings import RagSettings

_NICENESS = 10
"""Of 19: a process of the usual priority gets nine tenths of a core that both want."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One start of the program with the options that stand before the command's name."""

    config: Path | None = None
    home: Path | None = None

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

    def with_rag(self, work: Callable[[Rag], Awaitable[int]]) -> int:
        """Opens the whole core for a piece of work and returns its exit status. Raises RagError."""
        settings = self.open_home()

        async def opened() -> int:
            from rag.build import open_rag

            async with open_rag(settings) as rag:
                return await work(rag)

        return asyncio.run(opened())

    def with_catalogue(self, work: Callable[[Catalogue], Awaitable[int]]) -> int:
        """Opens only the catalogue, which takes neither the index's lock nor a model. Raises RagError."""
        settings = self.open_home()

        async def opened() -> int:
            from rag.build import open_catalogue

            async with open_catalogue(settings) as catalogue:
                return await work(catalogue)

        return asyncio.run(opened())


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
