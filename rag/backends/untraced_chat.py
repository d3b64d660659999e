"""LangChain's client for OpenAI's chat interface, without what it reports and takes unasked.

LangChain hands every prompt to the tracers that the environment asks for, and the client below it takes headers, keys
and addresses from the environment. Neither may happen: passages can be confidential, and settings have one place.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any, cast

import httpx2
import openai
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.runnables import RunnableConfig
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

_PLAIN_HEADERS = frozenset({"accept", "accept-encoding", "connection", "content-length", "content-type", "host"})


class UntracedChat(ChatOpenAI):
    """`ChatOpenAI` whose stream tells no callback, and is closed with its HTTP response when its reader leaves."""

    async def astream(
        self,
        input: LanguageModelInput,  # noqa: A002 (LangChain's name)
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[AIMessageChunk]:
        """What the model writes. `config` has no effect: it could bring callbacks along."""
        messages = self._convert_input(input).to_messages()
        # Past ChatOpenAI's own `_astream`, which leaves the closing of the response to the garbage collector.
        written = cast(AsyncGenerator[ChatGenerationChunk, None], super(ChatOpenAI, self)._astream(messages, **kwargs))
        async with aclosing(written) as chunks:
            async for chunk in chunks:
                chunk.message.response_metadata.update(chunk.generation_info or {})
                yield cast(AIMessageChunk, chunk.message)


class PlainCompletions:
    """OpenAI's completions as LangChain asks for them, streamed as the dictionaries that a server sends.

    OpenAI's own make a model of every token, which costs more than all that is done with it, and which LangChain makes
    a dictionary of again.
    """

    def __init__(self, client: openai.AsyncOpenAI) -> None:
        self._client = client

    async def create(
        self, *, extra_body: Mapping[str, object] | None = None, **body: object
    ) -> openai.AsyncStream[object]:
        """The pieces of one completion."""
        body |= extra_body or {}
        return await self._client.post(
            "/chat/completions", cast_to=object, body=body, stream=True, stream_cls=openai.AsyncStream[object]
        )


def open_http(*, key: SecretStr | None, timeout: httpx2.Timeout, connections: int) -> httpx2.AsyncClient:
    """Pooled connections that send the headers of the protocol, and `key` where there is one, and nothing else."""

    async def dress(request: httpx2.Request) -> None:
        for name in [name for name in request.headers if name.lower() not in _PLAIN_HEADERS]:
            del request.headers[name]
        request.headers["User-Agent"] = "startup-advisor"
        if key:
            request.headers["Authorization"] = f"Bearer {key.get_secret_value()}"

    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    # A redirect would carry the key to another address.
    return httpx2.AsyncClient(timeout=timeout, limits=limits, follow_redirects=False, event_hooks={"request": [dress]})


def make_chat(http: httpx2.AsyncClient, *, base_url: str, temperature: float) -> UntracedChat:
    """A chat client over `http`; the model's name comes with each call. Nothing is left for the environment to set."""
    chat = UntracedChat(
        model="named-with-each-call",
        base_url=base_url,
        api_key=_no_key,
        organization="",
        openai_proxy="",
        temperature=temperature,
        http_async_client=http,
        timeout=http.timeout,  # without one LangChain sends none at all, whatever `http` has
        max_retries=0,
        stream_usage=True,
        stream_chunk_timeout=None,
        use_responses_api=False,
        output_version="v0",
    )
    chat.async_client = PlainCompletions(chat.root_async_client)
    return chat


async def _no_key() -> str:
    """`open_http` adds the key. Given as a coroutine, so that no second client for synchronous calls is made."""
    return "none"
