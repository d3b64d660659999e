"""What is asked of a server of models besides answers: names, context lengths, numbers of tokens."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from rag.backends.openai_chat import OpenAIChat, open_chat
from rag.backends.openai_models import ASSUMED_CONTEXT_TOKENS
from rag.backends.tokens import estimated_tokens
from rag.errors import ModelRefused, ModelUnavailable
from rag.ports import ChatMessage, ModelInfo, Role
from rag.settings import ModelEndpoint, ModelSettings
from tests.doubles.openai_chat import MODEL, Refusal, chat_server, says, served, silent_server

PROMPT = (
    ChatMessage(role=Role.SYSTEM, text="Answer briefly."),
    ChatMessage(role=Role.USER, text="what is a runway ?"),
)
ADAPTED = {
    "data": [
        {"id": "base", "max_model_len": 2000, "parent": None},
        {"id": "tuned", "max_model_len": None, "parent": "base"},
    ]
}


class Watch:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def opened(url: str, *, clock: Watch | None = None, **endpoint: Any) -> AsyncIterator[OpenAIChat]:
    async with open_chat(ModelEndpoint(base_url=url, **endpoint), ModelSettings(), clock=clock or Watch()) as model:
        yield model


@pytest.mark.parametrize(
    ("models", "configured", "expected"),
    [
        pytest.param(served("a"), {}, ("a", 4096), id="the only model"),
        pytest.param(served("a", "b"), {"model": "b"}, ("b", 4096), id="one of several"),
        pytest.param(served("a"), {"context_tokens": 1000}, ("a", 1000), id="a length of the operator's"),
        pytest.param(ADAPTED, {}, ("base", 2000), id="a model beside its adapter"),
        pytest.param(ADAPTED, {"model": "tuned"}, ("tuned", 2000), id="an adapter has its model's length"),
        pytest.param(
            {"data": [{"id": "a", "context_length": 9000}]}, {}, ("a", 9000), id="another name for the length"
        ),
        pytest.param(served("a", length=None), {}, ("a", ASSUMED_CONTEXT_TOKENS), id="no length"),
        pytest.param(
            Refusal(status=404), {"model": "a"}, ("a", ASSUMED_CONTEXT_TOKENS), id="a server that tells nothing"
        ),
    ],
)
async def test_name_and_length_are_found(
    models: Mapping[str, Any] | Refusal, configured: dict[str, Any], expected: tuple[str, int]
) -> None:
    with chat_server(says("ok"), models=models) as server:
        async with opened(server.url, **configured) as model:
            assert await model.info() == ModelInfo(name=expected[0], context_tokens=expected[1])
            await model.info()
    assert len(server.asked) == 1


async def test_a_server_is_not_asked_what_is_configured() -> None:
    async with opened("http://127.0.0.1:9/v1", model="m", context_tokens=1000) as model:
        assert await model.info() == ModelInfo(name="m", context_tokens=1000)


async def test_an_assumed_length_is_told_to_the_operator(caplog: pytest.LogCaptureFixture) -> None:
    with chat_server(says("ok"), models=served("a", length=None)) as server:
        async with opened(server.url) as model:
            await model.info()
    (record,) = [record for record in caplog.records if record.message == "context_length_assumed"]
    assert (record.levelno, record.__dict__["model"]) == (logging.WARNING, "a")


@pytest.mark.parametrize(
    ("models", "configured", "kind", "told"),
    [
        pytest.param(served("a", "b"), {}, ModelRefused, "'a', 'b'.*ADVISOR_LLM_MODEL", id="several"),
        pytest.param(served(), {}, ModelRefused, "but none.*ADVISOR_LLM_MODEL", id="no model"),
        pytest.param(served("a", "b"), {"model": "c"}, ModelRefused, "'c' but 'a', 'b'", id="another model"),
        pytest.param(Refusal(status=401), {}, ModelRefused, "wants a key.*ADVISOR_LLM_API_KEY", id="key"),
        pytest.param(Refusal(status=404), {}, ModelRefused, "ends in /v1", id="no such address"),
        pytest.param(Refusal(status=502), {}, ModelUnavailable, "status 502", id="bad gateway"),
        pytest.param(Refusal(status=200, body=b"<html>"), {}, ModelUnavailable, "cannot be read.*/v1", id="a web page"),
        pytest.param({"data": [1]}, {}, ModelUnavailable, "cannot be read", id="another shape"),
        pytest.param({"data": [{"id": "a"}, None]}, {}, ModelUnavailable, "cannot be read", id="half another shape"),
    ],
)
async def test_a_model_that_cannot_be_chosen_is_told_with_what_there_is(
    models: Mapping[str, Any] | Refusal, configured: dict[str, Any], kind: type[ModelUnavailable], told: str
) -> None:
    with chat_server(says("ok"), models=models) as server:
        async with opened(server.url, **configured) as model:
            with pytest.raises(kind, match=told) as caught:
                await model.info()
    assert type(caught.value) is kind


async def test_tokens_are_counted_by_the_server_at_its_root() -> None:
    with chat_server(says("ok")) as server:
        async with opened(server.url) as model:
            assert await model.count_tokens(PROMPT) == 11
    assert server.asked[-1].path == "/tokenize"
    assert server.asked[-1].body["model"] == MODEL


async def test_a_server_that_does_not_count_is_asked_once() -> None:
    with chat_server(says("ok"), counting=None) as server:
        async with opened(server.url) as model:
            assert [await model.count_tokens(PROMPT) for _ in range(3)] == [estimated_tokens(PROMPT)] * 3
    assert [asked.path for asked in server.asked].count("/tokenize") == 1


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Refusal(status=500), id="error"),
        pytest.param(Refusal(status=200, body=b"<html>"), id="no JSON"),
        pytest.param(Refusal(status=200, body={"count": "many"}), id="no number"),
        pytest.param(Refusal(status=200, body={"count": 0}), id="nothing"),
    ],
)
async def test_a_server_that_fails_to_count_is_left_alone_for_a_while(reply: Refusal) -> None:
    watch = Watch()
    with chat_server(says("ok"), counting=lambda _: reply) as server:
        async with opened(server.url, clock=watch) as model:
            assert [await model.count_tokens(PROMPT) for _ in range(2)] == [estimated_tokens(PROMPT)] * 2
            assert [asked.path for asked in server.asked].count("/tokenize") == 1
            watch.now = 31
            await model.count_tokens(PROMPT)
    assert [asked.path for asked in server.asked].count("/tokenize") == 2


@pytest.mark.slow
async def test_a_server_that_never_answers_is_not_waited_for() -> None:
    with silent_server() as url:
        async with opened(url, model="m", context_tokens=1000) as model:
            assert await model.count_tokens(PROMPT) == estimated_tokens(PROMPT)


async def test_a_server_that_is_away_does_not_keep_tokens_from_being_estimated() -> None:
    async with opened("http://127.0.0.1:9/v1") as model:
        assert await model.count_tokens(PROMPT) == estimated_tokens(PROMPT)


@pytest.mark.parametrize(
    ("text", "least"),
    [
        pytest.param("", 1, id="the frame of a message counts"),
        pytest.param("收入增长" * 100, 400, id="Chinese: at least one for each character"),
        pytest.param("The company grew its revenue quickly. " * 20, 160, id="English: more than one for each word"),
        pytest.param("1234567890" * 10, 100, id="digits: one for each"),
        pytest.param("🚀" * 10, 40, id="emoji: as many as bytes"),
    ],
)
def test_an_estimate_errs_towards_too_many(text: str, least: int) -> None:
    assert estimated_tokens([ChatMessage(role=Role.USER, text=text)]) >= least
