"""Signing in to Slack: whether all is set that it takes, who the bot is there, and what it may do."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import AdapterFailed
from bot.slack_app.failures import CALL_FAILED, refused_token
from bot.slack_app.identity import Identity
from bot.slack_app.manifest import ESSENTIAL_SCOPES, SCOPES, lacking
from bot.slack_settings import SlackSettings
from rag.errors import InvalidSettings

log = logging.getLogger(__name__)

_CALL_S, _CONNECT_S = 30.0, 10.0
_OTHER_KINDS = ("xoxp-", "xoxc-", "xoxe-")
"""Tokens of a person, and those that renew others."""

_WHOLE_ORGANISATION = (
    "the app is installed for a whole organisation of Slack's, and the bot serves one workspace; "
    "at api.slack.com/apps install it in the workspace, and set that installation's token"
)
MEND = "add it, as `advisor slack manifest` has it, and install the app again"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The bot in its workspace; `granted` is None where Slack did not tell its scopes."""

    identity: Identity
    workspace: str
    granted: frozenset[str] | None


@asynccontextmanager
async def open_session() -> AsyncIterator[aiohttp.ClientSession]:
    """What all calls go through: with a session for each, a busy bot spends half its time on connecting."""
    timeout = aiohttp.ClientTimeout(total=_CALL_S, sock_connect=_CONNECT_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield session


def checked(settings: SlackSettings) -> SecretStr:
    """The bot token, when everything is set that the chosen mode needs. Raises InvalidSettings."""
    if settings.bot_token is None:
        raise InvalidSettings("ADVISOR_SLACK_BOT_TOKEN is not set; it is the token that begins with xoxb-")
    if settings.mode == "socket" and settings.app_token is None:
        problem = "slack.mode = 'socket' needs ADVISOR_SLACK_APP_TOKEN, the app-level token that begins with xapp-"
        raise InvalidSettings(f"{problem}; make one with the scope connections:write, or set slack.mode = 'http'")
    if settings.mode == "http" and settings.signing_secret is None:
        problem = "slack.mode = 'http' needs ADVISOR_SLACK_SIGNING_SECRET"
        raise InvalidSettings(f"{problem}; it is on the app's page “Basic Information”")
    for name, token, wrong in (("BOT", settings.bot_token, "xapp-"), ("APP", settings.app_token, "xoxb-")):
        if token is not None and (problem := _mixed_up(token.get_secret_value(), wrong)):
            raise InvalidSettings(f"ADVISOR_SLACK_{name}_TOKEN begins with {problem}")
    return settings.bot_token


def _mixed_up(token: str, wrong: str) -> str:
    """What is wrong with a token by the look of it, where `wrong` begins the other one; "" where nothing is."""
    if token.startswith(wrong):
        return f"{wrong!r}: the two tokens are mixed up; exchange them"
    if token.startswith(_OTHER_KINDS):
        return f"{token[:5]!r}, so it is of another kind; the bot token begins with xoxb-, the app token with xapp-"
    return ""


async def sign_in(client: AsyncWebClient) -> SignedIn:
    """Who the bot is.

    Raises:
        AdapterFailed: Slack is out of reach, or refuses the token.
    """
    try:
        told = await client.auth_test()
    except CALL_FAILED as error:
        raise refused_token(error, setting="ADVISOR_SLACK_BOT_TOKEN") from error
    granted = frozenset(filter(None, re.split(r"[,\s]+", told.headers.get("x-oauth-scopes") or "")))
    if told.get("is_enterprise_install"):
        raise AdapterFailed(_WHOLE_ORGANISATION, retryable=False)
    identity = Identity(
        team=told["team_id"],
        user=told["user_id"],
        bot=told.get("bot_id") or "",
        enterprise=told.get("enterprise_id") or "",
    )
    return SignedIn(identity=identity, workspace=told.get("team") or told["team_id"], granted=granted or None)


def check_scopes(granted: frozenset[str] | None) -> None:
    """Logs what will not work. Raises AdapterFailed where nothing would."""
    if granted is None:
        return
    if missing := sorted(ESSENTIAL_SCOPES - granted):
        problem = f"the bot token lacks the scope {missing[0]!r} ({SCOPES[missing[0]]})"
        raise AdapterFailed(f"{problem}; {MEND}", retryable=False)
    if wanting := lacking(granted):
        log.warning("slack_scopes_missing", extra={"scopes": "; ".join(wanting)})
