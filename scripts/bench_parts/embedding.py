"""The packaged models: passages a second, and a question's milliseconds, alone and beside a process that indexes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench_parts.figures import percentiles, resident_mb, timed
from bench_parts.synthetic import questions
from bot.app import give_way
from rag.backends.bundled import open_bundled
from rag.backends.e5.opening import open_e5
from rag.backends.universal import UniversalEmbedder
from rag.ports import Embedder

_PASSAGE = "推理成本取决于模型大小、输入长度和并发数，缓存前缀可以让重复的系统提示几乎不花钱。"
_PASSAGES = [f"{number}. {_PASSAGE * 7}"[:300] for number in range(48)]
_READY = b"ready\n"


async def measure() -> list[dict[str, object]]:
    """A row for each embedder."""
    loading, use = await timed(UniversalEmbedder.open)
    e5_loading, e5 = await timed(lambda: open_e5(threads=2))
    joined_loading, bundled = await timed(lambda: open_bundled(use, threads=2))
    rows = [("use", loading, use), ("e5", e5_loading, e5), ("bundled", loading + joined_loading, bundled)]
    made = [await _row(*row) for row in rows]
    async with _indexing():
        for row, (_, _, embedder) in zip(made, rows, strict=True):
            row |= {f"{name} beside indexing": value for name, value in (await _asked(embedder)).items()}
    return made


async def _row(name: str, loading: float, embedder: Embedder) -> dict[str, object]:
    await embedder.embed_passages(_PASSAGES[:2])
    elapsed, _ = await timed(lambda: embedder.embed_passages(_PASSAGES))
    return {
        "embedder": name,
        "open s": round(loading, 2),
        "passages/s": round(len(_PASSAGES) / elapsed, 1),
        **await _asked(embedder),
        "resident MB": resident_mb(),
    }


async def _asked(embedder: Embedder) -> dict[str, float]:
    times = [(await timed(lambda text=text: embedder.embed_queries([text])))[0] for text in questions(1000, 200)]  # type: ignore[misc]
    return percentiles(times[10:])


@asynccontextmanager
async def _indexing() -> AsyncIterator[None]:
    """Another process that embeds passages without end, as `advisor index` does."""
    program = [sys.executable, "-m", "bench_parts.embedding"]
    process = await asyncio.create_subprocess_exec(
        *program, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parent.parent
    )
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == _READY
        yield
    finally:
        process.kill()
        await process.wait()


async def _index_for_ever() -> None:
    give_way()
    bundled = await open_bundled(await UniversalEmbedder.open(), threads=2)
    sys.stdout.write(_READY.decode())
    sys.stdout.flush()
    while True:
        await bundled.embed_passages(_PASSAGES)


if __name__ == "__main__":
    asyncio.run(_index_for_ever())
