"""Token buckets: how fast one person or one channel may ask."""

from __future__ import annotations

from collections import OrderedDict

from rag.ports import Clock


class TokenBuckets:
    """A bucket for each key, in a bounded map: the key that was quiet for longest is forgotten first.

    Args:
        per_minute: how many tokens flow into a bucket.
        burst: how many it holds; a new one is full.
        most: how many buckets are kept.
    """

    def __init__(self, *, per_minute: float, burst: int, clock: Clock, most: int = 10_000) -> None:
        self._per_second = per_minute / 60
        self._burst = float(burst)
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def adjust(self, *, per_minute: float, burst: int) -> None:
        """Let tokens flow otherwise from now on; what buckets hold is cut to what they may hold."""
        now = self._clock()
        levels = {key: self._level(key) for key in self._buckets}
        self._per_second, self._burst = per_minute / 60, float(burst)
        self._buckets.update({key: (min(self._burst, level), now) for key, level in levels.items()})

    def take(self, key: str) -> float:
        """Take a token: 0 when there was one, else the seconds until there is."""
        tokens, now = self._level(key), self._clock()
        missing = 1 - tokens
        # Seconds times rate does not always give back the whole token that was waited for.
        taken = missing < 1e-9
        self._store(key, tokens - 1 if taken else tokens, now)
        return 0.0 if taken else missing / self._per_second

    def give_back(self, key: str) -> None:
        """Put a token back that was taken for nothing."""
        self._store(key, min(self._burst, self._level(key) + 1), self._clock())

    def _level(self, key: str) -> float:
        tokens, at = self._buckets.get(key, (self._burst, self._clock()))
        return min(self._burst, tokens + (self._clock() - at) * self._per_second)

    def _store(self, key: str, tokens: float, now: float) -> None:
        self._buckets[key] = (tokens, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
