"""Asks a site's robots.txt whether a page may be fetched, as RFC 9309 wants it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rag.ingest.fetching import AGENT, Fetcher, FetchFailed, Reason, Validators

if TYPE_CHECKING:
    from protego import Protego

_KEPT = timedelta(hours=24)
_MOST_BYTES = 512_000
"""What is read of a robots.txt: RFC 9309, 2.5, asks for at least 500 KiB."""

_SERVER_ERRORS = range(500, 600)
_MOST_SITES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """What a site said; None where it says nothing, which allows everything."""

    parsed: Protego | None
    read_at: datetime


class Robots:
    """Remembers the rules of sites for a day.

    A site without the file allows everything, one whose server fails or cannot be reached allows nothing for the time
    being (RFC 9309, 2.3.1).
    """

    def __init__(self, fetcher: Fetcher, *, now: Callable[[], datetime]) -> None:
        self._fetcher = fetcher
        self._now = now
        self._sites: dict[str, _Rules] = {}

    async def check(self, url: str) -> None:
        """Refuse an address that its site wants left alone. Raises FetchFailed."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return  # the fetcher refuses it in better words
        rules = await self._rules(f"{parts.scheme}://{parts.netloc}", url)
        if rules.parsed is not None and not rules.parsed.can_fetch(url, AGENT):
            problem = "its site asks programs not to read it (robots.txt)"
            remedy = "ask the site, or save the page as a file and add that"
            raise FetchFailed(url, Reason.ROBOTS, problem=problem, remedy=remedy)

    async def _rules(self, site: str, url: str) -> _Rules:
        known = self._sites.get(site)
        if known is None or self._now() - known.read_at > _KEPT:
            known = _Rules(parsed=await self._asked(site, url), read_at=self._now())
            self._sites[site] = known
            while len(self._sites) > _MOST_SITES:
                del self._sites[next(iter(self._sites))]
        return known

    async def _asked(self, site: str, url: str) -> Protego | None:
        from protego import Protego

        try:
            answer = await self._fetcher.fetch(f"{site}/robots.txt", Validators())
        except FetchFailed as error:
            if error.reason in {Reason.STATUS, Reason.NOTHING} and int(error.value) not in _SERVER_ERRORS:
                return None
            if error.reason in {Reason.PRIVATE, Reason.ADDRESS, Reason.LARGE}:
                # A robots.txt may not lead inside either; one that is no robots.txt by its size is none.
                raise FetchFailed(url, error.reason, error.value, problem=error.problem, remedy=error.remedy) from error
            problem = f"its site's robots.txt cannot be read ({error.problem})"
            raise FetchFailed(url, Reason.ROBOTS_AWAY, problem=problem, remedy="try later") from error
        # A mark of the encoding in front would hide the first rule (RFC 9309, 2.2: the file is UTF-8).
        return Protego.parse((answer.content or b"")[:_MOST_BYTES].decode("utf-8-sig", errors="replace"))
