"""A server of embeddings whose model has no name in the settings is asked for it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from rag.errors import EmbedderUnavailable

from .conftest import Received, Reply, serve
from .test_openai_embeddings import KEY, Pauses, embeddings, opened


def serving(*names: str) -> Callable[[Received], Reply]:
    """A server that tells of models, and embeds."""
    models = json.dumps({"data": [{"id": name} for name in names]}).encode()
    return lambda request: Reply(body=models) if request.path == "/v1/models" else embeddings(request)


async def test_without_a_name_the_only_model_of_the_server_is_used() -> None:
    with serve(serving("bge-m3")) as local:
        async with opened(local.url, model=None, api_key=SecretStr(KEY)) as embedder:
            await embedder.embed_queries(["x"])
        async with opened(local.url) as named:
            assert embedder.identity == named.identity
    listing, request = local.received
    assert (listing.method, listing.path, listing.headers["Authorization"]) == ("GET", "/v1/models", f"Bearer {KEY}")
    assert json.loads(request.body)["model"] == "bge-m3"


@pytest.mark.parametrize(
    ("server", "told"),
    [
        pytest.param(serving(), "serves no model", id="none"),
        pytest.param(serving("a", "b"), "serves 'a', 'b'", id="two"),
        pytest.param(lambda _: Reply(body=b"[]"), "cannot be read", id="garbage"),
        pytest.param(lambda _: Reply(status=404), "status 404", id="unknown"),
    ],
)
async def test_a_server_without_exactly_one_model_wants_a_name(server: Callable[[Received], Reply], told: str) -> None:
    with serve(server) as local, pytest.raises(EmbedderUnavailable, match=f"{told}.*ADVISOR_EMBEDDINGS_MODEL"):
        async with opened(local.url, model=None):
            pass


async def test_a_server_that_starts_is_asked_for_its_model_again() -> None:
    pauses, busy = Pauses(), iter([Reply(status=503)])
    told = serving("bge-m3")
    with serve(lambda request: next(busy, None) or told(request)) as local:
        async with opened(local.url, pauses, model=None) as embedder:
            assert embedder.identity == "openai:bge-m3:3"
    assert pauses.slept == [0.5]
