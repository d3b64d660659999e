"""Programs in processes of their own, as an operator starts, watches and stops them."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

PATIENCE_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Running:
    """A program that runs."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    @property
    def output(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def readiness(self) -> tuple[int, dict[str, Any]]:
        """Status and body of /readyz; 0 while nothing listens."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)
        except OSError:
            return 0, {}

    def metrics(self) -> str:
        """The body of /metrics."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as response:
            return str(response.read(), "utf-8")

    def until(self, status: int, part: str = "") -> dict[str, Any]:
        """Waits for a status of /readyz, and for a part to be named in it; returns the body."""
        begun = time.monotonic()
        while time.monotonic() - begun < PATIENCE_S:
            told, body = self.readiness()
            if told == status and part in json.dumps(body):
                return body
            with suppress(subprocess.TimeoutExpired):
                raise AssertionError(f"it ended with {self.process.wait(timeout=0.1)}: {self.log.read_text()}")
        raise AssertionError(f"no {status} within {PATIENCE_S} s: {self.log.read_text()}")

    def stop(self, signal_number: int) -> int:
        """Sends a signal and returns the exit status."""
        self.process.send_signal(signal_number)
        return self.process.wait(timeout=PATIENCE_S)


@contextmanager
def running(command: list[str], *, port: int, log: Path) -> Iterator[Running]:
    """A program until the end of the block, where it is killed if it still runs."""
    with log.open("w") as errors:
        process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, stderr=errors, text=True)
        with process:
            try:
                yield Running(process=process, port=port, log=log)
            finally:
                if process.poll() is None:
                    process.kill()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
