"""The library's connection to the gateway, but for what cannot be read: it would end with that, and begin anew.

What was told in between would be lost. A line that is no message of Discord's, or one that cannot be read, is left out,
and the session goes on; a compression that is broken is begun anew by a RESUME, after which Discord tells again what
was missed.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from bot.discord_app.completing import begun

log = logging.getLogger(__name__)

_BROKEN: Final = 4_000
"""The code with which a session is left that is to be resumed."""


class Gateway(DiscordWebSocket):
    """One connection of one shard."""

    _told_anything = False

    async def received_message(self, msg: Any, /) -> None:
        """Reads what came; see the library's own method."""
        text = await self._unpacked(msg) if isinstance(msg, bytes) else msg
        if text is None:
            return
        before = self.sequence
        told = begun(text, gateway=str(self.DEFAULT_GATEWAY), shard=self.shard_id or 0)
        try:
            await super().received_message(told)
        except (ValueError, TypeError, LookupError, AttributeError):
            # Without a session there is nothing that could go on: the supervisor begins anew, with growing pauses.
            if self.session_id is None or self._keep_alive is None:
                raise
            log.exception("gateway_line_not_read", extra={"shard": self.shard_id})
        self._told_anything = self._told_anything or self.sequence != before

    async def _unpacked(self, packed: bytes) -> str | None:
        """The text of a message, None of a part of one."""
        try:
            return self._decompressor.decompress(packed)
        except Exception:  # whichever way of compression the library has chosen
            if not self._told_anything:
                raise
            log.exception("gateway_compression_broken", extra={"shard": self.shard_id})
        await self.close(_BROKEN)
        raise ReconnectWebSocket(self.shard_id)
