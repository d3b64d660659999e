"""Fetches what strangers publish, over HTTP, from public addresses alone, within limits of size, time and redirects.

A name is looked up here, each of its addresses is checked, and the connection goes to the address that was checked:
what the name points to a moment later makes no difference.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

from rag.errors import UnreadableDocument

_REDIRECTS = 5
_MOVED = frozenset({301, 302, 303, 307, 308})
_NOT_MODIFIED = 304
_AGENT = "startup-advisor (feed reader)"

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host's name. Raises OSError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """By what a server knows which version was fetched."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came; `content` is None where nothing has changed since."""

    content: bytes | None
    validators: Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How much is taken; `allow_hosts` may have private addresses."""

    timeout_s: float = 20.0
    max_bytes: int = 5_000_000
    allow_hosts: frozenset[str] = frozenset()


async def look_up(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, by the machine's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Fetcher:
    """Fetches over one client, which whoever made it closes."""

    def __init__(self, client: httpx.AsyncClient, limits: FetchLimits, *, lookup: Lookup = look_up) -> None:
        self._client = client
        self._limits = limits
        self._lookup = lookup

    async def fetch(self, url: str, known: Validators) -> Answer:
        """The content of an address. Raises UnreadableDocument, which says why in words for an operator."""
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                return await self._followed(url, known)
        except TimeoutError as error:
            problem = f"it took longer than {self._limits.timeout_s:g} s"
            raise UnreadableDocument(url, problem=problem, remedy="try later, or set feeds.timeout_s") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            problem = f"it cannot be reached ({type(error).__name__})"
            raise UnreadableDocument(url, problem=problem, remedy="check the address") from error

    async def _followed(self, url: str, known: Validators) -> Answer:
        at = url
        for _ in range(_REDIRECTS + 1):
            request = await self._request(at, known, feed=url)
            response = await self._client.send(request, stream=True)
            try:
                if response.status_code in _MOVED and "location" in response.headers:
                    at = urljoin(at, response.headers["location"])
                    continue
                return await self._read(response, url)
            finally:
                await response.aclose()
        raise UnreadableDocument(
            url, problem=f"it redirects more than {_REDIRECTS} times", remedy="give the address where it ends"
        )

    async def _request(self, url: str, known: Validators, *, feed: str) -> httpx.Request:
        """A request that goes to an address that was checked, in the name of the host."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise UnreadableDocument(feed, problem="it leads to no web address", remedy="use http or https")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = await self._checked(parts.hostname, port, feed)
        shown = f"[{address}]" if ":" in address else address
        target = parts._replace(netloc=f"{shown}:{port}", fragment="").geturl()
        headers = {
            "Host": parts.netloc,
            "User-Agent": _AGENT,
            "Accept": "application/atom+xml, application/rss+xml, */*",
        }
        if known.etag:
            headers["If-None-Match"] = known.etag
        if known.modified:
            headers["If-Modified-Since"] = known.modified
        extensions = {"sni_hostname": parts.hostname} if parts.scheme == "https" else {}
        return self._client.build_request("GET", target, headers=headers, extensions=extensions)

    async def _checked(self, host: str, port: int, feed: str) -> str:
        addresses = await self._lookup(host, port)
        if not addresses:
            raise UnreadableDocument(feed, problem=f"{host!r} has no address", remedy="check the address")
        if host not in self._limits.allow_hosts and not all(_is_public(each) for each in addresses):
            problem = f"{host!r} has a private or local address"
            raise UnreadableDocument(feed, problem=problem, remedy="name the host in feeds.allow_hosts if it is yours")
        return addresses[0]

    async def _read(self, response: httpx.Response, url: str) -> Answer:
        validators = Validators(
            etag=response.headers.get("etag", ""), modified=response.headers.get("last-modified", "")
        )
        if response.status_code == _NOT_MODIFIED:
            return Answer(content=None, validators=validators)
        if response.status_code != httpx.codes.OK:
            problem = f"its server answered {response.status_code}"
            raise UnreadableDocument(url, problem=problem, remedy="check the address, or try later")
        content = bytearray()
        # Counted as it is unpacked: a small file may hold a large one.
        async for piece in response.aiter_bytes(65_536):
            content += piece
            if len(content) > self._limits.max_bytes:
                problem = f"it is larger than {self._limits.max_bytes / 1e6:g} MB"
                raise UnreadableDocument(url, problem=problem, remedy="set feeds.max_megabytes, or leave it out")
        return Answer(content=bytes(content), validators=validators)


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None) or found
    return inner.is_global and not inner.is_multicast and not inner.is_reserved
