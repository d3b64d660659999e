"""What `advisor doctor` says of the clock: whether it agrees with servers that are used anyway, and knows the zones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import aiohttp

from bot.findings import Finding, Status
from bot.settings import Settings

_CALL_S = 5.0
_WARN_S, _FAIL_S = 5, 300
"""Slack refuses what was signed more than five minutes ago; schedules are told to the minute."""

_MEND = "let the machine's clock be set: timedatectl set-ntp true, or chronyd"
_ZONES = "Asia/Shanghai"


async def examine_clock(settings: Settings, *, now: Callable[[], datetime]) -> AsyncIterator[Finding]:
    """One finding on the time zones, one on the time, which the first server of the settings that answers tells."""
    yield _zones()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_CALL_S)) as session:
        for url in _servers(settings):
            try:
                # Any answer will do, a refusal, too; no token goes along.
                async with session.head(url, allow_redirects=False) as response:
                    told = response.headers.get("Date", "")
                    here = now()
                yield _compared(parsedate_to_datetime(told), here, urlsplit(url).hostname or url)
                return
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
                continue
    text = f"{now().astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, not compared: no server of the settings tells the time"
    yield Finding(check="clock", status=Status.OK, text=text)


def _zones() -> Finding:
    known = available_timezones()
    if _ZONES in known:
        return Finding(check="clock", status=Status.OK, text=f"{len(known)} time zones are known")
    return Finding(
        check="clock",
        status=Status.FAIL,
        text="the time zones are not known: schedules cannot be kept",
        mend="pip install tzdata, or install the system's tzdata",
    )


def _servers(settings: Settings) -> Iterator[str]:
    """Addresses that the bot calls anyway."""
    if settings.slack.bot_token is not None:
        yield settings.slack.api_base_url
    if settings.discord.token is not None:
        yield settings.discord.api_base_url
    for endpoint in settings.llm.core.endpoints:
        yield endpoint.base_url
    if settings.rag.embeddings.base_url:
        yield str(settings.rag.embeddings.base_url)
    if settings.rag.chroma.url:
        yield settings.rag.chroma.url


def _compared(there: datetime, here: datetime, host: str) -> Finding:
    seconds = (here - there.replace(tzinfo=there.tzinfo or UTC)).total_seconds()
    if abs(seconds) <= _WARN_S:
        return Finding(check="clock", status=Status.OK, text=f"agrees with {host}")
    text = f"{abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} {host}"
    return Finding(check="clock", status=Status.FAIL if abs(seconds) >= _FAIL_S else Status.WARN, text=text, mend=_MEND)
