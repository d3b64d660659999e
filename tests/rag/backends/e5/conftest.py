"""A model that fits on a page: a file of weights in the format `E5S1` with one layer, made of seeded random numbers."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

HIDDEN, INNER, HEADS, POSITIONS = 32, 64, 2, 12
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁a", "b", "ab", "▁ab", "融", "资", "融资", "abcdef", "▁query", ":"]
SCORES = [0.0, 0.0, 0.0, 0.0, -3.0, -3.5, -4.0, -3.8, -3.9, -5.0, -5.0, -6.0, -2.0, -2.5, -2.5]
REPLACEMENTS = {"Ａ": "a", "ﬁ": "fi", "\u200b": "", "\t": " "}


def _stored_matrix(numbers: np.random.Generator, rows: int, width: int) -> bytes:
    scale = numbers.uniform(0.02, 0.06, (rows, width // 32, 1)).astype("<f2").view(np.uint8)
    packed = numbers.integers(0, 256, (rows, width // 32, 16), dtype=np.uint8)
    return np.concatenate([scale, packed], axis=-1).tobytes()


def _tensors() -> dict[str, bytes]:
    numbers = np.random.default_rng(5)
    matrices = {"l0.q": (HIDDEN, HIDDEN), "l0.k": (HIDDEN, HIDDEN), "l0.v": (HIDDEN, HIDDEN), "l0.ao": (HIDDEN, HIDDEN)}
    matrices |= {"l0.fi": (INNER, HIDDEN), "l0.fo": (HIDDEN, INNER)}
    tensors = {"emb.word": _stored_matrix(numbers, len(PIECES), HIDDEN)}
    for name, (rows, width) in matrices.items():
        tensors[f"{name}.w"] = _stored_matrix(numbers, rows, width)
        tensors[f"{name}.b"] = numbers.normal(0, 0.1, rows).astype("<f4").tobytes()
    for name in ("emb.ln", "l0.aln", "l0.oln"):
        tensors[f"{name}.w"] = numbers.uniform(0.5, 1.5, HIDDEN).astype("<f4").tobytes()
        tensors[f"{name}.b"] = numbers.normal(0, 0.1, HIDDEN).astype("<f4").tobytes()
    tensors["emb.pos"] = numbers.normal(0, 0.1, (POSITIONS, HIDDEN)).astype("<f4").tobytes()
    tensors["emb.type"] = numbers.normal(0, 0.1, (2, HIDDEN)).astype("<f4").tobytes()
    return tensors


def _vocabulary() -> bytes:
    texts = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, texts)]).astype("<u4")
    head = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, int(offsets[-1]))
    replaced = b"".join(
        struct.pack(f"<IB{len(to)}I", ord(character), len(to), *map(ord, to)) for character, to in REPLACEMENTS.items()
    )
    scores = np.array(SCORES, dtype="<f4").tobytes()
    return head + offsets.tobytes() + scores + b"".join(texts) + struct.pack("<iI", 4, len(replaced)) + replaced


def tiny_model() -> bytes:
    tensors = _tensors()
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, 1, HEADS, INNER, len(PIECES), POSITIONS, 2, 1e-12, 32)
    before = head + _vocabulary() + struct.pack("<i", len(tensors))
    at = len(before) + sum(2 + len(name) + 21 for name in tensors)
    directory = b""
    for name, content in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", 0, 0, at, len(content))
        at += len(content)
    return before + directory + b"".join(tensors.values())


@pytest.fixture
def tiny_file(tmp_path: Path) -> Path:
    """The file of the small model."""
    path = tmp_path / "tiny.bin"
    path.write_bytes(tiny_model())
    return path
