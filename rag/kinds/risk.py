"""Risks: what can go wrong, how to see it coming, how to lower it, and what to do when it happens."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from rag.kinds.loading import load_records
from rag.kinds.values import Bilingual, BilingualList, Record, Slugs, Stages, Strict


class RiskCategory(StrEnum):
    """Where a risk comes from; each category has a file of its own."""

    MARKET = "market"
    TECHNOLOGY = "technology"
    DATA = "data"
    OPERATIONS = "operations"
    FINANCE = "finance"
    TEAM = "team"
    LEGAL = "legal"


class Step(Strict):
    """One step of a contingency plan: the role that takes it, and what it does."""

    who: Bilingual
    do: Bilingual


Steps = Annotated[tuple[Step, ...], Field(min_length=2, max_length=4)]


class Contingency(Strict):
    """What to do once the risk has become real."""

    first_hour: Steps
    first_day: Steps
    first_week: Steps


class Risk(Record):
    """One risk of the register; `asked` is how somebody tells of it to whom it has happened.

    `likelihood` and `impact` run from 1 to 5 for a typical start-up on large models; `sectors` is empty where the risk
    concerns all of them; `documents` are ids of the library's documents that it rests on.
    """

    category: RiskCategory
    title: Bilingual
    description: Bilingual
    question: Bilingual
    asked: BilingualList | None = None
    stages: Stages
    sectors: Slugs
    signals: BilingualList
    likelihood: int = Field(ge=1, le=5, strict=True)
    likelihood_reason: Bilingual
    impact: int = Field(ge=1, le=5, strict=True)
    impact_reason: Bilingual
    mitigations: BilingualList
    contingency: Contingency
    documents: Slugs

    @property
    def shelf(self) -> str:
        """The category, which names the file."""
        return self.category.value


def load_risks(folder: Path) -> tuple[Risk, ...]:
    """All risks of a folder, in the order of files and entries.

    Raises:
        UnreadableDocument: the folder or a file cannot be read, an entry is wrong, or two share an id.
    """
    return load_records(folder, Risk)
