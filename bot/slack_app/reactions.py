"""The reaction that asks for an answer: Slack tells which message it was put on, and not what that says."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_app.failures import CALL_FAILED
from bot.slack_app.identity import Identity
from bot.slack_app.parse import Body

log = logging.getLogger(__name__)

_AROUND = 15
_PATIENCE_S = 1.5
"""Slack waits three seconds for an acknowledgement, which follows this."""


class Reactions:
    """Reads the message beneath a reaction.

    Args:
        client: one that tries each call once.
        identity: the bot itself, whose own messages ask nothing.
        name: the reaction's, without colons; "" for none.
    """

    def __init__(self, client: AsyncWebClient, identity: Identity, *, name: str) -> None:
        self._client = client
        self._identity = identity
        self._name = name

    async def completed(self, body: Body) -> Body:
        """A body as it came; that of our reaction with the message that it was put on."""
        event = body.get("event") or {}
        if event.get("type") != "reaction_added" or not self._is_ours(event):
            return body
        message = await self._message(event["item"]["channel"], event["item"]["ts"])
        return {**body, "event": {**event, "message": message}} if message else body

    def _is_ours(self, event: Body) -> bool:
        item, me = event.get("item") or {}, self._identity
        # A tone of skin stands behind the name.
        name = str(event.get("reaction") or "").partition("::")[0]
        asked = bool(self._name) and name == self._name and item.get("type") == "message"
        return asked and me.user not in {event.get("user"), event.get("item_user")}

    async def _message(self, channel: str, ts: str) -> dict[str, Any] | None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                # A reply is told with the beginning of its thread, which comes first.
                told = await self._client.conversations_replies(
                    channel=channel, ts=ts, oldest=ts, latest=ts, inclusive=True, limit=_AROUND
                )
            return next((each for each in told["messages"] if each["ts"] == ts), None)
        except CALL_FAILED as error:
            log.warning("reaction_not_followed", extra={"error": f"{type(error).__name__} {error}"})
            return None
