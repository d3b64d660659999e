"""Which workspaces have been registered: those on whose admins the library may rely.

Every method of a book raises `StoreFailed` when the store cannot be read or written. What returns has been committed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


def workspace_key(platform: str, workspace: str) -> str:
    """The name of a workspace in the store; those of its channels begin with it and a slash."""
    return f"{platform}/{workspace}"


class WorkspaceBook(Protocol):
    """Registered workspaces, by `workspace_key`."""

    async def since(self, key: str) -> datetime | None:
        """When a workspace was registered; None where it is not."""
        ...

    async def register(self, key: str, *, at: datetime) -> bool:
        """Register a workspace; False when it is registered already."""
        ...

    async def leave(self, key: str) -> bool:
        """Take a registration back, and with it the labels of all of its channels; False when there was none."""
        ...
