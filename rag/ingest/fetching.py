"""Fetches what strangers publish, over HTTP, from public addresses alone, within limits of size, time and redirects.

A name is looked up here, each of its addresses is checked, and the connection goes to the address that was checked:
what the name points to a moment later makes no difference.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

import httpx

from rag.errors import UnreadableDocument

_REDIRECTS = 5
_MOVED = frozenset({301, 302, 303, 307, 308})
_NOT_MODIFIED = 304
_NOTHING = frozenset({404, 410})
AGENT = "startup-advisor"
"""The name that robots.txt may speak to."""

_USER_AGENT = f"{AGENT} (document reader)"
_CHARSET = re.compile(r"charset\s*=\s*\"?\s*([\w.:-]+)", re.IGNORECASE)

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host's name. Raises OSError."""

Leave = Callable[[str], Awaitable[None]]
"""Asked before each step, redirects included, whether an address may be fetched. Raises UnreadableDocument."""


class Reason(StrEnum):
    """Why something on the web could not be read."""

    SLOW = "slow"
    UNREACHABLE = "unreachable"
    REDIRECTS = "redirects"
    ADDRESS = "address"
    PRIVATE = "private"
    STATUS = "status"
    NOTHING = "nothing"
    LARGE = "large"
    ROBOTS = "robots"
    ROBOTS_AWAY = "robots_away"
    FORMAT = "format"
    NO_TEXT = "no_text"
    NO_FEED = "no_feed"


class FetchFailed(UnreadableDocument):
    """Something on the web cannot be read: `reason` by kind, `value` with what it names, such as a status."""

    def __init__(self, path: str, reason: Reason, value: str = "", *, problem: str, remedy: str) -> None:
        super().__init__(path, problem=problem, remedy=remedy)
        self.reason = reason
        self.value = value


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """By what a server knows which version was fetched."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came; `content` is None where nothing has changed since.

    `url` is where it came from after redirects, `media_type` and `charset` are what its server said of it.
    """

    content: bytes | None
    validators: Validators
    url: str = ""
    media_type: str = ""
    charset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How much is taken; `allow_hosts` may have private addresses. `group` is that of the settings they come from."""

    timeout_s: float = 20.0
    max_bytes: int = 5_000_000
    allow_hosts: frozenset[str] = frozenset()
    group: str = "feeds"
    accept: str = "application/atom+xml, application/rss+xml, */*"


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

    async def fetch(self, url: str, known: Validators, *, leave: Leave | None = None) -> Answer:
        """The content of an address. Raises FetchFailed, which says why in words for an operator."""
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                return await self._followed(url, known, leave)
        except TimeoutError as error:
            problem = f"it took longer than {self._limits.timeout_s:g} s"
            remedy = f"try later, or set {self._limits.group}.timeout_s"
            value = f"{self._limits.timeout_s:g}"
            raise FetchFailed(url, Reason.SLOW, value, problem=problem, remedy=remedy) from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            problem = f"it cannot be reached ({type(error).__name__})"
            raise FetchFailed(url, Reason.UNREACHABLE, problem=problem, remedy="check the address") from error

    async def _followed(self, url: str, known: Validators, leave: Leave | None) -> Answer:
        at = url
        for _ in range(_REDIRECTS + 1):
            if leave is not None:
                await leave(at)
            request = await self._request(at, known, feed=url)
            response = await self._client.send(request, stream=True)
            try:
                if response.status_code in _MOVED and "location" in response.headers:
                    at = urljoin(at, response.headers["location"])
                    continue
                return await self._read(response, url, at)
            finally:
                await response.aclose()
        problem, remedy = f"it redirects more than {_REDIRECTS} times", "give the address where it ends"
        raise FetchFailed(url, Reason.REDIRECTS, str(_REDIRECTS), problem=problem, remedy=remedy)

    async def _request(self, url: str, known: Validators, *, feed: str) -> httpx.Request:
        """A request that goes to an address that was checked, in the name of the host."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            problem = "it leads to no web address"
            raise FetchFailed(feed, Reason.ADDRESS, problem=problem, remedy="use http or https")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        # As the name system has it, where a name is written in other letters than Latin ones.
        asked = httpx.URL(url)
        host = asked.raw_host.decode("ascii")
        address = await self._checked(host, port, feed)
        shown = f"[{address}]" if ":" in address else address
        target = parts._replace(netloc=f"{shown}:{port}", fragment="").geturl()
        headers = {
            "Host": asked.netloc.decode("ascii"),
            "User-Agent": _USER_AGENT,
            "Accept": self._limits.accept,
        }
        if known.etag:
            headers["If-None-Match"] = known.etag
        if known.modified:
            headers["If-Modified-Since"] = known.modified
        extensions = {"sni_hostname": host} if parts.scheme == "https" else {}
        # All of it together is bounded above: a server may be slow to begin.
        return self._client.build_request("GET", target, headers=headers, extensions=extensions, timeout=None)

    async def _checked(self, host: str, port: int, feed: str) -> str:
        addresses = await self._lookup(host, port)
        if not addresses:
            problem = f"{host!r} has no address"
            raise FetchFailed(feed, Reason.UNREACHABLE, problem=problem, remedy="check the address")
        if host not in self._limits.allow_hosts and not all(_is_public(each) for each in addresses):
            problem = f"{host!r} has a private or local address"
            remedy = f"name the host in {self._limits.group}.allow_hosts if it is yours"
            raise FetchFailed(feed, Reason.PRIVATE, host, problem=problem, remedy=remedy)
        return addresses[0]

    async def _read(self, response: httpx.Response, url: str, at: str) -> Answer:
        validators = Validators(
            etag=response.headers.get("etag", ""), modified=response.headers.get("last-modified", "")
        )
        if response.status_code == _NOT_MODIFIED:
            return Answer(content=None, validators=validators, url=at)
        if response.status_code != httpx.codes.OK:
            problem = f"its server answered {response.status_code}"
            reason = Reason.NOTHING if response.status_code in _NOTHING else Reason.STATUS
            value = str(response.status_code)
            raise FetchFailed(url, reason, value, problem=problem, remedy="check the address, or try later")
        content = bytearray()
        # Counted as it is unpacked: a small file may hold a large one.
        async for piece in response.aiter_bytes(65_536):
            content += piece
            if len(content) > self._limits.max_bytes:
                problem = f"it is larger than {self._limits.max_bytes / 1e6:g} MB"
                remedy = f"set {self._limits.group}.max_megabytes, or leave it out"
                value = f"{self._limits.max_bytes / 1e6:g}"
                raise FetchFailed(url, Reason.LARGE, value, problem=problem, remedy=remedy)
        return _answer(response, bytes(content), validators, at)


def _answer(response: httpx.Response, content: bytes, validators: Validators, url: str) -> Answer:
    said = response.headers.get("content-type", "")
    charset = _CHARSET.search(said)
    return Answer(
        content=content,
        validators=validators,
        url=url,
        media_type=said.partition(";")[0].strip().lower(),
        charset=charset[1].lower() if charset else "",
    )


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None) or found
    local = inner.is_multicast or inner.is_reserved or getattr(inner, "is_site_local", False)
    return inner.is_global and not local
