"""What admins change while the bot runs: how much is taken on, and whether questions are answered at all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from pydantic import ValidationError

from bot.limits import EngineSettings
from bot.oversight_records import OversightBook
from rag.errors import InvalidInput

log = logging.getLogger(__name__)

LIMITS: Final = ("person_per_minute", "person_burst", "channel_per_minute", "channel_burst", "queue_size")
"""The settings of the engine that can be changed from a chat."""

_PREFIX, _MAINTENANCE = "limit.", "maintenance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """Questions are not answered, since when (as ISO 8601 has it), and what those who ask are told besides."""

    since: str
    message: str = ""


class Steering:
    """What holds at the moment. It survives a restart, and reaches all processes that share a store.

    Args:
        book: where it is kept.
        settings: what holds where nothing is kept.
        now: the time, aware and in UTC.
    """

    def __init__(self, book: OversightBook, settings: EngineSettings, *, now: Callable[[], datetime]) -> None:
        self._book = book
        self._settings = settings
        self._now = now
        self._set: Mapping[str, float] = {}
        self._listeners: list[Callable[[EngineSettings], None]] = []
        self.limits = settings
        self.maintenance: Maintenance | None = None

    def listen(self, changed: Callable[[EngineSettings], None]) -> None:
        """Be told of other limits from now on, and of those that hold at once."""
        self._listeners.append(changed)
        changed(self.limits)

    def origin(self, name: str) -> str:
        """Where the value of a limit comes from: `chat`, `program` or `default`."""
        if name in self._set:
            return "chat"
        same = getattr(self._settings, name) == EngineSettings.model_fields[name].default
        return "default" if same else "program"

    async def load(self) -> None:
        """Take up what is kept. Raises StoreFailed."""
        kept = await self._book.controls()
        limits = {name: kept[_PREFIX + name] for name in LIMITS if _PREFIX + name in kept}
        if limits != self._set:
            self._take_up(limits)
        self._maintain(kept.get(_MAINTENANCE))

    def checked(self, name: str, typed: str) -> float:
        """The value of a limit that somebody typed. Raises InvalidInput."""
        try:
            value = getattr(EngineSettings.model_validate({name: typed}), name)
        except ValidationError as error:
            raise InvalidInput(f"{name} = {typed!r}: {error.errors()[0]['msg']}") from error
        return int(value) if isinstance(value, int) else float(value)

    async def limit(self, name: str, value: float | None) -> None:
        """Set a limit, None to what the settings say, for all at once. Raises StoreFailed, InvalidInput."""
        if value is not None:
            self.checked(name, str(value))
        await self._book.set(_PREFIX + name, value, at=self._now())
        await self.load()

    async def maintain(self, message: str | None) -> None:
        """Begin to answer nobody but admins, with a message for those who ask; None ends it. Raises StoreFailed."""
        value = None if message is None else {"since": self._now().isoformat(), "message": message}
        await self._book.set(_MAINTENANCE, value, at=self._now())
        await self.load()

    def notice(self, person: str, place: str) -> str:
        """The claim of telling somebody of this maintenance: once for each place where they ask, whatever restarts.

        What it is made of cannot be told from it.
        """
        since = self.maintenance.since if self.maintenance else ""
        told = "\n".join((since, person, place)).encode()
        return f"maintenance/{blake2b(told, digest_size=16).hexdigest()}"

    def _take_up(self, limits: Mapping[str, float]) -> None:
        try:
            self.limits = EngineSettings.model_validate({**self._settings.model_dump(), **limits})
        except ValidationError as error:
            # What an earlier version allowed must not keep this one from answering.
            log.warning("kept_limits_not_used", extra={"error": error.errors()[0]["msg"]})
            return
        self._set = limits
        for changed in self._listeners:
            changed(self.limits)

    def _maintain(self, kept: Any) -> None:
        new = Maintenance(since=str(kept["since"]), message=str(kept["message"])) if isinstance(kept, dict) else None
        self.maintenance = new
