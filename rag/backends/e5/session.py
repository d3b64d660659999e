"""Runs a model on onnxruntime."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from rag.errors import EmbedderUnavailable
from rag.ports import Vectors

Run = Callable[[Vectors], Vectors]
"""Embeddings of one text's tokens, shape (1, tokens, hidden), to their sum, shape (hidden,). On the calling thread."""


def start_session(model: bytes) -> Run:
    """A session for a model in the format of ONNX.

    Raises:
        EmbedderUnavailable: onnxruntime is missing or too old for the model.
    """
    # It would write a device id and a queue of events for its maker as soon as it is imported; later is too late.
    os.putenv("ORT_DISABLE_TELEMETRY", "1")
    try:
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as native
    except ImportError as error:
        raise EmbedderUnavailable(f"onnxruntime does not load ({error}); reinstall it") from error
    try:
        session = onnxruntime.InferenceSession(model, _options(onnxruntime), providers=["CPUExecutionProvider"])
        # There is no other provider to fall back to, for which it would keep the model's 26 MB a second time.
        session.disable_fallback()
        session._model_bytes = None
    except _errors(native) as error:
        raise EmbedderUnavailable(
            f"onnxruntime {onnxruntime.__version__} cannot run the e5 graph ({error}); install a newer one"
        ) from error

    def run(embeddings: Vectors) -> Vectors:
        try:
            (sums,) = session.run(None, {"x": embeddings})
        except _errors(native) as error:
            raise EmbedderUnavailable(f"onnxruntime stopped in the e5 graph ({error}); is memory short?") from error
        result: NDArray[Any] = sums[0]
        return result

    return run


def _options(onnxruntime: Any) -> Any:
    options = onnxruntime.SessionOptions()
    # Several texts at a time use the cores better than several threads a text, and no idle thread spins.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # The next level would join addition and normalisation again, see `graph`.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    return options


def _errors(native: Any) -> tuple[type[Exception], ...]:
    # They have no base in common.
    kinds = [kind for kind in vars(native).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    return (*kinds, RuntimeError, ValueError, MemoryError)
