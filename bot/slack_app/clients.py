"""Slack's methods, called with as much patience as each of them bears."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
from pydantic import SecretStr
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_settings import SlackSettings

_TOO_MANY, _FAILURES = 5, 2
"""How often a call is tried again that Slack put off, and one that went wrong. The SDK tries none of them again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """One client for each way of trying again.

    `patient` waits where Slack asks for it and tries again what went wrong; `careful` only waits, for what must not be
    done twice: a message may have arrived though its answer got lost; `hasty` does neither.
    """

    patient: AsyncWebClient
    careful: AsyncWebClient
    hasty: AsyncWebClient


def open_clients(settings: SlackSettings, session: aiohttp.ClientSession, *, token: SecretStr) -> Clients:
    """Clients that share one session."""
    waits = AsyncRateLimitErrorRetryHandler(max_retry_count=_TOO_MANY)
    tries = (
        AsyncConnectionErrorRetryHandler(max_retry_count=_FAILURES),
        AsyncServerErrorRetryHandler(max_retry_count=_FAILURES),
    )

    def client(*handlers: AsyncRetryHandler) -> AsyncWebClient:
        return AsyncWebClient(
            token=token.get_secret_value(),
            base_url=settings.api_base_url,
            session=session,
            retry_handlers=list(handlers),
        )

    return Clients(patient=client(waits, *tries), careful=client(waits), hasty=client())


def nameless_client(settings: SlackSettings, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client without a token, for Bolt, which is told the token with each event."""
    return AsyncWebClient(base_url=settings.api_base_url, session=session)
