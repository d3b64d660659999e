"""What happens to the language models of a pool, for logs and metrics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class PoolEventKind(StrEnum):
    """What happened; the value is the name of the log event."""

    FAILED = "model_failed"
    """One request came to nothing before the first word."""

    SWITCHED = "model_switched"
    """The endpoint was given up for this answer; the next one is tried."""

    EXHAUSTED = "models_exhausted"
    """The last endpoint was given up: no model writes this answer."""

    BROKE_OFF = "model_broke_off"
    """The model stopped in the middle of an answer."""

    OPENED = "model_breaker_opened"
    """The endpoint is left alone from now on."""

    CLOSED = "model_breaker_closed"
    """The endpoint answers again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolEvent:
    """One event. `error` is the class of the error behind it, empty when there is none."""

    kind: PoolEventKind
    endpoint: str
    error: str = ""


OnPoolEvent = Callable[[PoolEvent], None]
"""Where events go besides the log; it must not block."""
