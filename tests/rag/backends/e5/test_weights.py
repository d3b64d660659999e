"""The file of weights is read as it was written, and what is no such file is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.backends.e5.weights import dequantised, read_weights
from rag.errors import EmbedderUnavailable


def test_sizes_and_vocabulary_are_read(tiny_file: Path) -> None:
    weights = read_weights(tiny_file)
    sizes, vocabulary = weights.sizes, weights.vocabulary
    assert (sizes.hidden, sizes.layers, sizes.heads, sizes.inner, sizes.positions) == (32, 1, 2, 64, 12)
    assert sizes.epsilon == pytest.approx(1e-12)
    assert (vocabulary.begin, vocabulary.end, vocabulary.unknown) == (0, 2, 3)
    assert vocabulary.replacements == {0xFF21: "a", 0xFB01: "fi", 0x200B: "", 9: " "}


def test_tensors_are_found_by_name_in_their_shape(tiny_file: Path) -> None:
    weights = read_weights(tiny_file)
    assert weights.floats("emb.type").shape == (64,)
    assert weights.blocks("l0.fo.w", width=64).shape == (32, 2, 18)
    assert 0.4 < weights.floats("emb.ln.w").min() < weights.floats("emb.ln.w").max() < 1.6


def test_low_halves_come_first_and_eight_is_zero() -> None:
    block = np.zeros((1, 1, 18), dtype=np.uint8)
    block[0, 0, :2] = np.array([0.5], dtype="<f2").view(np.uint8)
    block[0, 0, 2:] = 0x88
    block[0, 0, 2] = 0xF0
    values = dequantised(block)
    assert values.shape == (1, 32)
    assert (values[0, 0], values[0, 16]) == (-4.0, 3.5)
    assert np.count_nonzero(values) == 2


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"", "empty file", id="empty"),
        pytest.param(b"GGUF" + bytes(200), "begins with b'GGUF'", id="another format"),
        pytest.param(b"E5S1" + bytes(200), "blocks have 0 weights, expected 32", id="another kind of weights"),
        pytest.param(b"E5S1" + bytes(3), "requires a buffer", id="cut off"),
        pytest.param(None, "No such file", id="missing"),
    ],
)
def test_what_is_no_file_of_weights_is_named(tmp_path: Path, content: bytes | None, problem: str) -> None:
    path = tmp_path / "weights.bin"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EmbedderUnavailable, match=problem) as caught:
        read_weights(path)
    assert repr(str(path)) in str(caught.value)
