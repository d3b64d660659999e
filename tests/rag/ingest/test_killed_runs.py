"""Index runs killed with SIGKILL after every single write, over real Chroma and SQLite."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rag.backends.chroma import open_chroma
from rag.build import Rag, open_rag
from rag.catalogue import Input, questions_collection
from rag.settings import EmbeddingSettings, IngestSettings, RagSettings
from rag.types import Question, Scope

OLD, NEW = "old", "new"
NAMES = ("angels", "equity", "grants", "hiring", "pricing", "runway")
CHANGED = {"angels": NEW, "equity": OLD, "hiring": OLD, "pricing": NEW, "runway": OLD, "zebra": NEW}
SMALL, LARGE = 100, 500

pytestmark = pytest.mark.slow

every_point = pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.full)], ids=["some", "every"])

Run = Callable[[Path, Path, int, int], str]


def document(name: str, version: str) -> str:
    questions = f"---\nquestions:\n  {name} 1:\n    - what of {name} is {version}?\n    - and {name}?\n---\n# {name}"
    return "\n\n".join([questions, *(f"## {name} {n}\n\nThe {version} word on {name}, part {n}." for n in range(3))])


def write(folder: Path, name: str, version: str) -> None:
    path = folder / f"{name}.md"
    path.write_text(document(name, version), "utf-8")
    stamp = 1_700_000_000_000_000_000 + (version == NEW) * 1_000_000_000
    os.utime(path, ns=(stamp, stamp))


def settings(home: Path, chunk_characters: int) -> RagSettings:
    return RagSettings(
        home=home,
        embedding=EmbeddingSettings(embedder="memory"),
        ingest=IngestSettings(chunk_characters=chunk_characters),
    )


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


def change(folder: Path) -> None:
    """Two documents change, one goes, one comes."""
    write(folder, "angels", NEW)
    write(folder, "pricing", NEW)
    (folder / "grants.md").unlink()
    write(folder, "zebra", NEW)


async def versions(rag: Rag) -> dict[str, str]:
    """Which version of each document answers; fails if a document is not whole, or its vectors are not found."""
    found = {}
    for each in await rag.catalogue.documents():
        chunks = (await rag.catalogue.chunks_at({each.id: range(99)}, scope=Scope()))[each.id]
        text = " ".join(live.chunk.text for live in chunks)
        version = NEW if NEW in text else OLD
        name = each.source.removesuffix(".md")
        assert text.split() == " ".join(f"The {version} word on {name}, part {n}." for n in range(3)).split()
        hit = (await rag.retriever.retrieve(Question(id="q", text=f"The {version} word on {name}, part 1."))).passages[
            0
        ]
        assert hit.document.id == each.id
        found[name] = version
    return found


@contextmanager
def copied(home: Path) -> Iterator[Path]:
    copy = home.with_name("copy")
    shutil.copytree(home, copy, dirs_exist_ok=True)
    yield copy
    shutil.rmtree(copy)


async def finished(home: Path, folder: Path, chunk_characters: int) -> dict[str, str]:
    """The state after the next run; no dead vector and no dead collection is left."""
    async with open_rag(settings(home, chunk_characters)) as rag:
        report = await rag.indexer.update([Input(path=folder)])
        assert report.failed == ()
        state, counts = await versions(rag), await rag.catalogue.counts()
    async with open_chroma(home / "chroma") as store:
        name, beside = sorted(await store.names())
        assert beside == questions_collection(name)
        assert await (await store.collection(name)).count() == counts.chunks
        assert await (await store.collection(beside)).count() == counts.questions > counts.documents
    return state


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
