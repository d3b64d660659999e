"""The encoder as an ONNX graph: embeddings of one text's tokens in, the sum of their last hidden states out.

Why it looks as it does, measured with onnxruntime 1.31 on passages of the starter library and one core:

- In eight bits a passage takes 33 ms, in floating point 71, in the package's own engine 300.
- Weights get a scale for each output, activations one for a whole text, taken anew each time. So a text is run alone:
  beside others its vector would depend on them.
- An attention's values stay in floating point: all else passes through them. Eight of the 384 channels are several
  times as loud as the rest before a feed-forward part, and would take the eight bits for themselves: they are
  multiplied in floating point, too. Before its last matrix it is a few tokens that are loud: every token is divided by
  its own largest value, and the product multiplied by it. Together this costs a fifth of the time, and the cosine to
  floating point is .9998 and not .997.
- Adding and normalising are two operators, because the kernel that does both is five times slower than they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from rag.backends.e5.onnx_format import MICROSOFT, GraphWriter
from rag.backends.e5.weights import Weights, dequantised, scales, steps
from rag.ports import Vectors

_LARGEST = np.float32(127)
_LOUD_CHANNELS = (15, 35, 87, 146, 195, 297, 321, 345)
"""The channels with the largest values over all layers, in 3,000 tokens of Chinese and English passages."""

_FLOOR = np.float32(0.17)
"""Least value that a token is divided by: GELU's lowest is -.17, so that no value is larger after it."""

_Product = Callable[[str, NDArray[np.uint8], str], str]
"""Writes the product of a state and a matrix with its bias, under the name of what it is for; returns that name."""


class Precision(StrEnum):
    """How matrices are multiplied, fastest first."""

    INT8 = "int8"
    FP32 = "fp32"


def encoder(weights: Weights, precision: Precision) -> bytes:
    """The model as a file of ONNX, with input `x` of shape (1, tokens, hidden) and output `sum` of (1, hidden)."""
    return _Encoder(weights, precision).model()


