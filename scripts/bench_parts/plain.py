"""The baseline: LangChain's splitter and its Chroma store put together plainly, on the same texts and vectors."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from bench_parts.figures import disk_mb, in_own_process, percentiles, resident_mb
from bench_parts.synthetic import ProjectedEmbedder, questions, write_documents
from bot.running.loops import run_served
from rag.backends.bundled import open_bundled
from rag.backends.universal import UniversalEmbedder

_BATCH = 1000


def _embeddings(projected: ProjectedEmbedder) -> Any:
    from langchain_core.embeddings import Embeddings

    class Projected(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return projected.project(texts).tolist()

        def embed_query(self, text: str) -> list[float]:
            return projected.project([text])[0].tolist()

    return Projected()


def _splitter() -> Any:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    return RecursiveCharacterTextSplitter(chunk_size=500, chunk_overlap=50)


def _store(folder: Path) -> Any:
    from langchain_chroma import Chroma

    embeddings = _embeddings(ProjectedEmbedder(None))
    return Chroma(collection_name="plain", embedding_function=embeddings, persist_directory=str(folder / "chroma"))


async def searching(folder: Path, chunks: int) -> dict[str, object]:
    """Latency and memory of a process that only searches. Runs in a process of its own."""
    real, store = await open_bundled(await UniversalEmbedder.open(), threads=2), _store(folder)
    times = []
    for number, text in enumerate(questions(chunks, 200)):
        asked = time.perf_counter()
        await real.embed_queries([text])
        store.similarity_search_with_score(text, k=8)
        if number >= 20:
            times.append(time.perf_counter() - asked)
    return {**percentiles(times), "resident MB": resident_mb()}


async def measure(folder: Path, chunks: int) -> dict[str, object]:
    """The figures of one size. It has no incremental indexing: nothing changed costs the whole again."""
    paths = write_documents(folder / "documents", chunks)
    begun = time.perf_counter()
    store = _store(folder)
    texts = [piece for path in paths for piece in _splitter().split_text(path.read_text("utf-8"))]
    for start in range(0, len(texts), _BATCH):
        store.add_texts(texts[start : start + _BATCH])
    indexing = time.perf_counter() - begun
    return {
        "pipeline": "langchain + chroma",
        "chunks": len(texts),
        "documents": len(paths),
        "index s": round(indexing, 1),
        **await in_own_process("bench_parts.plain", folder, chunks),
        "disk MB": disk_mb(folder / "chroma"),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run_served(searching(Path(sys.argv[1]), int(sys.argv[2])))))
