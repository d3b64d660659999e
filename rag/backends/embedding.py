"""What every embedder does around its model: clean texts go in, rows of unit length come out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import InvalidInput
from rag.ports import Vectors

MAX_CHARACTERS = 8192
"""Longer texts are cut: a chunk never is, and a model takes seconds for more."""

_SEPARATORS = re.compile(r"[\x0b\x0c\x1c-\x1f\x85]")
# NUL ends a text early in an engine written in C; half a surrogate pair cannot be written as UTF-8.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
_VISIBLE = re.compile(r"[^\s\u00ad\u200b-\u200f\u2060\ufeff]")


def embeddable(texts: Sequence[str]) -> list[str]:
    """The texts as every model can read them: without control characters and lone surrogates, of bounded length.

    Raises:
        InvalidInput: a text is blank, or one text was passed instead of a list.
    """
    if isinstance(texts, str):
        raise InvalidInput(f"expected a list of texts, got the single text {_shown(texts)}; put it into a list")
    cleaned = [_clean(text) for text in texts]
    for index, text in enumerate(cleaned):
        if not _VISIBLE.search(text):
            found = f"text {index + 1} of {len(texts)} is blank: {_shown(texts[index])}"
            raise InvalidInput(f"{found}; pass at least one letter, digit or sign")
    return cleaned


def unit_rows(matrix: NDArray[np.floating[Any]]) -> Vectors:
    """The rows of a matrix scaled to length one, as float32. A row of zeros stays as it is."""
    rows = matrix.astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vectors = rows / np.maximum(lengths, np.finfo(np.float32).tiny)
    return scaled


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("", _SEPARATORS.sub(" ", text))[:MAX_CHARACTERS]


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")
