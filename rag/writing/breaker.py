"""Leaves a service alone that keeps failing, and tries it again later with one request at a time."""

from __future__ import annotations

from dataclasses import dataclass

from rag.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Admission:
    """The leave to make one request; a probe is the only request that a service gets which was left alone."""

    probe: bool


class Breaker:
    """Counts the failures of one service; pure but for the clock.

    Closed, everybody is admitted. After `open_after` failures in a row it is open and admits nobody, until
    `probe_after_s` later one request at a time may probe. A probe that begins well closes it on trial: one more failure
    opens it again. Whoever was admitted reports how it went with one of the methods that take an admission.
    """

    def __init__(self, *, open_after: int, probe_after_s: float, clock: Clock) -> None:
        self._open_after = open_after
        self._probe_after_s = probe_after_s
        self._clock = clock
        self._failures = 0
        self._opened_at: float | None = None
        self._probe: Admission | None = None

    @property
    def is_open(self) -> bool:
        """Whether the service is left alone, probes aside."""
        return self._opened_at is not None

    @property
    def ready(self) -> bool:
        """Whether `admit` would admit a request now."""
        if self._opened_at is None:
            return True
        return self._probe is None and self._clock() - self._opened_at >= self._probe_after_s

    def admit(self) -> Admission | None:
        """Leave for one request, or None when the service is to be left alone."""
        if not self.ready:
            return None
        admission = Admission(probe=self.is_open)
        self._probe = admission if admission.probe else None
        return admission

    def began(self, admission: Admission) -> bool:
        """The service has begun to answer. Returns whether that closed the breaker."""
        if admission is not self._probe:
            return False
        self._opened_at = self._probe = None
        self._failures = self._open_after - 1
        return True

    def succeeded(self) -> None:
        """A request ended well."""
        self._failures = 0

    def failed(self, admission: Admission) -> bool:
        """A request failed. Returns whether that opened the breaker."""
        if self.is_open and admission is not self._probe:
            return False  # it was under way when others opened the breaker: nothing new is learned
        self._failures += 1
        self._probe = None
        if self._failures < self._open_after:
            return False
        self._opened_at = self._clock()
        return True

    def released(self, admission: Admission) -> None:
        """A request ended without telling anything about the service: it was cancelled, or refused for its content."""
        if admission is self._probe:
            self._probe = None
