"""A Chroma server that is away, slow, guarded or something else, and one that comes back."""

from __future__ import annotations

import json
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np
import pytest
from pydantic import SecretStr, ValidationError

from rag.backends.chroma_http import ChromaBorder, open_chroma_server
from rag.errors import InvalidSettings, StorageFailed
from rag.settings import ChromaSettings
from rag.types import ChunkId

from .conftest import HOST, Received, Reply, chroma_process, free_port, serve, silent_server

VECTOR = np.array([[1, 0, 0, 0]], dtype=np.float32)
TOKEN = "s3cret-token"


async def refused(settings: ChromaSettings) -> StorageFailed:
    """What opening the store raises."""
    with pytest.raises(StorageFailed) as caught:
        async with open_chroma_server(settings):
            pass
    return caught.value


def as_chroma(request: Received) -> Reply:
    """The replies to the questions with which a client begins, and to a listing."""
    if request.path.endswith("/auth/identity"):
        return Reply(body=json.dumps({"user_id": "", "tenant": "t", "databases": ["d"]}).encode())
    if request.path.split("?")[0].endswith("/collections"):
        return Reply(body=b"[]")
    return Reply(body=json.dumps({"id": "00000000-0000-0000-0000-000000000000", "name": "d", "tenant": "t"}).encode())


@pytest.mark.slow
@pytest.mark.full
async def test_a_killed_server_is_told_and_what_it_held_is_there_when_it_is_back(tmp_path: Path) -> None:
    port = free_port()
    with chroma_process(tmp_path / "data", port) as server:
        async with open_chroma_server(ChromaSettings(url=f"http://{HOST}:{port}")) as store:
            index = await store.collection("library")
            await index.add([ChunkId("kept")], VECTOR)
            server.kill()
            server.wait()
            for call in (index.count(), index.nearest(VECTOR[0], limit=1), store.names(), store.drop("library")):
                with pytest.raises(
                    StorageFailed, match=f"'http://{HOST}:{port}' cannot be reached .*; start it"
                ) as told:
                    await call
                assert told.value.retryable
            with chroma_process(tmp_path / "data", port):
                assert [hit.chunk_id for hit in await index.nearest(VECTOR[0], limit=1)] == ["kept"]


@pytest.mark.slow
async def test_collections_keep_the_precision_they_were_made_with(chroma: ChromaSettings) -> None:
    async with open_chroma_server(chroma) as store:
        await store.collection("library")
    address = f"{chroma.url}/api/v2/tenants/{chroma.tenant}/databases/{chroma.database}/collections/library"
    hnsw = httpx.get(address).raise_for_status().json()["configuration_json"]["hnsw"]
    assert (hnsw["space"], hnsw["ef_search"]) == ("cosine", 400)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tenant", "database"])
async def test_an_unknown_tenant_or_database_is_named(chroma: ChromaSettings, name: str) -> None:
    error = await refused(chroma.model_copy(update={name: "nobodys"}))
    assert "nobodys" in str(error)
    assert f"ADVISOR_CHROMA_{name.upper()}" in str(error)


async def test_a_wrong_port_is_told_with_the_address_and_what_to_do() -> None:
    url = f"http://{HOST}:{free_port()}"
    error = await refused(ChromaSettings(url=url))
    assert error.retryable
    assert f"{url!r} cannot be reached" in str(error)
    assert "chroma run" in str(error)
    assert "ADVISOR_CHROMA_URL" in str(error)


