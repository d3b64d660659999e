"""Files that people send on Slack, fetched with the bot's token, which goes to Slack alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

import aiohttp
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.attachments import check_size, read_within
from bot.chat import Attachment
from bot.errors import DeliveryFailed
from bot.slack_app.failures import delivering
from bot.slack_app.interactions import BY_ID, attachments

log = logging.getLogger(__name__)

_PATIENCE_S = 1.0
"""Slack waits three seconds for an acknowledgement, which follows the asking for names."""


class Files:
    """Fetches files from Slack, or from the server that stands in for it.

    Args:
        session: what all requests go through.
        client: asks for what Slack has not told of a file.
        token: the bot's.
        api_base_url: where Slack's methods are.
    """

    def __init__(
        self, session: aiohttp.ClientSession, client: AsyncWebClient, *, token: SecretStr, api_base_url: str
    ) -> None:
        self._session = session
        self._client = client
        self._token = token
        self._own = urlsplit(api_base_url)

    async def named(self, sent: Sequence[Attachment]) -> tuple[Attachment, ...]:
        """Files with their names, also those of shared channels, of which events tell the id alone.

        One of which nothing is told in time stays as it is, and is asked for again when it is fetched.
        """
        return tuple(await asyncio.gather(*map(self._named, sent)))

    async def fetch(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """A file's content.

        Raises:
            DeliveryFailed: it is too large, lies elsewhere, or Slack does not hand it over.
        """
        attachment = await self._told(attachment)
        self._check(attachment, limit_bytes=limit_bytes)
        headers = {"Authorization": f"Bearer {self._token.get_secret_value()}"}
        with delivering(f"hand over the file {attachment.name!r}"):
            async with self._session.get(attachment.reference, headers=headers, allow_redirects=False) as response:
                if response.status != 200 or _is_sign_in(response, attachment):
                    problem = f"Slack did not hand over the file {attachment.name!r} (status {response.status})"
                    raise DeliveryFailed(f"{problem}; the app needs the scope files:read")
                return await read_within(response, attachment, limit_bytes=limit_bytes)

    async def _named(self, attachment: Attachment) -> Attachment:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await self._told(attachment)
        except (DeliveryFailed, TimeoutError) as error:
            log.info("file_not_named", extra={"error": str(error)})
            return attachment

    async def _told(self, attachment: Attachment) -> Attachment:
        file_id = attachment.reference.removeprefix(BY_ID)
        if file_id == attachment.reference:
            return attachment
        with delivering(f"tell of the file {file_id!r}"):
            answer = await self._client.files_info(file=file_id)
        told = next(iter(attachments([answer.get("file") or {}])), attachment)
        if told.reference.startswith(BY_ID):
            raise DeliveryFailed(f"Slack does not tell where the file {file_id!r} is")
        return told

    def _check(self, attachment: Attachment, *, limit_bytes: int) -> None:
        address = urlsplit(attachment.reference)
        of_slack = address.scheme == "https" and (address.hostname or "").endswith(".slack.com")
        if not of_slack and (address.scheme, address.netloc) != (self._own.scheme, self._own.netloc):
            raise DeliveryFailed(f"the file {attachment.name!r} does not lie with Slack; share the file itself")
        check_size(attachment, limit_bytes=limit_bytes)


def _is_sign_in(response: aiohttp.ClientResponse, attachment: Attachment) -> bool:
    """Slack answers a token that lacks the scope with a page to sign in."""
    return response.content_type == "text/html" and not attachment.name.lower().endswith((".html", ".htm"))
