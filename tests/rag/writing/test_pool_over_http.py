"""The pool over real servers on this machine: what a reader gets when one of them is killed or never answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager

import pytest

from rag.backends.openai_chat import open_chats
from rag.errors import ModelUnavailable
from rag.ports import ChatMessage, ChatModel, Role
from rag.settings import ModelEndpoint, ModelSettings
from rag.writing.pool import FailoverPool
from tests.doubles.openai_chat import Act, Refusal, chat_server, in_turn, says, silent_server


@asynccontextmanager
async def pool_of(*urls: str, first_token_s: float = 15.0) -> AsyncIterator[FailoverPool]:
    settings = ModelSettings(
        endpoints=tuple(ModelEndpoint(base_url=url) for url in urls), attempts=2, first_token_s=first_token_s
    )
    async with open_chats(settings) as models:
        yield FailoverPool(models, settings)


async def prompt(model: ChatModel) -> Sequence[ChatMessage]:
    messages = [ChatMessage(role=Role.USER, text="What is a runway?")]
    assert await model.count_tokens(messages) > 0
    return messages


async def written(pool: FailoverPool) -> str:
    async with aclosing(pool.stream(prompt, most_tokens=50)) as stream:
        return "".join([piece.text async for piece in stream])


async def test_a_connection_cut_before_the_first_word_is_made_again() -> None:
    with chat_server(in_turn([Act.DIE], ["Yes."])) as server:
        async with pool_of(server.url) as pool:
            assert await written(pool) == "Yes."
    assert len(server.chats()) == 2


@pytest.mark.parametrize(
    "reply", [[Act.DIE], Refusal(status=503), Refusal(status=401)], ids=["dies", "starts", "wants a key"]
)
async def test_the_second_server_writes_when_the_first_cannot(reply: Sequence[Act] | Refusal) -> None:
    with chat_server(in_turn(reply)) as first, chat_server(says("Yes.")) as second:
        async with pool_of(first.url, second.url) as pool:
            assert await written(pool) == "Yes."


async def test_the_second_server_writes_when_the_first_takes_the_request_and_never_answers() -> None:
    with silent_server() as silent, chat_server(says("Yes.")) as second:
        async with pool_of(silent, second.url, first_token_s=1.0) as pool:
            assert await written(pool) == "Yes."


async def test_a_server_killed_midway_leaves_what_it_wrote_and_an_error() -> None:
    with chat_server(says("Some", Act.DIE)) as first, chat_server(says("other")) as second:
        async with pool_of(first.url, second.url) as pool:
            stream = pool.stream(prompt, most_tokens=50)
            assert (await anext(stream)).text == "Some"
            with pytest.raises(ModelUnavailable, match="broke off"):
                await anext(stream)
        assert second.chats() == []


async def test_a_reader_who_leaves_the_pool_closes_the_connection() -> None:
    with chat_server(says("Some", Act.AWAIT_LEAVING)) as server:
        async with pool_of(server.url) as pool:
            stream = pool.stream(prompt, most_tokens=50)
            await anext(stream)
            await stream.aclose()
            assert await asyncio.to_thread(server.left.wait, 5)
