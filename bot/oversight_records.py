"""What admins oversee, as the store keeps it: settings made in a chat, what buttons stand for, labelled questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class Resolution(StrEnum):
    """Why a gap was closed; one that was closed by its number alone has none."""

    MENDED = "mended"
    DECLINED = "declined"
    """Nobody is going to answer it."""


class SlipKind(StrEnum):
    """What a slip is about."""

    GAPS = "gaps"
    LIMIT = "limit"
    LABELS = "labels"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionMark:
    """How one labelled question fared; `rank` is that of its first hit, `status` how the answer ended."""

    question: str
    rank: int | None
    status: str
    answerable: bool
    labelled: bool
    """Whether the question says where its answer stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One run over a set of labelled questions, by the set's name."""

    name: str
    at: datetime
    marks: tuple[QuestionMark, ...]


class OversightBook(Protocol):
    """What admins have set and measured. Every method raises StoreFailed; what returns has been committed."""

    async def controls(self) -> Mapping[str, Any]:
        """All that is set, by name."""
        ...

    async def set(self, name: str, value: Any, *, at: datetime) -> None:
        """Set something, to what JSON can hold; None takes it back."""
        ...

    async def keep_slip(self, slip_id: str, kind: SlipKind, content: Mapping[str, Any], *, at: datetime) -> None:
        """Keep what a button stands for, where that is too much for the button."""
        ...

    async def slip(self, slip_id: str, kind: SlipKind) -> Mapping[str, Any] | None:
        """What a button stands for; None of one that is unknown, or about something else."""
        ...

    async def forget_slips(self, *, before: datetime) -> int:
        """Drop slips whose buttons nobody presses any more; returns how many."""
        ...

    async def save_evaluation(self, evaluation: Evaluation) -> None:
        """Store a run."""
        ...

    async def evaluations(self, name: str, *, limit: int) -> Sequence[Evaluation]:
        """The last runs over a set, the latest first."""
        ...
