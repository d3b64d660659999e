"""What a hostile or broken embeddings server sends over a real socket, and the sentence that it ends in."""

from __future__ import annotations

import base64
import gzip
import json
import socket
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import pytest
import zstandard

from rag.errors import EmbedderUnavailable

from .conftest import HOST, Received, Reply, serve
from .test_openai_embeddings import Pauses, embeddings, failing, opened

MIB = 1 << 20


def said(data: object, **more: object) -> Reply:
    return Reply(body=json.dumps({"model": "bge-m3", "data": data, **more}).encode())


def packed(content: bytes, encoding: str) -> Reply:
    return Reply(body=content, headers={"Content-Encoding": encoding})


def bomb() -> bytes:
    """One kilobyte a megabyte."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(b" " * MIB) for _ in range(64)), packer.flush()])


@contextmanager
def raw(head: bytes, drop: bytes, *, every_s: float | None = None) -> Iterator[str]:
    """The address of a server that says `head`, then `drop` once, or again and again until the end of the block."""
    over = threading.Event()

    def speak(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65_536)
            connection.sendall(head + drop)
            while every_s is not None and not over.wait(every_s):
                connection.sendall(drop)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threads.append(threading.Thread(target=speak, args=(server.accept()[0],)))
                threads[-1].start()

    threads: list[threading.Thread] = []
    with socket.create_server((HOST, 0)) as server:
        taker = threading.Thread(target=accept)
        taker.start()
        try:
            yield f"http://{HOST}:{server.getsockname()[1]}"
        finally:
            over.set()
            server.shutdown(socket.SHUT_RDWR)
            for thread in (taker, *threads):
                thread.join()


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        pytest.param(packed(bomb(), "gzip"), "more than the 2 MiB", id="a bomb in gzip"),
        pytest.param(packed(zlib.compress(b" " * (3 * MIB)), "deflate"), "more than the 2 MiB", id="a bomb in deflate"),
        pytest.param(packed(zstandard.compress(b" " * MIB), "zstd"), "packed its reply as 'zstd'", id="not asked for"),
        pytest.param(packed(gzip.compress(bomb()), "gzip, gzip"), "packed its reply as 'gzip, gzip'", id="twice"),
        pytest.param(packed(b"no gzip at all", "gzip"), "cannot be unpacked", id="packed badly"),
        pytest.param(Reply(body=b" " * (2 * MIB + 1)), "more than the 2 MiB", id="too much"),
        pytest.param(Reply(body=b"[" * 200_000), "nested too deeply", id="nested without end"),
        pytest.param(Reply(body=b""), "it is empty", id="nothing"),
        pytest.param(Reply(body=b"\n <!doctype html><p>Welcome"), "a web page and no JSON", id="a web page"),
        pytest.param(Reply(body=b'{"data": [{"index": 0, "embe'), "no JSON, or cut off", id="half of it"),
        pytest.param(Reply(body=b"\xff\xfe\x00{"), "no JSON, or cut off", id="no text"),
        pytest.param(said([{"index": 0, "embedding": [1.0] * 5}]), "vectors of 5 numbers came", id="another dimension"),
        pytest.param(said([{"index": 0, "embedding": [0, 0, 0]}]), "nothing but zeros", id="zeros"),
        pytest.param(said([{"index": 0, "embedding": [1e39, 0, 0]}]), "not finite", id="beyond a float"),
        pytest.param(said([{"index": 10**400, "embedding": [1, 0, 0]}]), "indexes are", id="an index without end"),
    ],
)
async def test_what_cannot_be_a_vector_is_one_sentence_and_asked_for_once(reply: Reply, told: str) -> None:
    pauses = Pauses()
    with serve(lambda _: reply) as local:
        async with opened(local.url, pauses) as embedder:
            with pytest.raises(EmbedderUnavailable, match=told) as failed:
                await embedder.embed_queries(["x"])
    assert not failed.value.retryable
    assert (len(local.received), pauses.slept) == (1, [])
    assert "\n" not in str(failed.value)
    assert len(str(failed.value)) < 500


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_packed_vectors_are_read(encoding: str) -> None:
    def answer(request: Received) -> Reply:
        body = embeddings(request).body
        return packed(gzip.compress(body) if encoding == "gzip" else zlib.compress(body), encoding)

    with serve(answer) as local:
        async with opened(local.url) as embedder:
            assert (await embedder.embed_passages(["a", "b"])).shape == (2, 3)
    assert local.received[0].headers["Accept-Encoding"] == "gzip, deflate"


async def test_an_error_page_without_end_is_read_to_its_beginning() -> None:
    with serve(failing(*[Reply(status=503, body=b"busy " * MIB)] * 4)) as local:
        async with opened(local.url) as embedder:
            with pytest.raises(EmbedderUnavailable, match="status 503") as failed:
                await embedder.embed_queries(["x"])
    assert len(str(failed.value)) < 500


async def test_a_trickle_ends_with_the_time_limit() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"
    with raw(head, b" ", every_s=0.02) as url:
        async with opened(url, timeout_s=0.5) as embedder:
            with pytest.raises(EmbedderUnavailable, match=r"no answer to 1 texts in 0\.5 s"):
                await embedder.embed_queries(["x"])


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", id="cut off"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n", id="a chunk cut off"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", id="no HTTP"),
        pytest.param(b"", id="nothing"),
    ],
)
async def test_a_connection_that_breaks_off_is_tried_again_and_told(head: bytes) -> None:
    pauses = Pauses()
    with raw(head, b"{") as url:
        async with opened(url, pauses) as embedder:
            with pytest.raises(EmbedderUnavailable, match="cannot be reached"):
                await embedder.embed_queries(["x"])
    assert pauses.slept == [0.5, 1.0, 2.0]


async def test_a_wrong_dimension_in_one_batch_of_many_is_told_and_nothing_is_returned() -> None:
    def answer(request: Received) -> Reply:
        texts = json.loads(request.body)["input"]
        if texts == ["c"]:
            return said([{"index": 0, "embedding": [1.0] * 4}])
        return embeddings(request)

    with serve(answer) as local:
        async with opened(local.url, batch_size=1) as embedder:
            with pytest.raises(EmbedderUnavailable, match=r"vectors of 4 numbers came.*3 are expected of 'bge-m3'"):
                await embedder.embed_passages(["a", "b", "c", "d"])


async def test_a_shuffled_batch_in_both_encodings_gives_the_same_rows() -> None:
    def answer(request: Received) -> Reply:
        asked: dict[str, Any] = json.loads(request.body)
        rows = [np.array([len(text), 1, 2], "<f4") for text in asked["input"]]
        data = [
            {
                "index": place,
                "embedding": base64.b64encode(row.tobytes()).decode()
                if asked["encoding_format"] == "base64"
                else row.tolist(),
            }
            for place, row in enumerate(rows)
        ]
        return said([data[place] for place in (2, 0, 3, 1)])

    found = []
    with serve(answer) as local:
        for encoding in ("float", "base64"):
            async with opened(local.url, encoding=encoding) as embedder:
                found.append(await embedder.embed_passages(["a", "bb", "ccc", "dddd"]))
    assert np.array_equal(*found)
    assert [round(float(row[0] / row[1])) for row in found[0]] == [1, 2, 3, 4]
