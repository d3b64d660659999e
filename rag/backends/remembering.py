"""Remembers the vectors of what the library says: answers look at the same sentences again and again.

What a person has asked is not remembered.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from rag.backends.embedding import embeddable
from rag.backends.wrapped import WrappedEmbedder
from rag.ports import Embedder, Vectors

_MOST = 3072
"""Vectors that are remembered: six megabytes of those of the sentence encoder."""


class RememberingEmbedder(WrappedEmbedder):
    """Makes the vector of a passage once, as long as it is among those used last.

    Args:
        inner: makes the vectors.
        most: how many are remembered.
    """

    def __init__(self, inner: Embedder, *, most: int = _MOST) -> None:
        super().__init__(inner)
        self._most = most
        self._known: OrderedDict[bytes, Vectors] = OrderedDict()

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of pieces of documents; see `rag.ports.Embedder`."""
        cleaned = embeddable(texts)
        keys = [_key(text) for text in cleaned]
        told = dict(zip(keys, cleaned, strict=True))
        found = {key: self._known[key] for key in told if key in self._known}
        new = [key for key in told if key not in found]
        if new:
            rows = await self._inner.embed_passages([told[key] for key in new])
            found.update(zip(new, rows.copy(), strict=True))
        self._remember(found)
        return np.stack([found[key] for key in keys]) if keys else np.empty((0, self.dimension), np.float32)

    def _remember(self, vectors: dict[bytes, Vectors]) -> None:
        for key, vector in vectors.items():
            self._known[key] = vector
            self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)


def _key(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
