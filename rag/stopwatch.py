"""Milliseconds by stage, measured with an injected clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rag.ports import Clock


class Stopwatch:
    """Collects the time that named stages take; a stage that comes twice adds up."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started = clock()
        self._stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside."""
        started = self._clock()
        try:
            yield
        finally:
            self._stages[name] = self._stages.get(name, 0.0) + 1000 * (self._clock() - started)

    @property
    def total_ms(self) -> float:
        """Milliseconds since the watch was made."""
        return 1000 * (self._clock() - self._started)

    @property
    def timings_ms(self) -> dict[str, float]:
        """Milliseconds by stage."""
        return dict(self._stages)
