"""The packaged models: passages a second, and a question's milliseconds."""

from __future__ import annotations

from bench_parts.figures import percentiles, resident_mb, timed
from bench_parts.synthetic import questions
from rag.backends.bundled import open_bundled
from rag.backends.universal import UniversalEmbedder
from rag.ports import Embedder

_PASSAGE = "推理成本取决于模型大小、输入长度和并发数，缓存前缀可以让重复的系统提示几乎不花钱。"


async def measure() -> list[dict[str, object]]:
    """A row for each embedder."""
    loading, use = await timed(UniversalEmbedder.open)
    joined_loading, bundled = await timed(lambda: open_bundled(use, threads=2))
    return [await _row("use", loading, use), await _row("bundled", loading + joined_loading, bundled)]


async def _row(name: str, loading: float, embedder: Embedder) -> dict[str, object]:
    passages = [f"{number}. {_PASSAGE * 7}"[:300] for number in range(24)]
    await embedder.embed_passages(passages[:2])
    elapsed, _ = await timed(lambda: embedder.embed_passages(passages))
    asked = [(await timed(lambda text=text: embedder.embed_queries([text])))[0] for text in questions(1000)]
    return {
        "embedder": name,
        "open s": round(loading, 2),
        "passages/s": round(len(passages) / elapsed, 1),
        **percentiles(asked),
        "resident MB": resident_mb(),
    }
