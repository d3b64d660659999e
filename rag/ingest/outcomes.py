"""What an index run did to each of its inputs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from rag.ingest.changes import InputChanges
from rag.ingest.files import FileProblem

Deed = Literal["added", "updated", "removed", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputOutcome:
    """Documents of one input by what became of them; `problem` is the first of those that could not be read.

    `away` says that the input could not be looked into at all.
    """

    key: str
    added: int = 0
    updated: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: int = 0
    problem: FileProblem | None = None
    away: bool = False

    def with_one(self, deed: Deed) -> InputOutcome:
        """The outcome with one more document."""
        match deed:
            case "added":
                return replace(self, added=self.added + 1)
            case "updated":
                return replace(self, updated=self.updated + 1)
            case "removed":
                return replace(self, removed=self.removed + 1)
            case "unchanged":
                return replace(self, unchanged=self.unchanged + 1)

    def with_problem(self, problem: FileProblem) -> InputOutcome:
        """The outcome with one more file that could not be read."""
        return replace(self, failed=self.failed + 1, problem=self.problem or problem)


@dataclass(slots=True, kw_only=True)
class Outcomes:
    """Gathers outcomes while a run goes on."""

    by_key: dict[str, InputOutcome] = field(default_factory=dict)

    @staticmethod
    def of(found: Iterable[InputChanges]) -> Outcomes:
        """What the scan has told already."""
        outcomes = Outcomes()
        for each in found:
            first = InputOutcome(key=each.input_key, unchanged=each.unchanged, away=each.away)
            for problem in each.problems:
                first = first.with_problem(problem)
            outcomes.by_key[each.input_key] = first
        return outcomes

    def note(self, key: str, result: FileProblem | Deed) -> None:
        """Count one document."""
        known = self.by_key.get(key, InputOutcome(key=key))
        self.by_key[key] = known.with_problem(result) if isinstance(result, FileProblem) else known.with_one(result)
