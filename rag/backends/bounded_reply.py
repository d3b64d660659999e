"""A server's reply, read within bounds of size and time, whatever the server sends.

httpx limits how long nothing arrives, not how much arrives or how long a trickle lasts, and unpacks what is packed
without asking how large it becomes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

_UNPACKED = frozenset({"", "identity", "gzip", "deflate"})
"""Encodings that are read: each packet of them grows a thousandfold at most. Those of others may grow without end."""

ASKED = {"Accept-Encoding": "gzip, deflate"}
"""The header that asks for them."""

_TOLD_OF_A_REFUSAL = 4096
"""Bytes that are read of a reply that is no success: it is quoted in an error, and shortened there."""


class ReplyTooLarge(Exception):
    """More was sent than anybody asked for."""


class ReplyPacked(Exception):
    """It was sent in an encoding that nobody asked for, which is the exception's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundedReply:
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The content as text; what is none of UTF-8 is replaced."""
        return self.content.decode("utf-8", "replace")


async def bounded_reply(
    client: httpx.AsyncClient, request: httpx.Request, *, most_bytes: int, within_s: float
) -> BoundedReply:
    """Sends a request and reads the reply whole, or its beginning where it is a refusal.

    Raises:
        httpx.HTTPError: the server cannot be reached, or broke off.
        TimeoutError: it did not end in that time.
        ReplyTooLarge: it exceeds `most_bytes`.
        ReplyPacked: it is encoded in a way that was not asked for.
    """
    async with asyncio.timeout(within_s):
        response = await client.send(request, stream=True)
        try:
            return await _read(response, most_bytes)
        finally:
            await response.aclose()


async def _read(response: httpx.Response, most_bytes: int) -> BoundedReply:
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in _UNPACKED:
        raise ReplyPacked(encoding)
    refused = response.status_code != httpx.codes.OK
    content = bytearray()
    async for piece in response.aiter_bytes():
        content += piece
        if refused and len(content) >= _TOLD_OF_A_REFUSAL:
            break
        if len(content) > most_bytes:
            raise ReplyTooLarge
    kept = content[:_TOLD_OF_A_REFUSAL] if refused else content
    return BoundedReply(status=response.status_code, headers=response.headers, content=bytes(kept))
