"""The book of registered workspaces; implements `bot.workspace_records.WorkspaceBook`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, null, select, update

from bot.store.database import Database
from bot.store.models.conversing import channel_settings
from bot.store.models.workspaces import workspaces
from bot.store.statements import add_new


class SqlWorkspaces:
    """One row for each registered workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def since(self, key: str) -> datetime | None:
        """When a workspace was registered."""
        found = select(workspaces.c.registered_at).where(workspaces.c.key == key)
        return await self._database.read(lambda connection: connection.execute(found).scalar())

    async def register(self, key: str, *, at: datetime) -> bool:
        """Register a workspace."""
        values = {"key": key, "registered_at": at}
        return await self._database.write(lambda connection: add_new(connection, workspaces, values))

    async def leave(self, key: str) -> bool:
        """Take a registration back, and with it the labels of all of its channels."""
        gone = delete(workspaces).where(workspaces.c.key == key)
        own = channel_settings.c.channel_key.startswith(f"{key}/", autoescape=True)
        unlabelled = update(channel_settings).where(own).values(labels=null())

        def work(connection: Connection) -> bool:
            if connection.execute(gone).rowcount != 1:
                return False
            connection.execute(unlabelled)
            return True

        return await self._database.write(work)
