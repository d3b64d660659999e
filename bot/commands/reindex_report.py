"""What an index run did, told in the chat: in numbers for everybody, by name and as a file for the admin alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.commands.call import Call
from bot.commands.csv_tables import csv_table
from bot.commands.index_effects import fall_details
from bot.replies import File
from bot.wording import Say

if TYPE_CHECKING:
    from rag.ingest.files import FileProblem
    from rag.ingest.index import IndexReport

_NAMES, _PROBLEMS = 10, 10
"""How many changed documents and how many problems are told in the chat."""

_COLUMNS = ("outcome", "name", "problem", "remedy")


def counted(call: Call, report: IndexReport) -> str:
    """What a run did, in numbers."""
    return call.words(
        Say.REINDEX_DONE,
        added=len(report.added),
        updated=len(report.updated),
        removed=len(report.removed),
        unchanged=report.unchanged,
        failed=len(report.failed),
    )


def details(call: Call, report: IndexReport) -> str:
    """The first problems with their mend and the first changed documents by name; "" where there are none."""
    changed = ((Say.REINDEX_ADDED, report.added), (Say.REINDEX_UPDATED, report.updated))
    told = ((Say.REINDEX_PROBLEMS, report.failed), (Say.REINDEX_WARNED, report.warned))
    blocks = [_problems(call, title, problems) for title, problems in told if problems]
    blocks += [
        _named(call, title, names) for title, names in (*changed, (Say.REINDEX_REMOVED, report.removed)) if names
    ]
    if report.fall is not None:
        blocks.append(fall_details(call, report.fall))
    if blocks and not _is_whole(report):
        blocks.append(call.words(Say.REINDEX_ATTACHED))
    return "\n\n".join(blocks)


def report_files(call: Call, report: IndexReport) -> tuple[File, ...]:
    """A table of all documents that changed or failed, where the chat does not name them all."""
    if _is_whole(report):
        return ()
    name = call.words(Say.REINDEX_FILE, day=call.means.now().date().isoformat())
    wording = call.means.wording
    head = [wording.word("reindex_column", column, call.language) for column in _COLUMNS]
    return (csv_table(name, head, _rows(call, report)),)


def _is_whole(report: IndexReport) -> bool:
    """Whether the chat names everything."""
    longest = max(map(len, (report.added, report.updated, report.removed)))
    return longest <= _NAMES and max(len(report.failed), len(report.warned)) <= _PROBLEMS


def _rows(call: Call, report: IndexReport) -> Iterator[tuple[str, str, str, str]]:
    outcomes = call.means.wording.words("reindex_outcome", call.language)
    for each in report.failed:
        yield outcomes["failed"], each.source, *_mend(call, each)
    for each in report.warned:
        yield outcomes["warned"], each.source, *_mend(call, each)
    for outcome, names in (("added", report.added), ("updated", report.updated), ("removed", report.removed)):
        yield from ((outcomes[outcome], name, "", "") for name in names)


def _named(call: Call, title: Say, names: Sequence[str]) -> str:
    lines = [call.words(title), *(f"- `{_inert(name)}`" for name in names[:_NAMES])]
    if len(names) > _NAMES:
        lines.append(call.words(Say.REINDEX_MORE, more=len(names) - _NAMES))
    return "\n".join(lines)


def _problems(call: Call, title: Say, problems: Sequence[FileProblem]) -> str:
    lines = [call.words(title), *(_problem(call, each) for each in problems[:_PROBLEMS])]
    if len(problems) > _PROBLEMS:
        lines.append(call.words(Say.REINDEX_MORE, more=len(problems) - _PROBLEMS))
    return "\n".join(lines)


def _problem(call: Call, each: FileProblem) -> str:
    problem, remedy = _mend(call, each)
    return call.words(Say.REINDEX_PROBLEM, name=_inert(each.source), problem=problem, remedy=remedy)


def _mend(call: Call, each: FileProblem) -> tuple[str, str]:
    """What is wrong with a file and what its owner can do, in the language of the chat."""
    wording = call.means.wording
    return wording.problem(each.problem, call.language), wording.problem(each.remedy, call.language)


def _inert(name: str) -> str:
    """A file's name as code: nothing in it links or pings."""
    return name.replace("`", "'")
