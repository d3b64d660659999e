"""A language model over HTTP, spoken with a real server on this machine through the real SDK."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from rag.authorship import Usage
from rag.backends.openai_chat import OpenAIChat, open_chat
from rag.errors import ModelRefused, ModelUnavailable
from rag.ports import ChatMessage, Piece, Role
from rag.settings import ModelEndpoint, ModelSettings
from tests.doubles.openai_chat import MODEL, Act, Refusal, chat_server, in_turn, says

from .conftest import free_port, silent_server

KEY = "sk-s3cret"
SECRET_PASSAGE = "机密：收入四百万"
PROMPT = (
    ChatMessage(role=Role.SYSTEM, text="Answer from the passages."),
    ChatMessage(role=Role.USER, text=f"{SECRET_PASSAGE} how much revenue?"),
)


@asynccontextmanager
async def opened(url: str, *, limits: dict[str, Any] | None = None, **endpoint: Any) -> AsyncIterator[OpenAIChat]:
    async with open_chat(ModelEndpoint(base_url=url, **endpoint), ModelSettings(**(limits or {}))) as model:
        yield model


async def pieces(model: OpenAIChat) -> list[Piece]:
    async with aclosing(model.stream(PROMPT, most_tokens=50)) as stream:
        return [piece async for piece in stream]


async def written(model: OpenAIChat) -> str:
    return "".join(piece.text for piece in await pieces(model))


async def test_text_comes_in_pieces_and_the_last_one_has_the_usage() -> None:
    with chat_server(says("收入", " is 4", "00."), cached=5) as server:
        async with opened(server.url) as model:
            assert await pieces(model) == [
                Piece(text="收入"),
                Piece(text=" is 4"),
                Piece(text="00."),
                Piece(usage=Usage(prompt=12, completion=3, cached=5)),
            ]


async def test_a_request_holds_the_prompt_the_limits_and_the_key_and_nothing_of_the_sdk() -> None:
    with chat_server(says("ok")) as server:
        async with opened(server.url, api_key=SecretStr(KEY), limits={"temperature": 0.3}) as model:
            await pieces(model)
    (request,) = server.chats()
    assert request.body["messages"] == [{"role": each.role.value, "content": each.text} for each in PROMPT]
    assert {name: request.body[name] for name in ("model", "max_tokens", "temperature", "stream")} == {
        "model": MODEL,
        "max_tokens": 50,
        "temperature": 0.3,
        "stream": True,
    }
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert [name for name in request.headers if name.lower().startswith(("x-", "openai"))] == []


async def test_what_the_environment_says_of_openai_and_tracing_has_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    with chat_server(says("ok")) as server, chat_server(says("taken")) as stranger:
        for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_PROXY", "LANGSMITH_ENDPOINT", "LANGSMITH_GATEWAY"):
            monkeypatch.setenv(name, stranger.url)
        for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "LANGSMITH_API_KEY"):
            monkeypatch.setenv(name, "foreign")
        monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Foreign: foreign\nAuthorization: Bearer foreign")
        for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGCHAIN_TRACING"):
            monkeypatch.setenv(name, "true")
        async with opened(server.url) as model:
            assert await written(model) == "ok"
        assert stranger.asked == []
    assert "foreign" not in str([request.headers for request in server.asked])
    assert all("Authorization" not in request.headers for request in server.asked)


async def test_langchain_does_not_even_look_for_tracers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGCHAIN_TRACING", "1")  # where LangChain looks for tracers it fails at this old switch
    with chat_server(says("ok")) as server:
        async with opened(server.url) as model:
            assert await written(model) == "ok"


@pytest.mark.parametrize(
    ("reply", "kind", "told"),
    [
        pytest.param(Refusal(status=401), ModelRefused, "refuses the key.*ADVISOR_LLM_API_KEY", id="wrong key"),
        pytest.param(Refusal(status=403), ModelRefused, "refuses the key.*ADVISOR_LLM_API_KEY", id="forbidden"),
        pytest.param(Refusal(status=404), ModelRefused, "not know.*ADVISOR_LLM_MODEL", id="unknown model"),
        pytest.param(
            Refusal(status=400, body={"error": {"message": "This model's maximum context length is 9 tokens"}}),
            ModelRefused,
            "prompt of this length.*context_tokens",
            id="too long for vLLM",
        ),
        pytest.param(
            Refusal(status=400, body={"error": {"message": "too much", "code": "context_length_exceeded"}}),
            ModelRefused,
            "prompt of this length",
            id="too long for others",
        ),
        pytest.param(Refusal(status=400, body={"error": "no"}), ModelRefused, "status 400", id="another bad request"),
        pytest.param(Refusal(status=422, body=b"<html>"), ModelRefused, "status 422", id="no JSON"),
        pytest.param(
            Refusal(status=307, headers={"Location": "http://127.0.0.1:9/v1/chat/completions"}),
            ModelRefused,
            "status 307",
            id="redirect, which would take the key along",
        ),
        pytest.param(Refusal(status=429), ModelUnavailable, "asked too much", id="too many requests"),
        pytest.param(Refusal(status=500), ModelUnavailable, "status 500.*log", id="server error"),
        pytest.param(Refusal(status=503), ModelUnavailable, "status 503", id="starting"),
        pytest.param([Act.DIE], ModelUnavailable, "cannot be reached", id="dies before the first word"),
        pytest.param(["Some", Act.DIE], ModelUnavailable, "broke off", id="dies midway"),
        pytest.param(["Some", Act.STOP], ModelUnavailable, "without saying that it is complete", id="ends midway"),
        pytest.param([b"data: {garbage\n\n"], ModelUnavailable, "cannot be read", id="events that are no JSON"),
        pytest.param([b"data: [1, 2]\n\n"], ModelUnavailable, "cannot be read", id="events of another shape"),
        pytest.param([b"\xff\xfe\x00"], ModelUnavailable, "cannot be read", id="bytes that are no text"),
        pytest.param(
            ["Some", b'data: {"error": {"message": "CUDA out of memory", "code": 500}}\n\n'],
            ModelUnavailable,
            "reported an error",
            id="an error midway",
        ),
    ],
)
async def test_a_failure_is_told_with_its_mend_and_without_key_and_prompt(
    reply: Any, kind: type[ModelUnavailable], told: str
) -> None:
    echo = (
        Refusal(status=reply.status, body=reply.body or {"error": {"message": f"{KEY} {SECRET_PASSAGE}"}})
        if (isinstance(reply, Refusal) and not reply.headers)
        else reply
    )
    with chat_server(in_turn(echo)) as server:
        async with opened(server.url, api_key=SecretStr(KEY)) as model:
            with pytest.raises(kind, match=told) as caught:
                await pieces(model)
    assert type(caught.value) is kind
    assert repr(server.url) in str(caught.value)
    assert KEY not in str(caught.value)
    assert SECRET_PASSAGE not in str(caught.value)
    assert len(server.chats()) == 1


async def test_a_server_that_is_away_is_named() -> None:
    url = f"http://127.0.0.1:{free_port()}/v1"
    async with opened(url, model="m", context_tokens=4096) as model:
        with pytest.raises(ModelUnavailable, match=rf"{url}' cannot be reached \(.*connection.*base_url"):
            await pieces(model)


async def test_a_server_that_never_answers_is_left_in_time() -> None:
    with silent_server() as url:
        limits = {"first_token_s": 0.1, "stall_s": 0.1}
        async with opened(f"{url}/v1", model="m", context_tokens=4096, limits=limits) as model:
            with pytest.raises(ModelUnavailable, match="no answer in time"):
                await pieces(model)


async def test_a_reader_who_leaves_closes_the_connection_at_once() -> None:
    with chat_server(says("Some", Act.AWAIT_LEAVING)) as server:
        async with opened(server.url) as model:
            stream = model.stream(PROMPT, most_tokens=50)
            assert (await anext(stream)).text == "Some"
            await stream.aclose()
            assert await asyncio.to_thread(server.left.wait, 5)


async def test_a_cancelled_reader_closes_the_connection_at_once() -> None:
    with chat_server(says("Some", Act.AWAIT_LEAVING)) as server:
        async with opened(server.url) as model:
            first = asyncio.Event()

            async def read() -> None:
                async with aclosing(model.stream(PROMPT, most_tokens=50)) as stream:
                    async for _ in stream:
                        first.set()

            reader = asyncio.create_task(read())
            await first.wait()
            reader.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reader
            assert await asyncio.to_thread(server.left.wait, 5)


async def test_answers_come_side_by_side_over_one_client() -> None:
    everybody, arrived = threading.Event(), threading.Semaphore(0)

    def answering(_: Any) -> list[Any]:
        arrived.release()
        return [everybody, "done"]

    with chat_server(answering) as server:
        async with opened(server.url) as model, asyncio.TaskGroup() as group:
            tasks = [group.create_task(written(model)) for _ in range(30)]
            for _ in tasks:
                assert await asyncio.to_thread(arrived.acquire, timeout=10)
            everybody.set()
    assert [task.result() for task in tasks] == ["done"] * 30


async def test_a_model_forgotten_by_its_server_is_asked_for_again() -> None:
    with chat_server(in_turn(Refusal(status=404), ["ok"])) as server:
        async with opened(server.url) as model:
            with pytest.raises(ModelRefused):
                await pieces(model)
            assert await written(model) == "ok"
    assert [asked.path for asked in server.asked].count("/v1/models") == 2


def test_the_double_sends_what_the_interface_says() -> None:
    import httpx

    with chat_server(says("a")) as server:
        reply = httpx.post(f"{server.url}/chat/completions", json={"model": "m", "messages": []})
    events = [line.removeprefix("data: ") for line in reply.text.splitlines() if line]
    assert events[-1] == "[DONE]"
    assert [json.loads(event)["choices"][0]["delta"] for event in events[:-1]] == [{"content": "a"}, {}]


async def test_thoughts_before_an_answer_are_left_out() -> None:
    with chat_server(says("<think>", "Hm.", "</think>", "Yes.")) as server:
        async with opened(server.url) as model:
            assert await written(model) == "Yes."
