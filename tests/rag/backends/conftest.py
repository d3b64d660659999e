"""Servers on the loopback interface: a real Chroma, and a small HTTP server that records and answers as a test says."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from rag.backends.memory import MemoryEmbedder
from rag.settings import ChromaSettings

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the server says to a request."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalServer:
    """An address, and what arrived there."""

    url: str
    received: list[Received] = field(default_factory=list)


@contextmanager
def serve(answer: Callable[[Received], Reply], *, tls: ssl.SSLContext | None = None) -> Iterator[LocalServer]:
    """Serves HTTP on a thread until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def _respond(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            request = Received(
                method=self.command, path=self.path, headers=dict(self.headers), body=self.rfile.read(length)
            )
            local.received.append(request)
            reply = answer(request)
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_DELETE = _respond  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            return

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        local = LocalServer(url=f"{'https' if tls else 'http'}://{HOST}:{server.server_address[1]}")
        # How often it looks whether the test is over decides how long every test takes.
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield local
        finally:
            server.shutdown()
            thread.join()


def memory_embeddings(request: Received) -> Reply:
    """What a server with OpenAI's interface would say if its model were the memory double."""
    asked = json.loads(request.body)
    vectors = asyncio.run(MemoryEmbedder().embed_passages(asked["input"]))
    data = [{"index": place, "embedding": row.tolist()} for place, row in enumerate(vectors)]
    return Reply(body=json.dumps({"model": asked["model"], "data": data}).encode())


@contextmanager
def silent_server() -> Iterator[str]:
    """The address of a server that takes every connection and request and never answers: the kernel does the taking."""
    with socket.create_server((HOST, 0)) as server:
        yield f"http://{HOST}:{server.getsockname()[1]}"


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server((HOST, 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def chroma_process(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A Chroma server over a folder, ready to be asked; killed at the end of the block."""
    run = "import sys; from chromadb.cli.cli import app; sys.argv[0] = 'chroma'; app()"
    command = [sys.executable, "-c", run, "run", "--path", str(folder), "--host", HOST, "--port", str(port)]
    # A file, because the server stops at a full pipe.
    with (folder.parent / f"{folder.name}.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            _wait_until_it_listens(process, port, Path(log.name))
            yield process
        finally:
            process.kill()
            process.wait()


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(1200):
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.05)
            break
    raise AssertionError(f"the Chroma server does not listen: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the one Chroma server of a test run."""
    port = free_port()
    with chroma_process(tmp_path_factory.mktemp("chroma") / "data", port):
        yield f"http://{HOST}:{port}"


@pytest.fixture
def chroma(chroma_server: str) -> ChromaSettings:
    """The settings for an empty database on the server."""
    name = f"test-{uuid.uuid4()}"
    httpx.post(f"{chroma_server}/api/v2/tenants/default_tenant/databases", json={"name": name}).raise_for_status()
    return ChromaSettings(url=chroma_server, database=name)