class _Encoder:
    """Writes one graph; method by method the parts of a transformer, from the outside in."""

    def __init__(self, weights: Weights, precision: Precision) -> None:
        self._weights, self._precision = weights, precision
        self._graph = GraphWriter()
        self._loud = [channel for channel in _LOUD_CHANNELS if channel < weights.sizes.hidden]

    def model(self) -> bytes:
        graph, hidden = self._graph, self._weights.sizes.hidden
        quiet = np.ones(hidden, dtype=np.float32)
        quiet[self._loud] = 0
        graph.constant("quiet", quiet)
        graph.constant("loud", np.array(self._loud))
        graph.constant("floor", np.array([_FLOOR]))
        graph.constant("halves", np.array([hidden] * 2))
        graph.constant("token axis", np.array([1]))
        state = self._normalised("x", "emb.ln")
        for number in range(self._weights.sizes.layers):
            state = self._layer(state, f"l{number}")
        graph.node("ReduceSum", [state, "token axis"], "sum", keepdims=0)
        return graph.model("e5", inputs={"x": [1, "tokens", hidden]}, outputs={"sum": [1, hidden]})

    def _layer(self, state: str, name: str) -> str:
        attended = self._attention(state, name)
        state = self._normalised(self._graph.node("Add", [attended, state], f"{name}.attended"), f"{name}.aln")
        widened = self._linear(state, [f"{name}.fi"], self._parted)
        active = self._graph.node("Gelu", [widened], f"{name}.active", domain=MICROSOFT)
        narrowed = self._linear(active, [f"{name}.fo"], self._levelled)
        return self._normalised(self._graph.node("Add", [narrowed, state], f"{name}.fed"), f"{name}.oln")

    def _attention(self, state: str, name: str) -> str:
        joined = self._linear(state, [f"{name}.q", f"{name}.k"], self._plain)
        query, key = f"{name}.query", f"{name}.key"
        self._graph.split("Split", [joined, "halves"], [query, key], axis=-1)
        inputs = [query, key, self._linear(state, [f"{name}.v"], self._floating)]
        heads = self._weights.sizes.heads
        mixed = self._graph.node("MultiHeadAttention", inputs, f"{name}.mixed", domain=MICROSOFT, num_heads=heads)
        return self._linear(mixed, [f"{name}.ao"], self._plain)

    def _normalised(self, state: str, name: str) -> str:
        scale = self._graph.constant(f"{name}.w", self._weights.floats(f"{name}.w"))
        shift = self._graph.constant(f"{name}.b", self._weights.floats(f"{name}.b"))
        epsilon = self._weights.sizes.epsilon
        return self._graph.node("LayerNormalization", [state, scale, shift], name, axis=-1, epsilon=epsilon)

    def _linear(self, state: str, names: Sequence[str], eight_bits_product: _Product) -> str:
        """One product with the matrices of these names, one beside the other, and their biases."""
        output = names[0]
        bias = np.concatenate([self._weights.floats(f"{name}.b") for name in names])
        self._graph.constant(_bias(output), bias)
        blocks = np.concatenate([self._weights.blocks(f"{name}.w", width=self._width(name)) for name in names])
        product = self._floating if self._precision is Precision.FP32 else eight_bits_product
        return product(state, blocks, output)

    def _floating(self, state: str, blocks: NDArray[np.uint8], output: str) -> str:
        matrix = self._graph.constant(f"{output}.w", dequantised(blocks).T)
        product = self._graph.node("MatMul", [state, matrix], f"{output}.product")
        return self._graph.node("Add", [product, _bias(output)], output)

    def _plain(self, state: str, blocks: NDArray[np.uint8], output: str) -> str:
        return self._quantised([state, *self._eight_bits(output, blocks), _bias(output)], output)

    def _quantised(self, inputs: Sequence[str], output: str) -> str:
        return self._graph.node("DynamicQuantizeMatMul", inputs, output, domain=MICROSOFT)

    def _parted(self, state: str, blocks: NDArray[np.uint8], output: str) -> str:
        """The product of the quiet channels in eight bits, and of the loud ones in floating point."""
        node, eight_bits = self._graph.node, self._eight_bits(output, blocks)
        quiet = node("Mul", [state, "quiet"], f"{output}.quiet")
        product = self._quantised([quiet, *eight_bits, _bias(output)], f"{output}.product")
        matrix = self._graph.constant(f"{output}.loud.w", dequantised(blocks)[:, self._loud].T)
        channels = node("Gather", [state, "loud"], f"{output}.loud", axis=-1)
        loud = node("MatMul", [channels, matrix], f"{output}.loud.product")
        return node("Add", [product, loud], output)

    def _levelled(self, state: str, blocks: NDArray[np.uint8], output: str) -> str:
        """The product of every token with its own largest value taken out, and brought back behind it."""
        node, eight_bits = self._graph.node, self._eight_bits(output, blocks)
        largest = node("ReduceMax", [state], f"{output}.max", axes=[-1], keepdims=1)
        level = node("Max", [largest, "floor"], f"{output}.level")
        product = self._quantised([node("Div", [state, level], f"{output}.even"), *eight_bits], f"{output}.product")
        restored = node("Mul", [product, level], f"{output}.restored")
        return node("Add", [restored, _bias(output)], output)

    def _eight_bits(self, name: str, blocks: NDArray[np.uint8]) -> list[str]:
        values, scale = eight_bits(blocks)
        zero = np.zeros(len(scale), dtype=np.int8)
        constant = self._graph.constant
        return [constant(f"{name}.w", values.T), constant(f"{name}.scale", scale), constant(f"{name}.zero", zero)]

    def _width(self, name: str) -> int:
        sizes = self._weights.sizes
        return sizes.inner if name.endswith(".fo") else sizes.hidden


def _bias(output: str) -> str:
    return f"{output}.b"


def eight_bits(blocks: NDArray[np.uint8]) -> tuple[NDArray[np.int8], Vectors]:
    """A matrix of four-bit blocks as eight-bit rows, and the scale of each row."""
    whole, scale = steps(blocks), scales(blocks)
    largest = np.abs(np.abs(whole).max(axis=-1, keepdims=True) * scale).max(axis=(1, 2))
    row_scale = np.maximum(largest / _LARGEST, np.finfo(np.float32).tiny).astype(np.float32)
    values = np.rint(whole * (scale / row_scale[:, None, None])).astype(np.int8)
    return values.reshape(len(blocks), -1), row_scale
