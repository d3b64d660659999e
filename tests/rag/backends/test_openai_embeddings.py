"""Embeddings over HTTP, spoken with a real server on this machine: what is sent, tried again, refused and told."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr, ValidationError

from rag.backends.openai_embeddings import OpenAIEmbedder, open_openai
from rag.errors import EmbedderUnavailable, InvalidInput, InvalidSettings
from rag.settings import EmbeddingsServerSettings

from .conftest import HOST, Received, Reply, free_port, serve, silent_server

KEY = "sk-s3cret"
NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def embeddings(request: Received) -> Reply:
    """Vectors that tell their text apart: its length, and the code of its last character."""
    asked = json.loads(request.body)
    data = [
        {"index": place, "embedding": [1.0, len(text), ord(text[-1]) / 100]}
        for place, text in enumerate(asked["input"])
    ]
    return Reply(body=json.dumps({"model": asked["model"], "data": data[::-1]}).encode())


def failing(*replies: Reply) -> Callable[[Received], Reply]:
    """Answers with the replies in turn, then properly."""
    left: Iterator[Reply] = iter(replies)
    return lambda request: next(left, None) or embeddings(request)


@dataclass
class Pauses:
    """Notes how long it was told to sleep, and does not."""

    slept: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


@asynccontextmanager
async def opened(url: str, pauses: Pauses | None = None, **settings: Any) -> AsyncIterator[OpenAIEmbedder]:
    made = EmbeddingsServerSettings(**{"base_url": f"{url}/v1", "model": "bge-m3", "dimension": 3} | settings)
    async with open_openai(made, sleep=pauses or Pauses(), now=lambda: NOW) as embedder:
        yield embedder


def inputs(received: list[Received]) -> list[list[str]]:
    return [json.loads(request.body)["input"] for request in received]


async def test_a_request_holds_model_texts_encoding_and_key() -> None:
    with serve(embeddings) as local:
        async with opened(local.url, api_key=SecretStr(KEY), encoding="base64") as embedder:
            await embedder.embed_passages(["短句", "runway"])
    (request,) = local.received
    assert (request.method, request.path) == ("POST", "/v1/embeddings")
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert json.loads(request.body) == {"model": "bge-m3", "input": ["短句", "runway"], "encoding_format": "base64"}


async def test_without_a_key_none_is_sent() -> None:
    with serve(embeddings) as local:
        async with opened(local.url) as embedder:
            await embedder.embed_queries(["x"])
    assert "Authorization" not in local.received[0].headers


async def test_rows_follow_the_texts_over_batches_and_reversed_replies() -> None:
    texts = [f"{'x' * length}{length}" for length in range(1, 8)]
    with serve(embeddings) as local:
        async with opened(local.url, batch_size=3) as embedder:
            vectors = await embedder.embed_passages(texts)
    assert sorted(len(batch) for batch in inputs(local.received)) == [1, 3, 3]
    expected = np.array([[1.0, len(text), ord(text[-1]) / 100] for text in texts])
    assert vectors == pytest.approx(expected / np.linalg.norm(expected, axis=1, keepdims=True), abs=1e-6)


async def test_no_more_requests_than_allowed_are_under_way_and_a_question_passes_them() -> None:
    arrived, released = threading.Semaphore(0), threading.Event()

    def held(request: Received) -> Reply:
        if json.loads(request.body)["input"] != ["a question"]:
            arrived.release()
            released.wait(10)
        return embeddings(request)

    with serve(held) as local:
        async with opened(local.url, batch_size=1, concurrency=2) as embedder:
            run = asyncio.create_task(embedder.embed_passages(["a", "b", "c", "d"]))
            assert await asyncio.to_thread(arrived.acquire, timeout=10)
            assert await asyncio.to_thread(arrived.acquire, timeout=10)
            await embedder.embed_queries(["a question"])
            assert len(local.received) == 3
            released.set()
            assert (await run).shape == (4, 3)


@pytest.mark.parametrize(
    ("prefixes", "query", "passage"),
    [
        pytest.param({}, "text", "text", id="bge-m3"),
        pytest.param(
            {"query_prefix": "Instruct: find it\nQuery:"}, "Instruct: find it\nQuery:text", "text", id="Qwen3"
        ),
        pytest.param(
            {"query_prefix": "query: ", "passage_prefix": "passage: "}, "query: text", "passage: text", id="e5"
        ),
    ],
)
async def test_the_model_gets_the_prefixes_it_wants(prefixes: dict[str, str], query: str, passage: str) -> None:
    with serve(embeddings) as local:
        async with opened(local.url, **prefixes) as embedder:
            await embedder.embed_queries(["text"])
            await embedder.embed_passages(["text"])
    assert inputs(local.received) == [[query], [passage]]


async def test_a_long_text_is_cut_before_its_prefix_is_added() -> None:
    with serve(embeddings) as local:
        async with opened(local.url, max_characters=64, passage_prefix="p: ") as embedder:
            await embedder.embed_passages(["长" * 20_000])
    assert inputs(local.received) == [["p: " + "长" * 64]]


@pytest.mark.parametrize(
    ("settings", "same"),
    [
        pytest.param({}, True, id="nothing"),
        pytest.param({"query_prefix": "query: "}, True, id="the prefix of questions, which are not stored"),
        pytest.param({"batch_size": 1, "encoding": "base64"}, True, id="how vectors travel"),
        pytest.param({"passage_prefix": "passage: "}, False, id="the prefix of passages"),
        pytest.param({"max_characters": 1000}, False, id="where passages are cut"),
        pytest.param({"model": "other"}, False, id="the model"),
        pytest.param({"dimension": 4}, False, id="the dimension"),
    ],
)
async def test_the_identity_changes_with_what_changes_a_stored_vector(settings: dict[str, Any], same: bool) -> None:
    async with opened("http://unused", **settings) as embedder:
        assert (embedder.identity == "openai:bge-m3:3") is same


async def test_the_dimension_is_learnt_from_the_server_when_it_is_not_set() -> None:
    with serve(embeddings) as local:
        async with opened(local.url, dimension=None) as embedder:
            assert (embedder.dimension, embedder.identity) == (3, "openai:bge-m3:3")
    assert len(local.received) == 1


async def test_vectors_of_another_dimension_are_refused() -> None:
    with serve(embeddings) as local:
        async with opened(local.url, dimension=1024) as embedder:
            with pytest.raises(EmbedderUnavailable, match=r"of 3 numbers .* 1024 are expected of 'bge-m3'") as caught:
                await embedder.embed_queries(["x"])
    assert not caught.value.retryable


@pytest.mark.parametrize(
    ("replies", "slept"),
    [
        pytest.param([Reply(status=503)], [0.5], id="once"),
        pytest.param([Reply(status=500), Reply(status=502), Reply(status=429)], [0.5, 1.0, 2.0], id="longer each time"),
        pytest.param([Reply(status=429, headers={"Retry-After": "7"})], [7.0], id="as long as the server asks"),
        pytest.param(
            [Reply(status=503, headers={"Retry-After": "Sun, 01 Mar 2026 12:00:30 GMT"})], [30.0], id="until a date"
        ),
    ],
)
async def test_what_may_pass_is_tried_again_after_a_pause(replies: list[Reply], slept: list[float]) -> None:
    pauses = Pauses()
    with serve(failing(*replies)) as local:
        async with opened(local.url, pauses) as embedder:
            assert (await embedder.embed_passages(["x"])).shape == (1, 3)
    assert pauses.slept == slept
    assert len(local.received) == len(replies) + 1


@pytest.mark.parametrize(
    ("reply", "requests", "told"),
    [
        pytest.param(Reply(status=503, body=b"loading"), 4, "503 .loading.; look at its log", id="it does not pass"),
        pytest.param(Reply(status=429, headers={"Retry-After": "20"}), 1, "429", id="too long for a person"),
    ],
)
async def test_patience_ends(reply: Reply, requests: int, told: str) -> None:
    with serve(lambda _: reply) as local:
        async with opened(local.url) as embedder:
            with pytest.raises(EmbedderUnavailable, match=told) as caught:
                await embedder.embed_queries(["x"])
    assert len(local.received) == requests
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        pytest.param(Reply(status=401, body=f"bad key {KEY}".encode()), r"401 \(bad key \*\*\*\).*_API_KEY", id="401"),
        pytest.param(Reply(status=404, body=b"no such model"), "404 .no such model.*ends in /v1.*_MODEL", id="404"),
        pytest.param(Reply(status=400, body=b"512 tokens at most"), "512 tokens.*_MAX_CHARACTERS", id="too long"),
        pytest.param(Reply(status=307, headers={"Location": "/x"}), "307.*_BASE_URL", id="a redirection"),
        pytest.param(Reply(body=b"<html>"), "cannot be used.*_BASE_URL", id="a web page"),
        pytest.param(Reply(body=b'{"data": []}'), "cannot be used: it has 0 vectors for 1 texts", id="no vectors"),
        pytest.param(Reply(body=b'{"data": [{"embedding": [NaN]}]}'), "a number that is not finite", id="NaN"),
    ],
)
async def test_what_does_not_pass_is_told_at_once_without_the_key(reply: Reply, told: str) -> None:
    with serve(lambda _: reply) as local:
        async with opened(local.url, api_key=SecretStr(KEY)) as embedder:
            with pytest.raises(EmbedderUnavailable, match=told) as caught:
                await embedder.embed_queries(["x"])
    assert len(local.received) == 1
    assert not any(said in caught.value.logged for said in ("bad key", "no such model", "512 tokens"))
    assert not caught.value.retryable
    assert f"{local.url}/v1" in str(caught.value)
    assert KEY not in f"{caught.value} {caught.value.__cause__!r}"


async def test_a_server_that_is_away_is_tried_again_and_told() -> None:
    pauses, url = Pauses(), f"http://{HOST}:{free_port()}"
    async with opened(url, pauses, attempts=3) as embedder:
        with pytest.raises(EmbedderUnavailable, match=f"'{url}/v1' cannot be reached .*_BASE_URL") as caught:
            await embedder.embed_queries(["x"])
    assert pauses.slept == [0.5, 1.0]
    assert caught.value.retryable


async def test_a_server_that_never_answers_is_asked_once() -> None:
    pauses = Pauses()
    with silent_server() as url:
        async with opened(url, pauses, timeout_s=0.05) as embedder:
            with pytest.raises(EmbedderUnavailable, match=r"no answer to 1 texts in 0\.05 s; .*_TIMEOUT_S"):
                await embedder.embed_queries(["x"])
    assert pauses.slept == []


async def test_one_failed_batch_fails_the_call_with_its_reason() -> None:
    def sometimes(request: Received) -> Reply:
        return Reply(status=400) if json.loads(request.body)["input"] == ["bad"] else embeddings(request)

    with serve(sometimes) as local:
        async with opened(local.url, batch_size=1) as embedder:
            with pytest.raises(EmbedderUnavailable, match="status 400"):
                await embedder.embed_passages(["good", "bad", "fine"])


async def test_blank_text_is_never_sent() -> None:
    with serve(embeddings) as local:
        async with opened(local.url) as embedder:
            with pytest.raises(InvalidInput, match="blank"):
                await embedder.embed_passages(["fine", " \n"])
    assert local.received == []


@pytest.mark.parametrize(("named", "warnings"), [("bge-m3", 0), ("another-model", 1)])
async def test_another_model_in_the_reply_is_a_warning_and_told_once(
    named: str, warnings: int, caplog: pytest.LogCaptureFixture
) -> None:
    def renamed(request: Received) -> Reply:
        return Reply(body=json.dumps(json.loads(embeddings(request).body) | {"model": named}).encode())

    with serve(renamed) as local, caplog.at_level(logging.WARNING, "rag"):
        async with opened(local.url) as embedder:
            await embedder.embed_queries(["x"])
            await embedder.embed_queries(["y"])
    assert [record.getMessage().count("'another-model'") for record in caplog.records] == [1] * warnings


@pytest.mark.parametrize("settings", [{}, {"model": "m"}], ids=["nothing", "model"])
async def test_a_missing_address_is_named(settings: dict[str, Any]) -> None:
    with pytest.raises(InvalidSettings, match="set ADVISOR_EMBEDDINGS_BASE_URL"):
        async with open_openai(EmbeddingsServerSettings(**settings)):
            pass


@pytest.mark.parametrize("key", [f"{KEY} x", f"{KEY}\n", "", f"{KEY}钥"], ids=ascii)
def test_a_key_that_no_header_can_carry_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValidationError, match="the key alone") as caught:
        EmbeddingsServerSettings(api_key=SecretStr(key))
    assert KEY not in str(caught.value)
