"""Files that people send on Discord, fetched from its own servers alone."""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp

from bot.attachments import check_size, read_within
from bot.chat import Attachment
from bot.discord_app.failures import delivering
from bot.errors import DeliveryFailed

_HOSTS = ("discordapp.com", "discordapp.net", "discord.com")


class Files:
    """Fetches files from Discord, or from the server that stands in for it.

    Args:
        session: what all requests go through.
        api_base_url: where Discord's REST interface is.
    """

    def __init__(self, session: aiohttp.ClientSession, *, api_base_url: str) -> None:
        self._session = session
        self._own = urlsplit(api_base_url)

    async def fetch(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """A file's content.

        Raises:
            DeliveryFailed: it is too large, lies elsewhere, or Discord does not hand it over.
        """
        self._check(attachment, limit_bytes=limit_bytes)
        with delivering(f"hand over the file {attachment.name!r}"):
            async with self._session.get(attachment.reference, allow_redirects=False) as response:
                if response.status != 200:
                    problem = f"Discord did not hand over the file {attachment.name!r} (status {response.status})"
                    raise DeliveryFailed(f"{problem}; its address lasts for a day")
                return await read_within(response, attachment, limit_bytes=limit_bytes)

    def _check(self, attachment: Attachment, *, limit_bytes: int) -> None:
        address = urlsplit(attachment.reference)
        host = address.hostname or ""
        of_discord = address.scheme == "https" and any(host == each or host.endswith(f".{each}") for each in _HOSTS)
        if not of_discord and (address.scheme, address.netloc) != (self._own.scheme, self._own.netloc):
            raise DeliveryFailed(f"the file {attachment.name!r} does not lie with Discord; send the file itself")
        check_size(attachment, limit_bytes=limit_bytes)
