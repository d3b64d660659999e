"""Answers what a platform asks of the running program: `bot.running.plugging.House`."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channel_rules import effective_settings
from bot.chat import CommandCall
from bot.engine.engine import Engine
from bot.ports import SettingsBook
from rag.errors import RagError


class Inquiries:
    """Asks the engine for proposals, and the store for the settings of channels."""

    def __init__(self, engine: Engine, settings: SettingsBook) -> None:
        self._engine = engine
        self._settings = settings

    async def complete(self, call: CommandCall, argument: str, typed: str) -> Sequence[str]:
        """Proposals; none where the library or the store is out of reach."""
        try:
            return await self._engine.propose(call, argument, typed)
        except RagError:
            return ()

    async def inline(self, channel_key: str) -> bool:
        """Whether answers stand in the channel; see `bot.running.plugging.House`."""
        return bool((await effective_settings(self._settings, channel_key)).inline)
