"""Texts by which a machine shows that it computes the model: their vectors are known from the package's own engine.

The vectors ship with the product, so the comparison costs three short texts at a start and no second engine. What may
go wrong is the processor: without the instructions of VNNI, sums of products in eight bits can overflow.
"""

from __future__ import annotations

import io
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

import numpy as np

from rag.backends.e5.package import DIMENSION
from rag.errors import EmbedderUnavailable
from rag.ports import Embedder, Vectors

FLOOR: Final = 0.998
"""Least cosine to the known vector. In eight bits .9997 was the least of the three, in floating point .9999."""

PROBES: Final = (
    "创业公司怎样用大模型降低客服成本？",
    "A seed round buys about eighteen months of runway.",
    "开源模型 can be fine-tuned；自己部署的 GPU 每小时 $2.50，而 API 按 token 计费。",
)

_FILE = "probes.npy"


def known_vectors(file: Traversable | None = None) -> Vectors:
    """The passage vectors of the probes as the package's own engine makes them.

    Args:
        file: another file than the shipped one.

    Raises:
        EmbedderUnavailable: the file is missing or damaged.
    """
    chosen = file or resources.files(__package__) / _FILE
    try:
        vectors = np.load(io.BytesIO(chosen.read_bytes()), allow_pickle=False)
        if vectors.shape != (len(PROBES), DIMENSION) or vectors.dtype != np.float16:
            raise ValueError(f"{vectors.dtype} of shape {vectors.shape!r}")
    except (OSError, ValueError, EOFError, AttributeError) as error:
        raise EmbedderUnavailable(f"{chosen.name} cannot be used ({error}); reinstall the program") from error
    known: Vectors = vectors.astype(np.float32)
    return known


async def agreement(embedder: Embedder, known: Vectors) -> float:
    """The least cosine between what an embedder makes of the probes and what is known of them."""
    made = await embedder.embed_passages(PROBES)
    lengths = np.linalg.norm(known, axis=1)
    return float((np.einsum("ij,ij->i", made, known) / lengths).min())
