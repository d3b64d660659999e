"""Finds the bot that runs over a home. Cheap where none runs, as every command looks first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.control.address import read_address

if TYPE_CHECKING:
    from bot.control.client import RemoteLibrary


@asynccontextmanager
async def open_remote(home: Path, *, version: str, process: int) -> AsyncIterator[RemoteLibrary | None]:
    """The library of the bot that runs over a home, or None where none runs. A killed bot's address counts as none.

    Args:
        home: the folder of the library.
        version: this program's; the running bot has to be of the same one.
        process: this process's id, for whoever else wants the index.

    Raises:
        ControlFailed: a bot runs, but cannot be asked.
    """
    address = await asyncio.to_thread(read_address, home)
    if address is None:
        yield None
        return
    from bot.control.client import connect

    yield await connect(address, version=version, process=process)
