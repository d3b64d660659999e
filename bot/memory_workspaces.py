"""The book of registered workspaces in memory, for `bot.memory_store`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime


class MemoryWorkspaces:
    """Registered workspaces; see `bot.workspace_records.WorkspaceBook`.

    Args:
        unlabel: takes the labels from all channels whose keys begin so.
    """

    def __init__(self, unlabel: Callable[[str], None]) -> None:
        self._unlabel = unlabel
        self._since: dict[str, datetime] = {}

    async def since(self, key: str) -> datetime | None:
        """When a workspace was registered."""
        return self._since.get(key)

    async def register(self, key: str, *, at: datetime) -> bool:
        """Register a workspace."""
        if key in self._since:
            return False
        self._since[key] = at
        return True

    async def leave(self, key: str) -> bool:
        """Take a registration back, and with it the labels of all of its channels."""
        if self._since.pop(key, None) is None:
            return False
        self._unlabel(f"{key}/")
        return True
