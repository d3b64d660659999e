"""Index runs killed with SIGKILL after every single write, over real Chroma and SQLite."""

from __future__ import annotations

import contextlib
import itertools
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.build import open_rag

from .two_versions import CHANGED, LARGE, NAMES, OLD, SMALL, change, copied, finished, settings, versions, write

pytestmark = pytest.mark.slow

every_point = pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.full)], ids=["some", "every"])

Run = Callable[[Path, Path, int, int], str]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Runs the index in a process of its own and says how it ended."""
    program = Path(__file__).with_name("killed_runs.py")
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def ask(home: Path, folder: Path, chunk_characters: int, writes: int) -> str:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{home}\t{folder}\t{chunk_characters}\t{writes}\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield ask
        process.kill()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "docs"
    made.mkdir()
    for name in NAMES:
        write(made, name, OLD)
    return made


@pytest.fixture
def home(tmp_path: Path, folder: Path, run: Run) -> Path:
    """A home in which the folder is indexed."""
    made = tmp_path / "home"
    made.mkdir()
    assert run(made, folder, LARGE, 0).isdigit()
    return made


@every_point
async def test_a_killed_update_leaves_whole_documents_and_the_next_run_finishes(
    home: Path, folder: Path, run: Run, step: int
) -> None:
    change(folder)
    for points in itertools.count(1, step):
        with copied(home) as copy:
            ended = run(copy, folder, LARGE, points)
            if ended != "killed":
                break
            async with open_rag(settings(copy, LARGE)) as rag:
                after = await versions(rag)
            assert after["hiring"] == OLD
            assert await finished(copy, folder, LARGE) == CHANGED
    assert ended.isdigit()
    assert points > 15


@every_point
async def test_a_killed_rebuild_leaves_the_old_generation_answering(
    home: Path, folder: Path, run: Run, step: int
) -> None:
    change(folder)
    for points in itertools.count(1, step):
        with copied(home) as copy:
            ended = run(copy, folder, SMALL, points)
            if ended != "killed":
                break
            async with open_rag(settings(copy, SMALL)) as rag:
                after = set((await versions(rag)).items())
            old = {(name, OLD) for name in NAMES}
            new = set(CHANGED.items())
            assert after in (old, new)
            assert set((await finished(copy, folder, SMALL)).items()) == new
    assert ended.isdigit()
    assert points > 15


@every_point
async def test_a_killed_first_run_shows_nothing_until_the_next_one_finishes(
    tmp_path: Path, folder: Path, run: Run, step: int
) -> None:
    for points in itertools.count(1, step):
        home = tmp_path / f"home{points}"
        home.mkdir()
        ended = run(home, folder, LARGE, points)
        if ended != "killed":
            break
        async with open_rag(settings(home, LARGE)) as rag:
            assert await versions(rag) in ({}, dict.fromkeys(NAMES, OLD))
        assert await finished(home, folder, LARGE) == dict.fromkeys(NAMES, OLD)
    assert ended.isdigit()
    assert points > 15


@pytest.mark.full
async def test_the_command_killed_at_any_moment_can_be_run_again(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    command = [sys.executable, "-c", "from bot.cli import main; main()", "index", str(folder)]
    monkeypatch.setenv("ADVISOR_EMBEDDER", "memory")
    monkeypatch.setenv("ADVISOR_HOME", str(home))
    begun = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    whole_run = time.perf_counter() - begun
    change(folder)
    monkeypatch.setenv("ADVISOR_HOME", str(copy))
    draw = random.Random(2)
    for _ in range(12):
        shutil.copytree(home, copy)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                # Before the last two thirds of a run the program only imports.
                process.wait(timeout=whole_run * draw.uniform(0.3, 1.0))
            process.kill()
        async with open_rag(settings(copy, LARGE)) as rag:
            assert (await versions(rag))["hiring"] == OLD
        after = await finished(copy, folder, LARGE)
        assert after == CHANGED
        shutil.rmtree(copy)
