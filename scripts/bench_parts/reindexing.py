"""What an index run costs: to questions asked beside it, for its guard, and where it finds nothing changed."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bench_parts.figures import percentiles, timed
from bench_parts.synthetic import ProjectedEmbedder, questions, write_documents
from rag.backends.chroma import open_chroma
from rag.backends.packaged import expected
from rag.backends.sqlite.database import open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.backends.sqlite.writing import SqliteCatalogueWriter
from rag.build import Rag, open_rag, starter_input
from rag.catalogue import Input
from rag.ingest.index import Indexer, IndexProgress
from rag.settings import (
    EmbeddingSettings,
    IngestSettings,
    Loading,
    QualitySettings,
    RagSettings,
    RetrievalSettings,
)
from rag.types import Question

ASKED = 150
_WARM = 15
_PAUSE_S = 0.1
QUESTIONS = QualitySettings().guard_questions


class _Named(ProjectedEmbedder):
    """Random projections under the name of the packaged models: an index of them is made in seconds."""

    def __init__(self) -> None:
        super().__init__(None)
        self.identity, _ = expected(EmbeddingSettings())  # type: ignore[misc]


async def _index(home: Path, folder: Path) -> None:
    await asyncio.to_thread(home.mkdir, parents=True)
    async with open_database(home / "library.sqlite3") as database, open_chroma(home / "chroma") as store:
        indexer = Indexer(
            catalogue=SqliteCatalogue(database),
            writer=SqliteCatalogueWriter(database, now=lambda: datetime.now(UTC)),
            store=store,
            embedder=_Named(),
            settings=IngestSettings(),
        )
        report = await indexer.update([Input(path=folder)])
        assert not report.failed


async def answering(home: Path, chunks: int) -> list[dict[str, object]]:
    """Answers of the library alone by a process that does nothing else, then while all documents are read anew."""
    folder = home.with_name("documents")
    paths = write_documents(folder, chunks)
    await _index(home, folder)
    for path in paths:
        path.write_text(path.read_text("utf-8").replace("- ", "* renewed ").replace("## ", "## New "), "utf-8")
    settings = RagSettings(home=home, retrieval=RetrievalSettings(threshold=0))
    async with open_rag(settings, loading=Loading.APART) as rag:
        asked = questions(chunks, 2 * (ASKED + _WARM))
        idle = await _asked(rag, asked[: ASKED + _WARM])
        steps: list[IndexProgress] = []
        run = asyncio.create_task(rag.indexer.update(on_progress=steps.append))
        await _until_embedding(steps)
        beside = await _asked(rag, asked[ASKED + _WARM :])
        still = not run.done()
        run.cancel()
        with suppress(asyncio.CancelledError):
            await run
    return [
        {"answers": "idle", **_figures(idle)},
        {
            "answers": "beside a reindex",
            **_figures(beside),
            "p95 beside / idle": round(_p95(beside) / _p95(idle), 2),
            "documents read meanwhile": steps[-1].done,
            "run still under way": still,
        },
    ]


async def _asked(rag: Rag, texts: list[str]) -> list[float]:
    """Seconds of each answer, asked one after the other with pauses between; the first warm up."""
    times = []
    for text in texts:
        seconds, _ = await timed(lambda text=text: rag.answers.answer(Question(id="q", text=text)))  # type: ignore[misc]
        times.append(seconds)
        await asyncio.sleep(_PAUSE_S)
    return times[_WARM:]


async def _until_embedding(steps: list[IndexProgress]) -> None:
    while not any(step.stage == "embed" and step.done >= 1 for step in steps):  # noqa: ASYNC110
        await asyncio.sleep(_PAUSE_S)


def _figures(seconds: list[float]) -> dict[str, object]:
    return {"answers asked": len(seconds), **percentiles(seconds)}


def _p95(seconds: list[float]) -> float:
    return percentiles(seconds)["p95 ms"]


async def guarding(home: Path, chunks: int) -> list[dict[str, object]]:
    """Runs over one changed document beside the starter library, without and with the labelled questions."""
    folder = home.with_name("documents")
    changed = write_documents(folder, chunks)[0]
    rows: list[dict[str, object]] = []
    runs = (("not guarded", 0), ("guarded, the first", QUESTIONS), ("guarded, later", QUESTIONS))
    async with open_rag(_guarded(home, 0), loading=Loading.NOW) as rag:
        await rag.indexer.update([starter_input(), Input(path=folder)])
    for name, asked in runs:
        text = changed.read_text("utf-8")
        changed.write_text(f"{text}\n\n- another line of {name}\n", "utf-8")
        async with open_rag(_guarded(home, asked), loading=Loading.NOW) as rag:
            await rag.answers.answer(Question(id="q", text="飞轮"))
            begun, used = time.perf_counter(), time.process_time()
            report = await rag.indexer.update()
            taken = {"wall s": time.perf_counter() - begun, "processor s": time.process_time() - used}
        assert report.updated
        assert report.fall is None
        rows.append({"one changed document": name, **{what: round(value, 2) for what, value in taken.items()}})
    plain, first, later = rows
    for row in (first, later):
        row["added wall s"] = round(float(str(row["wall s"])) - float(str(plain["wall s"])), 2)
    return [plain, first, later]


def _guarded(home: Path, questions: int) -> RagSettings:
    return RagSettings(home=home, quality=QualitySettings(guard_questions=questions))


async def unchanged(home: Path, files: int) -> dict[str, object]:
    """`advisor index` over a folder in which nothing has changed, in a process of its own."""
    folder = home.with_name("notes")
    for number in range(files):
        path = folder / f"{number // 500:03}" / f"{number:06}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# Note {number}\n\nStartup {number} found {number * 7 % 91} customers.\n", "utf-8")
    await _index(home, folder)
    return await asyncio.to_thread(_run, home, files)


_MEASURED = """
import json, os, subprocess, sys, time
begun = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
report = process.stdout.read()
_, status, usage = os.wait4(process.pid, 0)
taken = {"wall s": round(time.perf_counter() - begun, 1), "processor s": round(usage.ru_utime + usage.ru_stime, 1)}
print(json.dumps({"status": status, "report": report, **taken, "most resident MB": usage.ru_maxrss // 1024}))
"""
"""Between this process and the measured one stands a small one: the system counts a parent's memory as its child's."""


def _run(home: Path, files: int) -> dict[str, object]:
    command = [sys.executable, "-c", "from bot.cli import main; main()", "--home", str(home), "index", "--json"]
    done = subprocess.run([sys.executable, "-c", _MEASURED, *command], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    status, report = found.pop("status"), found.pop("report")
    if status or f'"unchanged": {files}' not in report:
        raise AssertionError(f"the run was no run without changes: {status}, {report[:300]}")
    return {"files": files, **found}
