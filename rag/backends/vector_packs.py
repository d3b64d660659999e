"""Vectors that travel with the texts they belong to: one small read-only file a document.

A pack is an uncompressed `.npz` archive. The same texts give the same bytes, so a pack changes under version control
only when its document does.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.backends.embedding import unit_rows
from rag.errors import InvalidInput, StorageFailed
from rag.ports import Vectors

Halves = NDArray[np.float16]
"""Vectors as they are stored: half the room, and a dot product off by less than 0.001."""

_KEY_BYTES = 32
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_READABLE = 0o644 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """The vectors of one document's texts: `keys` as `text_key` makes them, and a row of `halves` for each."""

    identity: str
    keys: tuple[bytes, ...]
    halves: Halves


def text_key(text: str) -> bytes:
    """The 32 bytes by which a text's vector is found again; they do not tell the text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def to_halves(vectors: Vectors) -> Halves:
    """Vectors in the form that is stored."""
    return vectors.astype("<f2")


def from_halves(halves: Halves) -> Vectors:
    """Stored vectors back at unit length, which rounding took from them."""
    return unit_rows(halves)


def write_pack(path: Path, identity: str, texts: Sequence[str], vectors: Vectors) -> None:
    """Writes the vectors of a document's texts, replacing the file whole.

    Args:
        path: the file, ending in `.npz`.
        identity: of the embedder that made the vectors.
        texts: what was embedded.
        vectors: one row for each text.

    Raises:
        InvalidInput: the numbers of texts and vectors differ.
        StorageFailed: the file cannot be written.
    """
    if vectors.ndim != 2 or len(texts) != len(vectors):
        raise InvalidInput(
            f"{path}: {len(texts)} texts came with vectors of shape {vectors.shape!r}; pass a row for each"
        )
    rows = {text_key(text): row for row, text in enumerate(texts)}
    keys = sorted(rows)
    arrays: dict[str, NDArray[Any]] = {
        "identity": np.array(identity),
        "keys": np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, _KEY_BYTES),
        "vectors": to_halves(vectors[[rows[key] for key in keys]]),
    }
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(_archive(arrays))
        part.replace(path)
    except OSError as error:
        raise StorageFailed(f"{path}: the vector pack cannot be written ({error}); check the folder") from error


def read_pack(path: Path) -> Pack:
    """The vectors of one document.

    Raises:
        StorageFailed: the file is missing or is no sound pack; the message names it.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
            return _pack(str(archive["identity"]), archive["keys"], archive["vectors"])
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        EOFError,
        NotImplementedError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        remedy = "delete it or restore it from the distribution"
        raise StorageFailed(f"{path}: not a sound vector pack ({error}); {remedy}") from error


def _archive(arrays: dict[str, NDArray[Any]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in _members(arrays):
            # Everything that depends on the moment or the machine is set to a constant.
            info = zipfile.ZipInfo(f"{name}.npy", date_time=_EPOCH)
            info.create_system, info.external_attr = _UNIX, _READABLE
            archive.writestr(info, content)
    return buffer.getvalue()


def _members(arrays: dict[str, NDArray[Any]]) -> Iterator[tuple[str, bytes]]:
    for name, array in arrays.items():
        member = io.BytesIO()
        np.lib.format.write_array(member, array, version=(1, 0), allow_pickle=False)
        yield name, member.getvalue()


def _pack(identity: str, keys: NDArray[Any], vectors: NDArray[Any]) -> Pack:
    if keys.dtype != np.uint8 or keys.ndim != 2 or keys.shape[1] != _KEY_BYTES:
        raise ValueError(f"keys are {keys.dtype} of shape {keys.shape!r}, expected uint8 of (n, {_KEY_BYTES})")
    if vectors.dtype != np.float16 or vectors.ndim != 2 or len(vectors) != len(keys):
        raise ValueError(
            f"vectors are {vectors.dtype} of shape {vectors.shape!r}, expected float16 of ({len(keys)}, d)"
        )
    if not np.all(np.isfinite(vectors)):
        raise ValueError("a vector holds a number that is not finite")
    return Pack(identity=identity, keys=tuple(row.tobytes() for row in keys), halves=vectors)
