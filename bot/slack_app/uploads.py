"""Files that go out on Slack: beneath a message, or into the direct messages of one person."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import MessageRef, Person
from bot.remembered import Remembered
from bot.replies import File
from bot.slack_app import sizes
from bot.slack_app.direct import DirectMessages
from bot.slack_app.failures import delivering
from bot.slack_app.sizes import held

_MOST = 1_000


class Uploads:
    """Uploads files; beneath a message each once, however often the message is edited.

    Args:
        client: one that waits where Slack asks for it.
        direct: finds the direct messages with a person.
    """

    def __init__(self, client: AsyncWebClient, direct: DirectMessages) -> None:
        self._client = client
        self._direct = direct
        self._done: Remembered[tuple[str, str], File] = Remembered(_MOST)

    async def beneath(self, message: MessageRef, files: Sequence[File]) -> None:
        """Puts files into the thread of a message. Raises DeliveryFailed."""
        place = message.place
        for file in files:
            if self._done.get((message.id, file.name)) is None:
                await self._upload(file, channel=place.channel, thread=place.thread or message.id)
                self._done.keep((message.id, file.name), file)

    async def hand_over(self, person: Person, files: Sequence[File]) -> None:
        """Puts files where one person alone finds them. Raises DeliveryFailed.

        A line that one person sees cannot carry any.
        """
        channel = await self._direct.channel(person.id)
        for file in files:
            await self._upload(file, channel=channel)

    async def _upload(self, file: File, *, channel: str, thread: str | None = None) -> None:
        with delivering(f"take the file {file.name!r}"):
            await self._client.files_upload_v2(
                channel=channel,
                thread_ts=thread,
                filename=file.name,
                title=file.name,
                content=file.content,
                alt_txt=held(file.alt, sizes.ALT) or None,
            )
