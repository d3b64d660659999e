"""Opens the models that ship inside packages, and tells what they are called without opening them."""

from __future__ import annotations

from rag.backends.bundled import bundled_identity, load_means, open_bundled
from rag.backends.e5.package import DIMENSION, IDENTITY
from rag.backends.heap import give_back
from rag.backends.universal import UniversalEmbedder
from rag.ports import Embedder
from rag.settings import EmbeddingSettings


async def open_packaged(settings: EmbeddingSettings) -> tuple[Embedder, Embedder]:
    """The configured embedder, and the quick one with which the extractive writer reads.

    Raises:
        EmbedderUnavailable: a package is missing or damaged.
    """
    use = await UniversalEmbedder.open()
    chosen = use if settings.embedder == "use" else await open_bundled(use, threads=settings.threads)
    give_back()
    return chosen, use


def expected(settings: EmbeddingSettings) -> tuple[str, int]:
    """Identity and dimension that the configured embedder has where nothing makes it fall back.

    Raises:
        EmbedderUnavailable: the shipped means are damaged.
    """
    if settings.embedder == "use":
        return UniversalEmbedder.identity, UniversalEmbedder.dimension
    identity = bundled_identity(IDENTITY, UniversalEmbedder.identity, load_means())
    return identity, DIMENSION + UniversalEmbedder.dimension
