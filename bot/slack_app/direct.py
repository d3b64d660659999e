"""Direct messages by whom they are with: the home tab and forms of it tell a person, methods want the channel."""

from __future__ import annotations

from dataclasses import replace

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import MessageRef, Place
from bot.remembered import Remembered
from bot.slack_app.failures import delivering

_MOST = 5_000


class DirectMessages:
    """Finds the channel of the direct messages with a person. Slack posts to a person's id, and edits nothing by it.

    Args:
        client: one that waits where Slack asks for it.
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: Remembered[str, str] = Remembered(_MOST)

    async def place(self, place: Place) -> Place:
        """A place as Slack's methods take it. Raises DeliveryFailed."""
        if not place.channel.startswith(("U", "W")):
            return place
        return replace(place, channel=await self.channel(place.channel))

    async def message(self, message: MessageRef) -> MessageRef:
        """A message as Slack's methods take it. Raises DeliveryFailed."""
        return replace(message, place=await self.place(message.place))

    async def channel(self, person: str) -> str:
        """The channel of the direct messages with a person. Raises DeliveryFailed."""
        known = self._known.get(person)
        if known is None:
            with delivering("open direct messages"):
                opened = await self._client.conversations_open(users=person)
            known = str(opened["channel"]["id"])
            self._known.keep(person, known)
        return known
