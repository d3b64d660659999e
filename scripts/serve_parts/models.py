"""Open models that write Chinese and English well, and what they need. Sizes are rounded up; vLLM measures its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BYTES = (
    (re.compile(r"awq|gptq|int4|4bit|w4a|nvfp4|mxfp4", re.IGNORECASE), 0.7),
    (re.compile(r"fp8|int8|w8a8", re.IGNORECASE), 1.1),
)
_BILLIONS = re.compile(r"(?<![A-Za-z0-9.])(\d+(?:\.\d+)?)B(?![A-Za-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What a server has to know of a model.

    Attributes:
        weights_gb: what the weights take, over all GPUs together.
        kib_per_token: what a token of a prompt or of an answer takes beside them.
        capability: the least compute capability of a GPU that can calculate with such weights.
        thinks: it would think aloud first, at the reader's cost, and can be told not to.
        sees: it reads pictures too, for which no memory need be set aside.
    """

    name: str
    weights_gb: float
    kib_per_token: float
    capability: float = 7.5
    thinks: bool = True
    sees: bool = True
    remark: str = ""


TABLE = (
    Model(name="Qwen/Qwen3-4B-AWQ", weights_gb=3, kib_per_token=144, sees=False, remark="for 8 GB, to try things out"),
    Model(name="Qwen/Qwen3-8B-AWQ", weights_gb=6.5, kib_per_token=144, sees=False, remark="for one GPU of 12 or 16 GB"),
    Model(name="Qwen/Qwen3.5-9B", weights_gb=18.5, kib_per_token=48, remark="for one GPU of 24 GB"),
    Model(name="Qwen/Qwen3.6-27B-FP8", weights_gb=31, kib_per_token=96, capability=8.0, remark="for one GPU of 40 GB"),
    Model(
        name="Qwen/Qwen3.6-35B-A3B-FP8",
        weights_gb=38,
        kib_per_token=48,
        capability=8.0,
        remark="for 48 GB and more; fast, as a tenth of it works at a time",
    ),
    Model(
        name="Qwen/Qwen3.5-122B-A10B-FP8",
        weights_gb=130,
        kib_per_token=64,
        capability=8.0,
        remark="for two GPUs of 80 GB",
    ),
    Model(
        name="Qwen/Qwen3.5-397B-A17B-FP8",
        weights_gb=420,
        kib_per_token=64,
        capability=8.9,
        remark="for eight GPUs of 80 GB, or four of 141 GB",
    ),
)
_KNOWN = {model.name.lower(): model for model in TABLE}


def describe(name: str, *, weights_gb: float | None = None) -> Model | None:
    """A model of the table, or a guess at another one from its name; None when the name says nothing of its size."""
    if known := _KNOWN.get(name.lower()):
        return known
    packed = next((factor for pattern, factor in _BYTES if pattern.search(name)), 2.1)
    billions = [float(found) for found in _BILLIONS.findall(name.rpartition("/")[2])]
    if weights_gb is None and not billions:
        return None
    return Model(
        name=name,
        weights_gb=weights_gb or max(billions) * packed,
        kib_per_token=256,
        capability=8.0 if packed == 1.1 else 7.5,
        thinks=bool(re.search(r"qwen3(?!.*(?:instruct|2507|coder|next))", name, re.IGNORECASE)),
        sees=bool(re.search(r"qwen3\.[5-9]", name, re.IGNORECASE)),
    )