async def test_a_server_that_never_answers_is_given_up() -> None:
    with silent_server() as url:
        error = await refused(ChromaSettings(url=url, timeout_s=0.05))
    assert "gave no answer in 0.05 s" in str(error)
    assert "ADVISOR_CHROMA_TIMEOUT_S" in str(error)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        pytest.param(Reply(status=401, body=b"no"), "refused the credentials with status 401 .no.*_HEADER", id="401"),
        pytest.param(
            Reply(status=401, body=f"Bearer {TOKEN} is unknown".encode()),
            r"401 .\*\*\* is unknown",
            id="a repeated token",
        ),
        pytest.param(
            Reply(status=403, body=b'{"error":"AuthError","message":"not yours"}'),
            "refused the credentials.*not yours.*ADVISOR_CHROMA_HEADER",
            id="403 in Chroma's words",
        ),
        pytest.param(Reply(status=404, body=b"nothing here"), "status 404 .*check ADVISOR_CHROMA_URL", id="404"),
        pytest.param(Reply(status=413), "refused the size of a request", id="413"),
        pytest.param(Reply(status=503, body=b"busy"), "failed with status 503 .busy.*; look at its log", id="503"),
        pytest.param(Reply(body=b"<html>"), "does not answer as Chroma does .*ADVISOR_CHROMA_URL", id="a web page"),
        pytest.param(Reply(body=b"{}"), "does not answer as Chroma does .*ADVISOR_CHROMA_URL", id="other JSON"),
    ],
)
async def test_what_the_server_refuses_is_told_with_what_to_do(reply: Reply, told: str) -> None:
    with serve(lambda _: reply) as local:
        error = await refused(ChromaSettings(url=local.url, header=SecretStr(f"Authorization: Bearer {TOKEN}")))
    assert error.retryable
    assert local.url in str(error)
    assert TOKEN not in f"{error} {error!r}"
    with pytest.raises(StorageFailed, match=told):
        raise error


@pytest.mark.parametrize(
    ("header", "name", "value"),
    [
        pytest.param(f"Authorization: Bearer {TOKEN}", "Authorization", f"Bearer {TOKEN}", id="bearer"),
        pytest.param(f"X-Chroma-Token:{TOKEN}", "X-Chroma-Token", TOKEN, id="a name of its own"),
    ],
)
async def test_the_header_goes_with_each_request_below_the_path_of_the_address(
    header: str, name: str, value: str
) -> None:
    with serve(as_chroma) as local:
        url = f"{local.url}/behind/proxy/"
        settings = ChromaSettings(url=url, header=SecretStr(header), tenant="t", database="d")
        async with open_chroma_server(settings) as store:
            assert await store.names() == ()
    assert len(local.received) >= 4
    assert all(request.path.startswith("/behind/proxy/api/v2/") for request in local.received)
    assert [request.headers.get(name) for request in local.received] == [value] * len(local.received)


async def test_the_next_store_does_not_inherit_the_header() -> None:
    with serve(lambda _: Reply(status=401)) as local:
        await refused(ChromaSettings(url=local.url, header=SecretStr("X-Token: first")))
        await refused(ChromaSettings(url=local.url))
    assert [request.headers.get("X-Token") for request in local.received] == ["first", None]


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with serve(as_chroma, tls=self_signed(tmp_path)) as local:
        error = await refused(ChromaSettings(url=local.url))
    assert "certificate that is not trusted" in str(error)
    assert "SSL_CERT_FILE" in str(error)
    assert local.received == []


def self_signed(folder: Path) -> ssl.SSLContext:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    names = ["-keyout", key, "-out", certificate]
    try:
        subprocess.run(
            [*"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost".split(), *names],
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        pytest.skip("no openssl to make a certificate with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def test_a_store_without_an_address_is_a_wrong_setting() -> None:
    with pytest.raises(InvalidSettings, match="ADVISOR_CHROMA_URL"):
        async with open_chroma_server(ChromaSettings()):
            pass


async def test_a_cancelled_call_stays_cancelled() -> None:
    async def stopped() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await ChromaBorder(url="http://x", timeout_s=1).call(stopped())


@pytest.mark.parametrize(
    ("make", "told"),
    [
        pytest.param(lambda: ChromaSettings(url="chroma:8000"), "such as http://", id="no scheme"),
        pytest.param(lambda: ChromaSettings(url="ftp://chroma"), "such as http://", id="another scheme"),
        pytest.param(lambda: ChromaSettings(url="http://"), "such as http://", id="no host"),
        pytest.param(lambda: ChromaSettings(url=f"http://me:{TOKEN}@chroma"), "without user", id="credentials"),
        pytest.param(lambda: ChromaSettings(url=f"http://chroma/?t={TOKEN}"), "without user", id="query"),
        pytest.param(lambda: ChromaSettings(header=SecretStr(TOKEN)), "Name: value", id="header without a name"),
        pytest.param(lambda: ChromaSettings(header=SecretStr(f"A: {TOKEN}\r\nB: c")), "Name: value", id="two headers"),
        pytest.param(lambda: ChromaSettings(timeout_s=0), "greater than 0", id="no time"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_without_its_secret(
    make: Callable[[], ChromaSettings], told: str
) -> None:
    with pytest.raises(ValidationError, match=told) as caught:
        make()
    assert TOKEN not in str(caught.value)
