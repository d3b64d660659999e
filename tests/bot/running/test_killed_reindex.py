"""A reindex of a running bot, killed at random moments: the library answers, the next start tells and mends."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.build import open_rag
from tests.rag.ingest.two_versions import (
    CHANGED,
    LARGE,
    NAMES,
    OLD,
    change,
    copied,
    finished,
    settings,
    versions,
    write,
)

POINTS = 50
SCANNING = "looking for changes"

pytestmark = [pytest.mark.slow, pytest.mark.full]


class Bots:
    """Starts bots one after the other over a home; one line of what they say at a time."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        self._program = program
        self.process = 0

    def start(self, home: Path) -> None:
        assert self._program.stdin
        self._program.stdin.write(f"{home}\n")
        self._program.stdin.flush()
        self.process = int(self.line())

    def line(self) -> str:
        assert self._program.stdout
        return str(json.loads(self._program.stdout.readline()))

    def until(self, part: str) -> list[str]:
        """What is said until something is."""
        lines = []
        while not lines or part not in lines[-1]:
            lines.append(self.line())
            assert lines[-1] != "None", lines
        return lines

    def kill(self) -> list[str]:
        """What was still said."""
        os.kill(self.process, signal.SIGKILL)
        lines: list[str] = []
        while not lines or lines[-1] != "None":
            lines.append(self.line())
        return lines[:-1]


@pytest.fixture(scope="module")
def bots() -> Iterator[Bots]:
    program = Path(__file__).with_name("reindexing_bot.py")
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", str(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield Bots(process)
        process.kill()


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in NAMES:
        write(folder, name, OLD)
    made = tmp_path / "home"
    assert await finished(made, folder, LARGE) == dict.fromkeys(NAMES, OLD)
    change(folder)
    return made


def whole_run_s(bots: Bots, home: Path) -> float:
    """How long a run takes that nobody kills, from its first message to its last."""
    bots.start(home)
    bots.until(SCANNING)
    begun = time.perf_counter()
    bots.until("up to date")
    bots.kill()
    return time.perf_counter() - begun


async def test_library_answers_and_the_run_is_told_and_finished(tmp_path: Path, bots: Bots, home: Path) -> None:
    with copied(home) as copy:
        longest = whole_run_s(bots, copy)
    draw, told = random.Random(11), 0
    for _ in range(POINTS):
        with copied(home) as copy:
            bots.start(copy)
            bots.until(SCANNING)
            threading.Event().wait(draw.uniform(0, longest))  # the moment is what is drawn
            after_kill = bots.kill()
            was_told = any("is up to date" in line for line in after_kill)
            async with open_rag(settings(copy, LARGE)) as rag:
                assert (await versions(rag))["hiring"] == OLD
            left = (copy / "index-run.json").exists()
            assert left or was_told
            bots.start(copy)
            lines = bots.until("up to date")
            assert any("broken off" in line for line in lines) == left
            told += left
            bots.kill()
            assert await finished(copy, tmp_path / "docs", LARGE) == CHANGED
    assert told > POINTS // 4
