"""Language models behind OpenAI's chat interface, such as vLLM's, through LangChain."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, cast

import httpx2
import openai

from rag.authorship import Usage
from rag.backends.openai_failures import UNREADABLE, chat_failure, told
from rag.backends.openai_models import ModelServer
from rag.backends.thoughts import ThoughtFilter
from rag.errors import ModelRefused, ModelUnavailable
from rag.ports import ChatMessage, Clock, ModelInfo, Piece
from rag.settings import ModelEndpoint, ModelSettings

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk

    from rag.backends.untraced_chat import UntracedChat

_SPARE_CONNECTIONS = 8
"""For questions about models and tokens while all places for answers are taken."""


class OpenAIChat:
    """One endpoint; implements `rag.ports.ChatModel`. Open it with `open_chat`."""

    def __init__(self, chat: UntracedChat, server: ModelServer, endpoint: ModelEndpoint) -> None:
        self._chat = chat
        self._server = server
        self._settings = endpoint
        self.endpoint = endpoint.base_url

    async def info(self) -> ModelInfo:
        """Name and context length; see `rag.ports.ChatModel`."""
        return await self._server.info()

    async def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        """Tokens of a prompt; see `rag.ports.ChatModel`."""
        return await self._server.count_tokens(messages)

    async def stream(self, messages: Sequence[ChatMessage], *, most_tokens: int) -> AsyncGenerator[Piece, None]:
        """What the model writes; see `rag.ports.ChatModel`. Whoever leaves early closes it, and the connection."""
        name = (await self.info()).name
        usage: Usage | None = None
        begun = finished = False
        answer = ThoughtFilter()
        try:
            async with aclosing(self._chunks(messages, name, most_tokens)) as chunks:
                async for chunk in chunks:
                    usage = _usage(chunk) or usage
                    finished = finished or "finish_reason" in chunk.response_metadata
                    if isinstance(chunk.content, str) and (text := answer.passed(chunk.content)):
                        begun = True
                        yield Piece(text=text)
        except (openai.OpenAIError, httpx2.HTTPError, *UNREADABLE) as error:
            failure = chat_failure(self._settings, error, begun=begun)
            if isinstance(failure, ModelRefused):
                self._server.forget()
            raise failure from error
        if not finished:  # a connection that ends without a length ends the same way whether all has come or not
            raise ModelUnavailable(told(self._settings, "ended its answer without saying that it is complete"))
        if text := answer.rest():
            yield Piece(text=text)
        if usage:
            yield Piece(usage=usage)

    def _chunks(
        self, messages: Sequence[ChatMessage], name: str, most_tokens: int
    ) -> AsyncGenerator[AIMessageChunk, None]:
        prompt = [{"role": message.role.value, "content": message.text} for message in messages]
        # Under the older name, which every server knows; LangChain would use the one that OpenAI prefers.
        written = self._chat.astream(prompt, model=name, extra_body={"max_tokens": most_tokens})
        return cast("AsyncGenerator[AIMessageChunk, None]", written)


@asynccontextmanager
async def open_chat(
    endpoint: ModelEndpoint, settings: ModelSettings, *, clock: Clock = time.monotonic
) -> AsyncGenerator[OpenAIChat, None]:
    """One endpoint on pooled connections, which are closed at the end. No request is made before it is used."""
    untraced = await asyncio.to_thread(import_module, "rag.backends.untraced_chat")  # takes seconds
    patience_s = max(settings.first_token_s, settings.stall_s)
    timeout = httpx2.Timeout(patience_s, connect=settings.connect_s)
    connections = settings.concurrency + _SPARE_CONNECTIONS
    async with untraced.open_http(key=endpoint.api_key, timeout=timeout, connections=connections) as http:
        chat = untraced.make_chat(http, base_url=endpoint.base_url, temperature=settings.temperature)
        yield OpenAIChat(chat, ModelServer(http, endpoint, clock=clock), endpoint)


@asynccontextmanager
async def open_chats(
    settings: ModelSettings, *, clock: Clock = time.monotonic
) -> AsyncGenerator[tuple[OpenAIChat, ...], None]:
    """All endpoints of the settings, in their order."""
    async with AsyncExitStack() as stack:
        yield tuple(
            [
                await stack.enter_async_context(open_chat(endpoint, settings, clock=clock))
                for endpoint in settings.endpoints
            ]
        )


def _usage(chunk: AIMessageChunk) -> Usage | None:
    counted = chunk.usage_metadata
    if not counted:
        return None
    cached = counted.get("input_token_details", {}).get("cache_read")
    return Usage(prompt=counted["input_tokens"], completion=counted["output_tokens"], cached=cached or 0)
