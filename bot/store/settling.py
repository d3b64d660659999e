"""Finishes a restoring that was interrupted, before anything of the home is opened."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.settings import RagSettings

JOURNAL = "restore.journal"
"""Says which files of a home a restoring moves, from the first one to the last."""


def unsettled(home: Path) -> bool:
    """Whether a restoring was interrupted: the home must not be opened before `settle_home`."""
    return (home / JOURNAL).exists()


async def settle_home(settings: RagSettings) -> None:
    """Finishes what was interrupted, if anything was.

    Raises:
        IndexLocked: another process has the home.
        BackupFailed: the restoring cannot be finished.
    """
    if not await asyncio.to_thread(unsettled, settings.home):
        return
    from bot.store.restore import settle
    from rag.build import own_index

    async with own_index(settings):
        await settle(settings.home)
