"""The graph is sound ONNX and computes the transformer that it stands for."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from rag.backends.e5.graph import Precision, eight_bits, encoder
from rag.backends.e5.session import start_session
from rag.backends.e5.weights import Weights, dequantised, read_weights
from rag.errors import EmbedderUnavailable

Matrix = NDArray[np.float64]


def normalised(weights: Weights, state: Matrix, name: str) -> Matrix:
    centred = state - state.mean(axis=-1, keepdims=True)
    unit = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + weights.sizes.epsilon)
    return unit * weights.floats(f"{name}.w") + weights.floats(f"{name}.b")


def linear(weights: Weights, state: Matrix, name: str) -> Matrix:
    matrix = dequantised(weights.blocks(f"{name}.w", width=state.shape[-1]))
    return state @ matrix.T.astype(np.float64) + weights.floats(f"{name}.b")


def attended(weights: Weights, state: Matrix) -> Matrix:
    query, key, value = (linear(weights, state, f"l0.{part}") for part in "qkv")
    width = state.shape[-1] // weights.sizes.heads
    mixed = []
    for head in range(weights.sizes.heads):
        chosen = slice(head * width, (head + 1) * width)
        scores = np.exp(query[:, chosen] @ key[:, chosen].T / math.sqrt(width))
        mixed.append(scores / scores.sum(axis=-1, keepdims=True) @ value[:, chosen])
    return linear(weights, np.concatenate(mixed, axis=-1), "l0.ao")


def reference(weights: Weights, embeddings: Matrix) -> Matrix:
    """The encoder in plain numpy: one layer, no quantisation of activations."""
    state = normalised(weights, embeddings, "emb.ln")
    state = normalised(weights, attended(weights, state) + state, "l0.aln")
    wide = linear(weights, state, "l0.fi")
    active = wide * 0.5 * (1 + np.vectorize(math.erf)(wide / math.sqrt(2)))
    return normalised(weights, linear(weights, active, "l0.fo") + state, "l0.oln").sum(axis=0)


def cosine(one: Matrix, other: Matrix) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


@pytest.fixture
def weights(tiny_file: Path) -> Weights:
    return read_weights(tiny_file)


@pytest.mark.parametrize("precision", Precision)
def test_the_file_is_sound_onnx(weights: Weights, precision: Precision) -> None:
    model = onnx.load_from_string(encoder(weights, precision))
    onnx.checker.check_model(model, full_check=True)
    dims = [each.dim_value or each.dim_param for each in model.graph.input[0].type.tensor_type.shape.dim]
    assert dims == [1, "tokens", 32]
    assert {each.domain for each in model.opset_import} == {"", "com.microsoft"}


@pytest.mark.parametrize("tokens", [1, 2, 9])
@pytest.mark.parametrize(("precision", "tolerance"), [(Precision.INT8, 0.05), (Precision.FP32, 1e-4)])
def test_the_graph_computes_the_transformer(
    weights: Weights, precision: Precision, tolerance: float, tokens: int
) -> None:
    embeddings = np.random.default_rng(tokens).normal(0, 1, (1, tokens, 32)).astype(np.float32)
    found = start_session(encoder(weights, precision))(embeddings)
    expected = reference(weights, embeddings[0].astype(np.float64))
    assert found.shape == (32,)
    assert np.abs(found - expected).max() / np.abs(expected).max() < tolerance
    assert cosine(found.astype(np.float64), expected) > 0.998


def test_an_outlier_among_the_tokens_does_not_cost_the_others_their_precision(weights: Weights) -> None:
    embeddings = np.random.default_rng(1).normal(0, 1, (1, 6, 32)).astype(np.float32)
    embeddings[0, 3, 7] = 300
    found = start_session(encoder(weights, Precision.INT8))(embeddings)
    assert cosine(found.astype(np.float64), reference(weights, embeddings[0].astype(np.float64))) > 0.998


def test_each_row_uses_all_of_its_eight_bits(weights: Weights) -> None:
    blocks = weights.blocks("l0.fi.w", width=32)
    values, scale = eight_bits(blocks)
    assert np.abs(values.astype(int)).max(axis=1).tolist() == [127] * 64
    assert np.abs(values * scale[:, np.newaxis] - dequantised(blocks)).max() <= scale.max() / 2 + 1e-6


def test_a_row_of_zeros_stays_one() -> None:
    block = np.full((1, 1, 18), 0x88, dtype=np.uint8)
    values, scale = eight_bits(block)
    assert not values.any()
    assert np.all(scale > 0)


def test_a_file_that_is_no_model_is_refused() -> None:
    with pytest.raises(EmbedderUnavailable, match=r"onnxruntime \S+ cannot run the e5 graph"):
        start_session(b"no model")


def test_a_run_that_fails_is_told(weights: Weights) -> None:
    run = start_session(encoder(weights, Precision.FP32))
    with pytest.raises(EmbedderUnavailable, match="onnxruntime stopped in the e5 graph"):
        run(np.zeros((1, 2, 31), dtype=np.float32))
