"""An embedder for which traditional and simplified Chinese are one script."""

from __future__ import annotations

from collections.abc import Sequence

from rag.backends.wrapped import WrappedEmbedder
from rag.hanzi import simplified
from rag.language import detect_language
from rag.ports import Vectors
from rag.types import Language


class FoldingEmbedder(WrappedEmbedder):
    """Embeds the simplified form of Chinese texts, which is what the models have seen most of.

    It stands in front of a cache, so that what is cached is filed under the form that was embedded. Texts that are
    simplified already get the very vectors of the inner embedder, whose identity therefore stays.
    """

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; see `rag.ports.Embedder`."""
        return await self._inner.embed_queries([_folded(text) for text in texts])

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of pieces of documents; see `rag.ports.Embedder`."""
        return await self._inner.embed_passages([_folded(text) for text in texts])


def _folded(text: str) -> str:
    """The text as it is embedded: Japanese keeps its characters, which are none of either Chinese script."""
    return text if detect_language(text) is Language.JA else simplified(text)
