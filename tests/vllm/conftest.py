"""A real vLLM server with the model that has learnt its answers by heart, started once for all tests.

`scripts/test --vllm` sets TEST_VLLM_PYTHON to the Python of an environment that holds vLLM; without it these tests are
skipped. The app's own environment never holds vLLM: here, too, it is a server behind an address.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import pytest
from pydantic import SecretStr

from rag.settings import ModelEndpoint

HERE = Path(__file__).parent
NAME, KEY = "advisor-test", "the-key-of-the-tests"
CONTEXT_TOKENS = 8192
_READY_S = 600.0
_LEAN = {
    "HF_HUB_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",  # gigabytes; without it half of the machine's memory is taken
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VllmServer:
    """One running server, with everything that it started in a process group of its own."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def endpoint(self, **changes: Any) -> ModelEndpoint:
        """Settings for it; the model's name and context length are left to be asked for."""
        return ModelEndpoint(**{"base_url": f"{self.root}/v1", "api_key": SecretStr(KEY), **changes})

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the server and all its children, without a chance to say goodbye in between."""
        os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """End it as a crash of the machine would."""
        self.signal(signal.SIGKILL)
        self.process.wait(timeout=30)

    def metrics(self) -> dict[str, float]:
        """What `/metrics` tells, the labels left out; of several values with one name the sum."""
        found: dict[str, float] = {}
        for line in self._get("/metrics").splitlines():
            if sample := re.match(r"([a-z_:]+)(?:\{[^}]*\})? (\S+)$", line):
                found[sample[1]] = found.get(sample[1], 0.0) + float(sample[2])
        return found

    def refusals(self) -> float:
        """How many requests for a chat it has refused, such as one with a prompt that is too long."""
        counted = re.findall(r"http_requests_total\{([^}]*)\} (\S+)", self._get("/metrics"))
        return sum(float(n) for labels, n in counted if "/chat/completions" in labels and 'status="4xx"' in labels)

    def block_tokens(self) -> int:
        """How many tokens are remembered together: a prefix counts in whole blocks."""
        found = re.search(r'cache_config_info\{[^}]*block_size="(\d+)"', self._get("/metrics"))
        assert found, "the server does not tell its block size"
        return int(found[1])

    def _get(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.root}{path}", timeout=10) as response:
            return str(response.read().decode())

    def await_ready(self) -> None:
        """Return once it answers; fail with the end of its log if it stops before."""
        for _ in range(int(_READY_S)):
            try:
                self._get("/health")
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                self._await_end_of(1.0)
            else:
                return
        pytest.fail(f"the vLLM server was not ready within {_READY_S:g} s:\n{self._tail()}")

    def _await_end_of(self, seconds: float) -> None:
        try:
            status = self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return
        pytest.fail(f"the vLLM server stopped with status {status}:\n{self._tail()}")

    def _tail(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]

    def stop(self) -> None:
        """End it, politely at first, and whatever it may have left behind."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.signal(signal.SIGCONT)
        try:
            self.signal(signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait(timeout=30)


StartServer = Callable[[], VllmServer]


@pytest.fixture(scope="session")
def vllm_python() -> str:
    python = os.environ.get("TEST_VLLM_PYTHON")
    if not python:
        pytest.skip("needs a vLLM server; run scripts/test --vllm")
    return python


@pytest.fixture(scope="session")
def start_server(vllm_python: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartServer]:
    """Starts servers, and ends those that are left at the end."""
    with ExitStack() as stack:

        def start() -> VllmServer:
            folder = tmp_path_factory.mktemp("vllm")
            log = stack.enter_context((folder / "server.log").open("w", encoding="utf-8"))
            server = _launch(vllm_python, folder, log)
            stack.callback(server.stop)
            server.await_ready()
            return server

        yield start


@pytest.fixture(scope="session")
def server(start_server: StartServer) -> VllmServer:
    """The server that all tests share; none may harm it."""
    return start_server()


@pytest.fixture(scope="session")
def answers() -> dict[str, Any]:
    """What the model has learnt to write."""
    return tomllib.loads((HERE / "answers.toml").read_text(encoding="utf-8"))


def _launch(python: str, folder: Path, log: TextIO) -> VllmServer:
    port = _free_port()
    # Not `vllm serve`: the build for CPUs has another name, and the command asks for the version of `vllm`.
    command = [python, "-m", "vllm.entrypoints.openai.api_server", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--model", str(HERE / "model"), "--served-model-name", NAME, "--max-model-len", str(CONTEXT_TOKENS)]
    command += ["--dtype", "bfloat16", "--enforce-eager", "--max-num-seqs", "32"]
    command += ["--enable-prefix-caching", "--enable-prompt-tokens-details"]
    own = {"VLLM_API_KEY": KEY, "VLLM_CACHE_ROOT": str(folder), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **_LEAN, **own},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    return VllmServer(process=process, port=port, log=Path(log.name))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port
