"""The moment from which Slack takes the bot's token no more: methods tell of it where no event does."""

from __future__ import annotations

import asyncio
import logging

from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_app.failures import CALL_FAILED, TOKEN_REFUSED, code_of, refused_token

log = logging.getLogger(__name__)


class Refusal(AsyncRetryHandler):
    """Looks at all answers of Slack's, has none of them asked for again, and notices when one refuses the token."""

    def __init__(self) -> None:
        super().__init__(max_retry_count=0)
        self._noticed = asyncio.Event()

    async def can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        """Whether to ask again, which is left to other handlers."""
        body = response.body if response is not None else None
        if isinstance(body, dict) and body.get("error") in TOKEN_REFUSED:
            self._noticed.set()
        return False

    async def certain(self, client: AsyncWebClient) -> None:
        """Raises AdapterFailed when a token was refused, and still is when Slack is asked who it belongs to."""
        while True:
            await self._noticed.wait()
            try:
                await client.auth_test()
            except SlackApiError as error:
                if code_of(error) in TOKEN_REFUSED:
                    raise refused_token(error, setting="ADVISOR_SLACK_BOT_TOKEN") from error
            except CALL_FAILED as error:
                log.warning("token_not_checked", extra={"error": type(error).__name__})
            self._noticed.clear()
