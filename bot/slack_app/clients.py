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
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_app.refusal import Refusal
from bot.slack_settings import SlackSettings

_TOO_MANY, _FAILURES = 5, 2
"""How often a call is tried again that Slack put off, and one that went wrong. The SDK tries none of them again."""

_LONGEST_WAIT_S = 60
"""Who is put off for longer is told so, and does something else meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """One client for each way of trying again.

    `patient` waits where Slack asks for it and tries again what went wrong; `careful` only waits, for what must not be
    done twice: a message may have arrived though its answer got lost; `hasty` does neither. `refusal` sees all answers.
    """

    patient: AsyncWebClient
    careful: AsyncWebClient
    hasty: AsyncWebClient
    refusal: Refusal


class _Waits(AsyncRateLimitErrorRetryHandler):
    """Waits as Slack asks, within reason; not where a proxy asks, which may name a date that the SDK cannot read."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        asked = {name.lower(): values for name, values in response.headers.items()} if response else {}
        bearable = all(value.isdecimal() and int(value) <= _LONGEST_WAIT_S for value in asked.get("retry-after", ()))
        return bearable and await super()._can_retry_async(state=state, request=request, response=response, error=error)


class _TriesAgain(AsyncServerErrorRetryHandler):
    """Tries again what a server failed at, be it Slack's own or one on the way to it; the SDK knows two of them."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        return response is not None and response.status_code >= 500


def open_clients(settings: SlackSettings, session: aiohttp.ClientSession, *, token: SecretStr) -> Clients:
    """Clients that share one session."""
    refusal = Refusal()
    waits = _Waits(max_retry_count=_TOO_MANY)
    tries = (
        AsyncConnectionErrorRetryHandler(max_retry_count=_FAILURES),
        _TriesAgain(max_retry_count=_FAILURES),
    )

    def client(*handlers: AsyncRetryHandler) -> AsyncWebClient:
        return AsyncWebClient(
            token=token.get_secret_value(),
            base_url=settings.api_base_url,
            session=session,
            retry_handlers=[refusal, *handlers],
        )

    return Clients(patient=client(waits, *tries), careful=client(waits), hasty=client(), refusal=refusal)


def nameless_client(settings: SlackSettings, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client without a token, for Bolt, which is told the token with each event."""
    return AsyncWebClient(base_url=settings.api_base_url, session=session)
