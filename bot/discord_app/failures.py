"""Discord's errors as ours: what a person or an operator has to know, and whether trying again may help."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord

from bot.errors import AdapterFailed, DeliveryFailed

_SOON_S = 2.0
_PORTAL = "discord.com/developers/applications"
OLD_MESSAGE = 30046
"""Too many edits of a message that is older than an hour: a new one has to take its place."""

_TOO_LARGE = 40005
UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_INTERACTION = 10062
ACKNOWLEDGED = 40060
"""An interaction that has its first response."""

MISSING_PERMISSIONS = 50013
GONE = frozenset({10015, UNKNOWN_INTERACTION, 50027})
"""Codes of an interaction that takes no answer any more: an unknown or invalid webhook, as which it is answered."""

NO_HISTORY = 160002
"""A message that may answer none: the bot may not read what was said before."""

SHUT = frozenset({UNKNOWN_CHANNEL, 50001, MISSING_PERMISSIONS, 50083, 160005})
"""Codes of a thread that takes no message: gone, hidden, closed to the bot, archived, locked."""

_CLOSED = {
    4004: f"the token of ADVISOR_DISCORD_TOKEN was revoked; reset it on the page “Bot” at {_PORTAL}",
    4010: "the gateway does not know this shard; the server behind ADVISOR_DISCORD_GATEWAY_URL may be a wrong one",
    4011: "the bot is in more servers than one connection may serve",
    4012: "the gateway speaks another version; update the bot",
    4013: "the gateway does not know an intent; update the bot",
}
UNKNOWN_TOKEN = (
    "Discord does not know the token of ADVISOR_DISCORD_TOKEN; copy it anew from the page “Bot” of your app at "
    f"{_PORTAL}"
)
CONTENT_REFUSED = (
    "Discord has not granted the Message Content Intent: switch it on on the page “Bot” at "
    f"{_PORTAL}, or set ADVISOR_DISCORD_MESSAGE_CONTENT=off, with which follow-ups need a mention"
)


def refused(error: BaseException) -> AdapterFailed:
    """Why there is no connection to Discord, in a sentence."""
    match error:
        case AdapterFailed():
            return error
        case discord.LoginFailure():
            return AdapterFailed(UNKNOWN_TOKEN, retryable=False)
        case discord.PrivilegedIntentsRequired():
            return AdapterFailed(CONTENT_REFUSED, retryable=False)
        case discord.ConnectionClosed():
            mend = _CLOSED.get(error.code, "it is opened anew")
            problem = f"Discord closed the connection ({error.code}): {mend}"
            return AdapterFailed(problem, retryable=error.code not in _CLOSED)
        case discord.HTTPException():
            return AdapterFailed(f"Discord answers {error.status}", retryable=True)
        case _:
            unread = isinstance(error, LookupError | TypeError | AttributeError)
            what = "what answers is not Discord as the bot knows it" if unread else "Discord is out of reach"
            return AdapterFailed(f"{what}: {type(error).__name__} {error}", retryable=True)


@contextmanager
def delivering(what: str) -> Iterator[None]:
    """Turns what Discord or the network raises while `what` is done into DeliveryFailed."""
    try:
        yield
    except discord.RateLimited as error:
        problem = f"Discord asks for patience to {what}"
        raise DeliveryFailed(problem, retry_after_s=error.retry_after) from error
    except discord.HTTPException as error:
        problem = f"Discord did not {what}: {error.status}, {error.code} {error.text}"
        raise DeliveryFailed(problem, retry_after_s=_patience_s(error)) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        problem = f"Discord could not be reached to {what}: {type(error).__name__} {error}"
        raise DeliveryFailed(problem, retry_after_s=_SOON_S) from error
    # The library itself stumbles over a few answers, such as a 429 that does not say how long to wait.
    except (discord.DiscordException, ValueError, TypeError, LookupError) as error:
        raise DeliveryFailed(f"Discord did not {what}: {type(error).__name__} {error}") from error


def code_of(error: DeliveryFailed) -> int:
    """Discord's own number of what went wrong; 0 where it gave none."""
    cause = error.__cause__
    return cause.code if isinstance(cause, discord.HTTPException) else 0


def is_too_large(error: DeliveryFailed) -> bool:
    """Whether Discord refused the size of what was sent; what stands before it may do so without a code."""
    cause = error.__cause__
    return isinstance(cause, discord.HTTPException) and (cause.status == 413 or cause.code == _TOO_LARGE)


def patience_of(error: DeliveryFailed) -> float:
    """For how many seconds Discord itself asks to be left alone; 0 where it does not."""
    cause = error.__cause__
    limited = isinstance(cause, discord.HTTPException) and cause.status == 429
    return (error.retry_after_s or 0.0) if limited else 0.0


def _patience_s(error: discord.HTTPException) -> float | None:
    """How long to wait until the next try; None where none will do.

    The library does not wait where a 429 does not look like Discord's own, such as one that came through a proxy.
    """
    if error.status >= 500:
        return _SOON_S
    if error.status != 429 or error.code == OLD_MESSAGE:
        return None
    headers = error.response.headers
    told = headers.get("Retry-After") or headers.get("X-RateLimit-Reset-After") or ""
    return max(_SOON_S, float(told)) if told.replace(".", "", 1).isdigit() else _SOON_S
