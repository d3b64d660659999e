"""Reads files that people send, no further than they may be long; where they lie is each platform's own matter."""

from __future__ import annotations

import aiohttp

from bot.chat import Attachment
from bot.errors import DeliveryFailed

_BLOCK = 65_536


def check_size(attachment: Attachment, *, limit_bytes: int) -> None:
    """Raises DeliveryFailed for a file that says itself that it is too large."""
    if attachment.size > limit_bytes:
        raise _too_large(attachment, attachment.size, limit_bytes)


async def read_within(response: aiohttp.ClientResponse, attachment: Attachment, *, limit_bytes: int) -> bytes:
    """A file's content, whatever it says of its size. Raises DeliveryFailed as soon as it is too large."""
    content = bytearray()
    async for block in response.content.iter_chunked(_BLOCK):
        content += block
        if len(content) > limit_bytes:
            raise _too_large(attachment, len(content), limit_bytes)
    return bytes(content)


def _too_large(attachment: Attachment, size: int, limit_bytes: int) -> DeliveryFailed:
    return DeliveryFailed(f"the file {attachment.name!r} has {size} bytes or more; {limit_bytes} are allowed")
