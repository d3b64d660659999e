"""This project's core on a synthetic library: index, no change, one change, search, recall, memory, disk."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bench_parts.figures import disk_mb, in_own_process, percentiles, resident_mb, timed
from bench_parts.synthetic import ProjectedEmbedder, questions, write_documents
from bot.running.loops import run_served
from rag.backends.bundled import open_bundled
from rag.backends.chroma import open_chroma
from rag.backends.sqlite.database import open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.backends.sqlite.writing import SqliteCatalogueWriter
from rag.backends.universal import UniversalEmbedder
from rag.catalogue import Catalogue, Input
from rag.confidence import UNCALIBRATED
from rag.ingest.index import Indexer
from rag.ingest.load import embedded_text
from rag.ports import VectorStore
from rag.retrieve import Retriever
from rag.settings import IngestSettings, RetrievalSettings
from rag.types import Question, Scope

_NEIGHBOURS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    indexer: Indexer
    retriever: Retriever
    catalogue: Catalogue
    store: VectorStore
    embedder: ProjectedEmbedder


async def _open(home: Path, stack: AsyncExitStack, *, real: bool) -> _Opened:
    await asyncio.to_thread(home.mkdir, parents=True, exist_ok=True)
    database = await stack.enter_async_context(open_database(home / "library.sqlite3"))
    store = await stack.enter_async_context(open_chroma(home / "chroma"))
    bundled = await open_bundled(await UniversalEmbedder.open(), threads=2) if real else None
    catalogue, embedder = SqliteCatalogue(database), ProjectedEmbedder(bundled)
    return _Opened(
        indexer=Indexer(
            catalogue=catalogue,
            writer=SqliteCatalogueWriter(database, now=lambda: datetime.now(UTC)),
            store=store,
            embedder=embedder,
            settings=IngestSettings(),
        ),
        retriever=Retriever(
            catalogue=catalogue,
            store=store,
            embedder=embedder,
            calibration=UNCALIBRATED,
            settings=RetrievalSettings(),
            clock=time.perf_counter,
        ),
        catalogue=catalogue,
        store=store,
        embedder=embedder,
    )


async def _recall(opened: _Opened, asked: list[str]) -> float:
    """The share of the exact nearest ten that the index finds."""
    live = await opened.catalogue.live()
    assert live is not None
    index = await opened.store.collection(live.collection)
    texts: dict[str, str] = {}
    for document in await opened.catalogue.documents():
        found = await opened.catalogue.chunks_at({document.id: range(50)}, scope=Scope())
        for chunk in (each.chunk for each in found[document.id]):
            texts[f"{document.id}/{chunk.position}"] = embedded_text(document, chunk)
    matrix = await opened.embedder.embed_passages(list(texts.values()))
    found = 0
    for text in asked:
        (vector,) = await opened.embedder.embed_queries([text])
        exact = np.sort(matrix @ vector)[::-1][:_NEIGHBOURS]
        hits = await index.nearest(vector, limit=_NEIGHBOURS)
        found += sum(hit.similarity >= exact[-1] - 1e-4 for hit in hits)
    return round(float(found) / (_NEIGHBOURS * len(asked)), 4)


async def searching(home: Path, chunks: int) -> dict[str, object]:
    """Latency and memory of a process that only answers. Runs in a process of its own."""
    async with AsyncExitStack() as stack:
        opened = await _open(home, stack, real=True)
        asked = questions(chunks, 200)
        times = []
        for number, text in enumerate(asked):
            seconds, _ = await timed(lambda text=text: opened.retriever.retrieve(Question(id="q", text=text)))  # type: ignore[misc]
            if number >= 20:
                times.append(seconds)
        return {**percentiles(times), "resident MB": resident_mb()}


async def measure(home: Path, chunks: int) -> dict[str, object]:
    """The figures of one size."""
    folder = home.with_name("documents")
    paths = write_documents(folder, chunks)
    async with AsyncExitStack() as stack:
        opened = await _open(home, stack, real=False)
        inputs = [Input(path=folder)]
        indexing, report = await timed(lambda: opened.indexer.update(inputs))
        assert not report.failed
        nothing, _ = await timed(lambda: opened.indexer.update(inputs))
        paths[0].write_text(paths[0].read_text("utf-8") + "\n\nOne more sentence.\n", "utf-8")
        one, report = await timed(lambda: opened.indexer.update(inputs))
        assert len(report.updated) == 1
        counts = await opened.catalogue.counts()
        recall = await _recall(opened, questions(chunks, 50)) if chunks <= 20000 else "–"
    return {
        "pipeline": "advisor",
        "chunks": counts.chunks,
        "documents": counts.documents,
        "index s": round(indexing, 1),
        "no change s": round(nothing, 2),
        "one change s": round(one, 2),
        **await in_own_process("bench_parts.library", home, chunks),
        "recall@10": recall,
        "disk MB": disk_mb(home),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run_served(searching(Path(sys.argv[1]), int(sys.argv[2])))))
