"""The book of what channels have set; implements `bot.ports.SettingsBook`."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from bot.records import ChannelSettings, Respond
from bot.store.database import Database
from bot.store.models.conversing import channel_settings
from bot.store.statements import put
from rag.types import Language

# Made once: making a statement takes longer than running it.
_OF_CHANNEL = select(channel_settings).where(channel_settings.c.channel_key == bindparam("channel"))


class SqlChannels:
    """One row for each channel that has set something."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, channel_key: str) -> ChannelSettings:
        """A channel's settings; an unknown channel has set nothing."""
        which = {"channel": channel_key}
        row = await self._database.read(lambda connection: connection.execute(_OF_CHANNEL, which).first(), urgent=True)
        if row is None:
            return ChannelSettings()
        return ChannelSettings(
            respond=Respond(row.respond) if row.respond else None,
            follow_ups=row.follow_ups,
            inline=row.inline,
            language=Language(row.language) if row.language else None,
            labels=None if row.labels is None else frozenset(row.labels),
            other=row.other,
        )

    async def save(self, channel_key: str, settings: ChannelSettings) -> None:
        """Store a channel's settings in place of the earlier ones."""
        values = {
            "channel_key": channel_key,
            "respond": settings.respond.value if settings.respond else None,
            "follow_ups": settings.follow_ups,
            "inline": settings.inline,
            "language": settings.language.value if settings.language else None,
            "labels": None if settings.labels is None else sorted(settings.labels),
            "other": dict(settings.other),
        }
        await self._database.write(lambda connection: put(connection, channel_settings, values))
