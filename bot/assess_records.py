"""Feasibility checks as they are remembered, and the book that remembers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose something is: a person's, by the person's key, or that of a channel's team, by the channel's."""

    person: str = ""
    channel_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRecord:
    """One round of a feasibility check.

    `answers` are by the keys of `rag.assess`: ids of choices, and people's own words on an axis. `facts` is what the
    profile told when the round was last changed.
    """

    round: int
    at: datetime
    answers: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, int] = field(default_factory=dict)


class AssessmentBook(Protocol):
    """Feasibility checks, round after round. Every method raises `StoreFailed` when the store does not work."""

    async def rounds(self, owner: Owner, *, limit: int) -> tuple[AssessmentRecord, ...]:
        """The last rounds of an owner, the latest first."""
        ...

    async def answer(
        self, owner: Owner, round_: int, answers: Mapping[str, str], *, facts: Mapping[str, int], at: datetime
    ) -> None:
        """Add answers to a round, which begins with its first ones; "" takes one out.

        Two people who answer at the same time both have their answers in it.
        """
        ...

    async def delete(self, owner: Owner) -> bool:
        """Forget all rounds of an owner; False when there is none."""
        ...
