"""The guard of an index run: labelled questions are asked before and after, and what makes them worse is held back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import TypeAdapter

CUTOFF = 5
"""A question counts as found when its place stands among so many passages."""

State = Literal["live", "building"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How one labelled question fared: whether it was found, the best sources, and those that it should find."""

    found: bool
    top: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()


Marks = Mapping[str, Mark]
"""Marks by question."""

_MARKS = TypeAdapter(dict[str, Mark])


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """What a run did to the share of questions that are found, where it fell by more than may be.

    `lost` are questions that were found before, `causes` the changed sources that stand in their way, or that they
    were found in, the likeliest first. One that is not `held` went live all the same.
    """

    before: float
    after: float
    margin: float
    lost: tuple[str, ...]
    causes: tuple[str, ...] = ()
    changed: int = 0
    held: bool = True


class Judge(Protocol):
    """Asks the labelled questions; `rag.quality.LabelledJudge` does."""

    @property
    def margin(self) -> float:
        """By how much the share may fall."""
        ...

    async def questions(self) -> frozenset[str]:
        """What is asked; nothing where there is no question. Raises InvalidInput, StorageFailed."""
        ...

    async def marks(self, state: State) -> Marks:
        """How the questions fare in a generation; empty where there are none. Raises InvalidInput, RagError."""
        ...


def share(marks: Marks) -> float:
    """The share of questions that are found; 0 of none."""
    return sum(mark.found for mark in marks.values()) / len(marks) if marks else 0.0


def judged(before: Marks, after: Marks, *, margin: float, changed: Collection[str]) -> Fall | None:
    """What fell by more than the margin, over the questions that both know; None where nothing did."""
    both = [question for question in before if question in after]
    old, new = ({question: marks[question] for question in both} for marks in (before, after))
    # A share is a quotient: the thousandth part of a question is no fall.
    if share(old) - share(new) <= margin + 1e-9:
        return None
    lost = [question for question in both if before[question].found and not after[question].found]
    return Fall(
        before=share(old),
        after=share(new),
        margin=margin,
        lost=tuple(lost),
        causes=_causes([after[question] for question in lost], changed),
        changed=len(changed),
    )


def dump_marks(marks: Marks) -> str:
    """Marks as the catalogue keeps them."""
    return _MARKS.dump_json(dict(marks)).decode()


def load_marks(kept: str | None) -> Marks | None:
    """The marks that `dump_marks` wrote; None of none, and of what another version wrote."""
    if kept is None:
        return None
    try:
        return _MARKS.validate_json(kept)
    except ValueError:
        return None


def _causes(lost: Sequence[Mark], changed: Collection[str]) -> tuple[str, ...]:
    seen = Counter(source for mark in lost for source in {*mark.top, *mark.expected} if source in changed)
    return tuple(source for source, _ in seen.most_common())
