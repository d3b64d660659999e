"""What admins oversee and what is counted, in memory, for `bot.memory_store`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot.oversight_records import Evaluation, SlipKind
from bot.records import UsageCount


class MemoryOversight:
    """See `bot.oversight_records.OversightBook`."""

    def __init__(self) -> None:
        self._controls: dict[str, Any] = {}
        self._slips: dict[str, tuple[SlipKind, Mapping[str, Any], datetime]] = {}
        self._evaluations: list[Evaluation] = []

    async def controls(self) -> Mapping[str, Any]:
        """All that is set, by name."""
        return dict(self._controls)

    async def set(self, name: str, value: Any, *, at: datetime) -> None:
        """Set something; None takes it back."""
        self._controls.pop(name, None)
        if value is not None:
            self._controls[name] = value

    async def keep_slip(self, slip_id: str, kind: SlipKind, content: Mapping[str, Any], *, at: datetime) -> None:
        """Keep what a button stands for."""
        self._slips[slip_id] = kind, dict(content), at

    async def slip(self, slip_id: str, kind: SlipKind) -> Mapping[str, Any] | None:
        """What a button stands for."""
        known, content, _ = self._slips.get(slip_id, (None, None, None))
        return content if known is kind else None

    async def forget_slips(self, *, before: datetime) -> int:
        """Drop old slips."""
        old = [key for key, (_, _, at) in self._slips.items() if at < before]
        for key in old:
            del self._slips[key]
        return len(old)

    async def save_evaluation(self, evaluation: Evaluation) -> None:
        """Store a run."""
        self._evaluations.append(evaluation)

    async def evaluations(self, name: str, *, limit: int) -> Sequence[Evaluation]:
        """The last runs over a set."""
        return tuple([each for each in self._evaluations if each.name == name][::-1][:limit])


class MemoryUsage:
    """What was used; see `bot.ledgers.UsageBook`."""

    def __init__(self) -> None:
        self._amounts = Counter[tuple[date, str, str]]()

    async def add(self, subject: str, name: str, *, day: date, amount: int = 1) -> None:
        """Count something up."""
        self._amounts[day, subject, name] += amount

    async def add_all(self, counts: Sequence[UsageCount]) -> None:
        """Count several things up."""
        for each in counts:
            self._amounts[each.day, each.subject, each.name] += each.amount

    async def counts(self, *, since: date, until: date) -> tuple[UsageCount, ...]:
        """All counts of the days from `since` to `until`."""
        return tuple(
            UsageCount(day=day, subject=subject, name=name, amount=amount)
            for (day, subject, name), amount in sorted(self._amounts.items())
            if since <= day <= until
        )

    async def forget(self, *, before: date) -> int:
        """Drop the counts of earlier days."""
        old = [key for key in self._amounts if key[0] < before]
        for key in old:
            del self._amounts[key]
        return len(old)
