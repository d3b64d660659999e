"""What an index run did, told in the chat: in numbers for everybody, by name and as a file for the admin alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from bot.commands.call import Call
from bot.commands.csv_tables import csv_table
from bot.commands.index_effects import fall_details
from bot.documents.cards import inert
from bot.documents.rendering import titled
from bot.replies import File
from bot.wording import Say

if TYPE_CHECKING:
    from rag.ingest.files import FileProblem
    from rag.ingest.index import IndexReport

_NAMES, _PROBLEMS = 10, 10
"""How many changed documents and how many problems are told in the chat."""

_COLUMNS = ("outcome", "name", "title", "problem", "remedy")


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


async def titles_of(call: Call, report: IndexReport) -> Mapping[str, str]:
    """What the documents are called that came or changed, by their names; of those alone that the admin may read."""
    if not (names := frozenset((*report.added, *report.updated))):
        return {}
    documents = await call.means.library.documents(await call.own_scope())
    return {each.source: each.title for each in documents if each.source in names}


def details(call: Call, report: IndexReport, titles: Mapping[str, str]) -> str:
    """The first problems with their mend and the first changed documents by name; "" where there are none."""
    changed = ((Say.REINDEX_ADDED, report.added), (Say.REINDEX_UPDATED, report.updated))
    told = ((Say.REINDEX_PROBLEMS, report.failed), (Say.REINDEX_WARNED, report.warned))
    blocks = [_problems(call, title, problems) for title, problems in told if problems]
    blocks += [
        _named(call, title, names, titles)
        for title, names in (*changed, (Say.REINDEX_REMOVED, report.removed))
        if names
    ]
    if report.fall is not None:
        blocks.append(fall_details(call, report.fall))
    if blocks and not _is_whole(report):
        blocks.append(call.words(Say.REINDEX_ATTACHED))
    return "\n\n".join(blocks)


def report_files(call: Call, report: IndexReport, titles: Mapping[str, str]) -> tuple[File, ...]:
    """A table of all documents that changed or failed, where the chat does not name them all."""
    if _is_whole(report):
        return ()
    name = call.words(Say.REINDEX_FILE, day=call.means.now().date().isoformat())
    wording = call.means.wording
    head = [wording.word("reindex_column", column, call.language) for column in _COLUMNS]
    return (csv_table(name, head, _rows(call, report, titles)),)


def _is_whole(report: IndexReport) -> bool:
    """Whether the chat names everything."""
    longest = max(map(len, (report.added, report.updated, report.removed)))
    return longest <= _NAMES and max(len(report.failed), len(report.warned)) <= _PROBLEMS


def _rows(call: Call, report: IndexReport, titles: Mapping[str, str]) -> Iterator[tuple[str, str, str, str, str]]:
    outcomes = call.means.wording.words("reindex_outcome", call.language)
    for each in report.failed:
        yield outcomes["failed"], each.source, "", *_mend(call, each)
    for each in report.warned:
        yield outcomes["warned"], each.source, titles.get(each.source, ""), *_mend(call, each)
    for outcome, names in (("added", report.added), ("updated", report.updated), ("removed", report.removed)):
        yield from ((outcomes[outcome], name, titles.get(name, ""), "", "") for name in names)


def _named(call: Call, title: Say, names: Sequence[str], titles: Mapping[str, str]) -> str:
    lines = [call.words(title), *(f"- {_document(name, titles.get(name, ''))}" for name in names[:_NAMES])]
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


def _document(name: str, title: str) -> str:
    """The file, after the title where that tells more."""
    told = titled(title)
    stem = PurePosixPath(name).stem
    return f"{inert(told)} (`{_inert(name)}`)" if told and told.casefold() != stem.casefold() else f"`{_inert(name)}`"


def _inert(name: str) -> str:
    """A file's name as code: nothing in it links or pings."""
    return name.replace("`", "'")
