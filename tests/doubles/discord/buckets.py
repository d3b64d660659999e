"""Rate limits as Discord tells of them: buckets in headers, 429 with `retry_after`, a global one beside."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Bucket:
    """So many calls in so many seconds, counted from the first one."""

    limit: int
    per_s: float
    left: int
    ends: float


class Buckets:
    """Limits by kind of route, each bucket for itself by channel or webhook. A kind that is not named has none."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.limits: dict[str, tuple[int, float]] = {}
        self.refusals = 0
        self.global_s = 0.0
        """For how long the next call is told to wait for the global limit."""

        self._clock = clock
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def take(self, kind: str, major: str) -> tuple[dict[str, str], float]:
        """The headers of an answer, and how long to wait where the call is not allowed now."""
        if self.global_s:
            wait, self.global_s = self.global_s, 0.0
            self.refusals += 1
            return {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global", "Retry-After": f"{wait:.0f}"}, wait
        if kind not in self.limits:
            return {}, 0.0
        limit, per_s = self.limits[kind]
        now = self._clock()
        bucket = self._buckets.get((kind, major))
        if bucket is None or now >= bucket.ends:
            bucket = self._buckets[kind, major] = Bucket(limit, per_s, limit, now + per_s)
        wait = 0.0
        if bucket.left:
            bucket.left -= 1
        else:
            wait = bucket.ends - now
            self.refusals += 1
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(bucket.left),
            "X-RateLimit-Reset": f"{bucket.ends:.3f}",
            "X-RateLimit-Reset-After": f"{bucket.ends - now:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(kind.encode()).hexdigest()[:16],
        }
        return headers | ({"Retry-After": f"{wait:.0f}", "X-RateLimit-Scope": "user"} if wait else {}), wait
