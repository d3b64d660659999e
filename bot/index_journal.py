"""What an index run was up to when its program went down: one small file beside the index, gone when a run has ended.

It says which message shows the run, so that the next start can tell its readers what became of it. It names nobody.
"""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from rag.types import Language

_NAME = "index-run.json"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunNote:
    """A run that somebody started in a chat, and the message that shows it, by the fields of its place.

    `message` is "" until the message is posted. `told` says that the readers know that it was broken off, `announced`
    that the admins' channel does.
    """

    id: str
    since: datetime
    language: Language
    platform: str
    workspace: str
    channel: str
    thread: str
    kind: str
    message: str
    told: bool = False
    announced: bool = False


_NOTE = TypeAdapter(RunNote)


class IndexJournal:
    """The note of the run under way, or of the last one that was broken off.

    A file that cannot be written costs the report after a crash, and no run.
    """

    def __init__(self, home: Path) -> None:
        self._file = home / _NAME

    async def begin(self, note: RunNote) -> None:
        """A run is under way from now on."""
        await asyncio.to_thread(self._write, note)

    async def end(self) -> None:
        """No run is under way any more, and the end of the last one has been told."""
        await asyncio.to_thread(self._forget)

    async def tell(self, note: RunNote) -> None:
        """Remembers who has been told of a run that was broken off."""
        await asyncio.to_thread(self._write, note)

    async def left(self) -> RunNote | None:
        """The run that is under way or was broken off."""
        return await asyncio.to_thread(self._read)

    def _write(self, note: RunNote) -> None:
        beside = self._file.with_suffix(".new")
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_NOTE.dump_json(note))
            beside.replace(self._file)
        except OSError as error:
            log.warning("index_run_not_noted", extra={"error": str(error)})

    def _forget(self) -> None:
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("index_run_not_noted", extra={"error": str(error)})

    def _read(self) -> RunNote | None:
        try:
            return _NOTE.validate_json(self._file.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            log.warning("index_run_not_read", extra={"error": type(error).__name__})
            return None
