"""Notices changes in folders while the program runs, by the system's own notices or, where those fail, by looking."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.ingest.formats import format_of
from rag.ingest.sidecar import SUFFIX

if TYPE_CHECKING:
    from watchfiles import Change

log = logging.getLogger(__name__)

_QUIET_MS = 1_000
"""A change is told when nothing else has changed for so long: a copied folder is one change."""

_LONGEST_MS = 15_000
"""Changes that never end are told after so long."""

_LOOK_MS = 10_000
"""How often files are looked at where the system gives no notices."""


async def changes(folders: Sequence[Path], stop: asyncio.Event) -> AsyncIterator[frozenset[Path]]:
    """The folders in which something has changed, again and again until `stop` is set.

    Hidden files and files that are no documents are passed over. Network drives give no notices of what others write
    there: that is found when the folder is looked through.
    """
    async for changed in _noticed(folders, stop):
        found = frozenset(folder for folder in folders if any(_concerns(folder, path) for path in changed))
        if found:
            yield found


async def _noticed(folders: Sequence[Path], stop: asyncio.Event) -> AsyncIterator[list[Path]]:
    from watchfiles import awatch

    for polling in (None, True):
        watched = awatch(
            *folders,
            stop_event=stop,
            watch_filter=_passes,
            debounce=_LONGEST_MS,
            step=_QUIET_MS,
            force_polling=polling,
            poll_delay_ms=_LOOK_MS,
            ignore_permission_denied=True,
        )
        try:
            async for seen in watched:
                yield [Path(path) for _, path in seen]
        except OSError as error:  # the system's limit of watched folders, or a folder that went away
            log.warning("folders_cannot_be_watched", extra={"error": type(error).__name__, "polling": bool(polling)})
            continue
        return


def _passes(change: Change, path: str) -> bool:
    """Whether a path may be a document, its metadata, or a folder of them."""
    found = Path(path)
    return format_of(found) is not None or found.name.endswith(SUFFIX) or not found.suffix or not found.exists()


def _concerns(folder: Path, path: Path) -> bool:
    """Whether a path lies in a folder and is not hidden there."""
    if folder != path and folder not in path.parents:
        return False
    return not any(part.startswith(".") for part in path.relative_to(folder).parts)
