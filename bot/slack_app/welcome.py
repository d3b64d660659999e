"""The agent view of Slack: questions to begin with where somebody opens a conversation, and its title."""

from __future__ import annotations

import textwrap

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import Message
from bot.slack_app.directory import Directory
from bot.slack_app.failures import delivering
from bot.slack_app.parse import Body
from bot.wording import Say, Wording
from rag.types import Language

_TITLE = 80


class Welcome:
    """What makes a conversation easy to begin and to find again.

    Args:
        client: one that tries each call once: these are courtesies.
        directory: tells what language somebody's Slack is in.
        wording: the questions.
    """

    def __init__(self, client: AsyncWebClient, directory: Directory, wording: Wording) -> None:
        self._client = client
        self._directory = directory
        self._wording = wording

    async def greet(self, event: Body) -> None:
        """Offers questions where somebody has opened a conversation; other events are let pass.

        Raises:
            DeliveryFailed: Slack does not show them.
        """
        match event.get("type"), event.get("tab"):
            case "app_home_opened", "messages":
                # Of the conversations behind the tab none is meant: a thread would have Slack show nothing.
                await self._offer(event["user"], channel=event["channel"])
            case "assistant_thread_started", _:
                thread = event["assistant_thread"]
                await self._offer(thread["user_id"], channel=thread["channel_id"], thread=thread["thread_ts"])
            case _:
                pass

    async def entitle(self, message: Message) -> None:
        """Names a conversation after the question that it begins with.

        Raises:
            DeliveryFailed: Slack does not take the name.
        """
        title = textwrap.shorten(message.text, _TITLE, placeholder=" …") or message.text[:_TITLE]
        with delivering("take a title"):
            await self._client.assistant_threads_setTitle(
                channel_id=message.place.channel, thread_ts=message.place.thread, title=title
            )

    async def _offer(self, user: str, *, channel: str, thread: str | None = None) -> None:
        language = await self._language(user)
        titles = self._wording.words("starter_title", language)
        prompts = [
            {"title": titles[key], "message": question}
            for key, question in self._wording.words("starter", language).items()
        ]
        with delivering("offer questions"):
            await self._client.assistant_threads_setSuggestedPrompts(
                channel_id=channel,
                thread_ts=thread,
                title=self._wording.say(Say.STARTERS, language),
                prompts=prompts,
            )

    async def _language(self, user: str) -> Language:
        profile = (await self._directory.look_up([user])).get(user)
        return Language.ZH if profile and profile.locale.lower().startswith("zh") else Language.EN
