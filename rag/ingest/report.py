"""What an index run tells: where it is, and in the end what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from rag.ingest.files import FileProblem
from rag.ingest.guard import Fall
from rag.ingest.outcomes import InputOutcome, Outcomes
from rag.ingest.publish import Outcome, Published


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexProgress:
    """Where a run is. Documents and bytes count only those that have to be read."""

    stage: Literal["scan", "embed", "sweep"]
    done: int = 0
    total: int = 0
    done_bytes: int = 0
    total_bytes: int = 0
    source: str | None = None


ProgressListener = Callable[[IndexProgress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexReport:
    """What a run did, by source. A failed file keeps the last version that could be read.

    `warned` tells of files that were indexed although something in them could not be used.
    `fall` tells that labelled questions fare worse; where it is held, nothing of the run is live.
    """

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    failed: tuple[FileProblem, ...] = ()
    warned: tuple[FileProblem, ...] = ()
    fall: Fall | None = None
    by_input: tuple[InputOutcome, ...] = field(default=(), compare=False)


@dataclass(kw_only=True)
class Ledger:
    """What a run has done so far."""

    failed: list[FileProblem]
    unchanged: int
    outcomes: Outcomes
    warned: list[FileProblem] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    published: dict[Outcome, list[str]] = field(default_factory=lambda: {"added": [], "updated": [], "unchanged": []})

    def note(self, key: str, source: str, result: FileProblem | Published) -> None:
        """Keep what became of a file of an input."""
        self.outcomes.note(key, result if isinstance(result, FileProblem) else result.outcome)
        if isinstance(result, FileProblem):
            self.failed.append(result)
        else:
            self.published[result.outcome].append(source)
            self.warned.extend(result.problems)

    @property
    def changed(self) -> tuple[str, ...]:
        """The sources that are not as they were."""
        return (*self.published["added"], *self.published["updated"], *self.removed)

    def report(self, fall: Fall | None = None) -> IndexReport:
        """What the run did; nothing, where it is held back."""
        if fall is not None and fall.held:
            return IndexReport(unchanged=self.unchanged, failed=tuple(self.failed), fall=fall)
        return IndexReport(
            fall=fall,
            added=tuple(self.published["added"]),
            updated=tuple(self.published["updated"]),
            removed=tuple(self.removed),
            unchanged=self.unchanged + len(self.published["unchanged"]),
            failed=tuple(self.failed),
            warned=tuple(self.warned),
            by_input=tuple(self.outcomes.by_key.values()),
        )
