"""What came of reading an input, put together from what was known and what was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.input_records import FILES, GONE, InputResult

if TYPE_CHECKING:
    from rag.ingest.outcomes import InputOutcome


def unchanged(
    last: InputResult | None, *, now: datetime, reason: str = "", value: str = "", failed: int = 0
) -> InputResult:
    """An input was looked at and is as it was, or could not be read."""
    return replace(last or InputResult(at=now), at=now, reason=reason, value=value, failed=failed)


def looked_through(last: InputResult | None, *, there: bool, now: datetime) -> InputResult:
    """A path was looked through without an index run: it is as it was indexed, or away."""
    if not there:
        return unchanged(last, now=now, reason=GONE)
    if last is None or last.reason == GONE:
        return unchanged(last, now=now)
    return replace(last, at=now)


def result_of(last: InputResult | None, outcome: InputOutcome, *, now: datetime) -> InputResult:
    """What an index run did to a path."""
    problem = outcome.problem.source if outcome.problem else ""
    if outcome.away:
        return unchanged(last, now=now, reason=GONE)
    reason, failed = (FILES, outcome.failed) if outcome.failed else ("", 0)
    value = problem if outcome.failed else ""
    if not (outcome.added or outcome.updated or outcome.removed):
        return unchanged(last, now=now, reason=reason, value=value, failed=failed)
    return InputResult(
        at=now,
        changed_at=now,
        added=outcome.added,
        updated=outcome.updated,
        removed=outcome.removed,
        failed=failed,
        reason=reason,
        value=value,
    )
