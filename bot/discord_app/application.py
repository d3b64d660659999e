"""What Discord tells of the application that a token belongs to, before anything connects with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.discord_app.failures import UNKNOWN_TOKEN
from bot.discord_settings import DiscordSettings
from bot.errors import AdapterFailed
from rag.errors import InvalidSettings

_MESSAGE_CONTENT = 1 << 18 | 1 << 19
"""The flags of an application to which the portal has granted the content of messages, in many servers or in few."""

_PATH = "/oauth2/applications/@me"
"""What the library asks as well when it signs in: whatever stands in for Discord answers it."""

_TURNED_AWAY = (
    "Discord turns this machine away (403), as it does for a while after too many requests that fail; "
    "a proxy on the way may do so, too"
)
_ACCEPTED = 2
"""The state of somebody who has accepted the invitation to a team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application; `owners` are users' ids.

    `reads_messages` says whether it may read those that do not mention it, None where Discord does not tell.
    """

    id: str
    name: str
    reads_messages: bool | None
    anybody_may_add: bool
    owners: frozenset[str] = frozenset()


def token_of(settings: DiscordSettings) -> str:
    """The token, as people copy it. Raises InvalidSettings when there is none."""
    token = settings.token.get_secret_value().strip().removeprefix("Bot ").strip() if settings.token else ""
    if not token:
        raise InvalidSettings("ADVISOR_DISCORD_TOKEN is not set; it is on the page “Bot” of your app")
    return token


async def application(session: aiohttp.ClientSession, settings: DiscordSettings) -> Application:
    """Asks Discord.

    Raises:
        InvalidSettings: there is no token.
        AdapterFailed: Discord is out of reach, or does not know the token.
    """
    headers = {"Authorization": f"Bot {token_of(settings)}"}
    try:
        async with session.get(f"{settings.api_base_url}{_PATH}", headers=headers) as response:
            if response.status == 401:
                raise AdapterFailed(UNKNOWN_TOKEN, retryable=False)
            if response.status == 403:
                raise AdapterFailed(_TURNED_AWAY, retryable=True)
            if response.status != 200:
                raise AdapterFailed(f"Discord answers {response.status}", retryable=True)
            told = await response.json(content_type=None)
            return Application(
                id=str(told["id"]),
                name=str(told.get("name", "")),
                reads_messages=bool(int(told["flags"]) & _MESSAGE_CONTENT) if "flags" in told else None,
                anybody_may_add=bool(told.get("bot_public", True)),
                owners=_owners(told),
            )
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise AdapterFailed(f"Discord is out of reach: {type(error).__name__} {error}", retryable=True) from error
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise AdapterFailed(f"what answers at {settings.api_base_url} is not Discord", retryable=True) from error


def _owners(told: Mapping[str, Any]) -> frozenset[str]:
    """The people whose application it is: the members of its team, where it has one, else one person."""
    team = told.get("team") or {}
    members = [each["user"] for each in team.get("members") or () if each.get("membership_state") == _ACCEPTED]
    people = members if team else [told.get("owner") or {}]
    return frozenset(str(each["id"]) for each in people if each.get("id"))
