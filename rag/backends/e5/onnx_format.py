"""Writes a model in the format of ONNX.

Of the format's protocol buffers six messages are needed, and a field of theirs is a tag with a number, a float or some
bytes behind it. The package `onnx` writes them, too: it has 30 MB and takes longer to import than the whole conversion.
In the tests its checker reads what is written here. Field numbers: `onnx.proto3` of the ONNX project.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MICROSOFT: Final = "com.microsoft"
"""The set of operators that onnxruntime adds to the standard's."""

Attribute = int | float | Sequence[int]

_IR_VERSION, _OPSET = 8, 17
_FLOAT, _INT8, _INT64 = 1, 3, 7
_ELEMENT_TYPES = {np.dtype(np.float32): _FLOAT, np.dtype(np.int8): _INT8, np.dtype(np.int64): _INT64}


class GraphWriter:
    """Collects the nodes and constants of a graph, in the order of execution."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def constant(self, name: str, values: NDArray[Any]) -> str:
        """Adds a tensor that never changes; returns its name."""
        dims = b"".join(_field(1, size) for size in values.shape)
        content = _field(9, np.ascontiguousarray(values).tobytes())
        self._parts.append(_field(5, dims + _field(2, _ELEMENT_TYPES[values.dtype]) + _field(8, name) + content))
        return name

    def node(
        self, operator: str, inputs: Sequence[str], output: str, *, domain: str = "", **attributes: Attribute
    ) -> str:
        """Adds an operation with one output; returns the output's name."""
        self.split(operator, inputs, [output], domain=domain, **attributes)
        return output

    def split(
        self, operator: str, inputs: Sequence[str], outputs: Sequence[str], *, domain: str = "", **attributes: Attribute
    ) -> None:
        """Adds an operation with several outputs."""
        body = [_field(1, name) for name in inputs] + [_field(2, name) for name in outputs] + [_field(4, operator)]
        body += [_field(5, _attribute(name, value)) for name, value in attributes.items()]
        self._parts.append(_field(1, b"".join([*body, _field(7, domain)])))

    def model(
        self, name: str, *, inputs: dict[str, Sequence[int | str]], outputs: dict[str, Sequence[int | str]]
    ) -> bytes:
        """The file's bytes. Inputs and outputs are float tensors, a dimension is a size or a name for any size."""
        ends = [_field(11, _value(*each)) for each in inputs.items()]
        ends += [_field(12, _value(*each)) for each in outputs.items()]
        graph = b"".join([*self._parts, _field(2, name), *ends])
        opsets = [
            _field(8, _field(1, domain) + _field(2, version)) for domain, version in (("", _OPSET), (MICROSOFT, 1))
        ]
        return b"".join([_field(1, _IR_VERSION), _field(7, graph), *opsets])


def _attribute(name: str, value: Attribute) -> bytes:
    match value:
        case float():
            kind, body = 1, _field(2, value)
        case int():
            kind, body = 2, _field(3, value)
        case _:
            kind, body = 7, b"".join(_field(8, each) for each in value)
    return _field(1, name) + body + _field(20, kind)


def _value(name: str, dimensions: Sequence[int | str]) -> bytes:
    shape = b"".join(_field(1, _field(1 if isinstance(size, int) else 2, size)) for size in dimensions)
    return _field(1, name) + _field(2, _field(1, _field(1, _FLOAT) + _field(2, shape)))


def _field(number: int, value: float | str | bytes) -> bytes:
    """One field of a message; `int` is a varint, `float` four bytes, text and bytes have their length before them."""
    match value:
        case int():
            return _varint(number << 3) + _varint(value)
        case float():
            return _varint(number << 3 | 5) + struct.pack("<f", value)
        case _:
            content = value.encode() if isinstance(value, str) else value
            return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    left = number & (1 << 64) - 1  # a negative number is written in two's complement
    groups = bytearray()
    while left > 0x7F:
        groups.append(left & 0x7F | 0x80)
        left >>= 7
    return bytes([*groups, left])
