"""The book of feasibility checks in memory, for `bot.memory_store`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.assess_records import AssessmentRecord, Owner


class MemoryAssessments:
    """Feasibility checks; see `bot.assess_records.AssessmentBook`."""

    def __init__(self) -> None:
        self._rounds: dict[Owner, dict[int, AssessmentRecord]] = {}

    async def rounds(self, owner: Owner, *, limit: int) -> tuple[AssessmentRecord, ...]:
        """The last rounds of an owner."""
        known = self._rounds.get(owner, {})
        return tuple(known[number] for number in sorted(known, reverse=True))[:limit]

    async def answer(
        self, owner: Owner, round_: int, answers: Mapping[str, str], *, facts: Mapping[str, int], at: datetime
    ) -> None:
        """Add answers to a round."""
        known = self._rounds.setdefault(owner, {})
        before = known.get(round_, AssessmentRecord(round=round_, at=at))
        merged = {key: value for key, value in {**before.answers, **answers}.items() if value}
        known[round_] = replace(before, at=at, answers=merged, facts=dict(facts))

    async def delete(self, owner: Owner) -> bool:
        """Forget all rounds of an owner."""
        return self._rounds.pop(owner, None) is not None
