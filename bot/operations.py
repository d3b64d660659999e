"""What each command does once the library is open; every operation returns the exit status of its command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from rich.console import Console

from bot.answers import show_answer
from bot.library import Library, Shelf
from bot.output import answer_record, document_record, failed_record, index_record, search_record, write_line
from bot.progress import index_progress
from bot.questions import AskedLine, BadLine, read_questions, without_surrogates
from bot.terminal import (
    open_console,
    print_documents,
    print_gap_effects,
    print_index_report,
    print_passages,
    printable,
)
from rag.errors import InvalidInput, RagError
from rag.language import detect_language
from rag.types import AnswerStatus, Question

if TYPE_CHECKING:
    from bot.index_effects import GapEffects
    from rag.ingest.index import IndexReport

DONE = 0
FAILED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where a command writes: results to `out`, all else to `err`."""

    out: Console = field(default_factory=open_console)
    err: Console = field(default_factory=lambda: open_console(stderr=True))
    json: bool = False

    @property
    def lines(self) -> IO[str]:
        """The stream of the JSON lines."""
        return self.out.file

    def complain(self, message: str) -> None:
        """Tells the operator of a problem, on one line."""
        self.err.print(printable(message), style="red", soft_wrap=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexJob:
    """What `advisor index` was asked to do; without paths, starter or removals, all registered inputs are meant."""

    paths: Sequence[Path] = ()
    removals: Sequence[Path] = ()
    starter: bool = False
    full: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskJob:
    """What `advisor ask` was asked: one question, or the content of a questions file."""

    text: str = ""
    content: bytes | None = None
    starter: bool = False


After = Callable[["IndexReport"], Awaitable["GapEffects | None"]]
"""Notes what a run did, and tells what became of open gaps; None where nothing is known of any."""


async def index(library: Library, terminal: Terminal, job: IndexJob, *, after: After | None = None) -> int:
    """Unregisters what is to be removed, then brings the named inputs up to date."""
    from rag.build import starter_input
    from rag.catalogue import Input
    from rag.ingest.index import IndexReport

    reports = [await library.indexer.remove(path) for path in job.removals]
    inputs = [Input(path=path) for path in job.paths] + ([starter_input()] if job.starter else [])
    if inputs or job.full or not job.removals:
        with index_progress(terminal.err) as tell:
            reports.append(await library.indexer.update(inputs, full=job.full, force=job.force, on_progress=tell))
    report = IndexReport(
        added=tuple(source for each in reports for source in each.added),
        updated=tuple(source for each in reports for source in each.updated),
        removed=tuple(source for each in reports for source in each.removed),
        unchanged=reports[-1].unchanged,
        failed=tuple(problem for each in reports for problem in each.failed),
        fall=reports[-1].fall,
        warned=tuple(problem for each in reports for problem in each.warned),
        by_input=tuple(outcome for each in reports for outcome in each.by_input),
    )
    effects = await after(report) if after else None
    if terminal.json:
        write_line(terminal.lines, index_record(report, effects))
    else:
        print_index_report(terminal.out, report)
        print_gap_effects(terminal.out, effects)
    held = report.fall is not None and report.fall.held
    return FAILED if report.failed or held else DONE


async def add_starter(library: Library, terminal: Terminal) -> None:
    """Brings the starter library up to date before an answer; silent while there is nothing to do."""
    from rag.build import starter_input

    with index_progress(terminal.err) as tell:
        report = await library.indexer.update([starter_input()], on_progress=tell)
    for failed in (*report.failed, *report.warned):
        terminal.complain(f"{failed.source} — {failed.problem} — {failed.remedy}")


async def search(library: Library, terminal: Terminal, text: str, *, limit: int | None) -> int:
    """Finds the passages for one question."""
    text = without_surrogates(text)
    retrieval = await library.retriever.retrieve(Question(id="1", text=text), limit=limit)
    if terminal.json:
        write_line(terminal.lines, search_record("1", text, retrieval))
    else:
        print_passages(terminal.out, retrieval)
    return DONE


async def search_file(library: Library, terminal: Terminal, content: bytes, *, limit: int | None) -> int:
    """Finds the passages for each question of a file, one JSON line each; a bad line is told on the standard error."""
    status = DONE
    for line in read_questions(content):
        try:
            question = _checked(line)
            retrieval = await library.retriever.retrieve(Question(id=str(line.id), text=question), limit=limit)
            write_line(terminal.lines, search_record(line.id, question, retrieval))
        except RagError as error:
            status = FAILED
            terminal.complain(f"line {line.number}: {error}")
    return status


async def ask(library: Library, terminal: Terminal, job: AskJob) -> int:
    """Answers one question or a file of them, after bringing the starter library up to date where that is wanted."""
    if job.starter:
        await add_starter(library, terminal)
    if job.content is not None:
        return await _ask_lines(library, terminal, read_questions(job.content))
    asked = AskedLine(number=1, id="1", question=without_surrogates(job.text))
    if terminal.json:
        return await _ask_lines(library, terminal, [asked])
    language = detect_language(asked.question)
    question = Question(id="1", text=asked.question)
    shown = await show_answer(library.answers, question, console=terminal.out, language=language)
    return _status(shown.answer.status)


async def _ask_lines(library: Library, terminal: Terminal, lines: Iterable[AskedLine | BadLine]) -> int:
    """One JSON line for each; a line that holds no question, or whose question fails, gets a failed answer."""
    status = DONE
    for line in lines:
        asked = line.question if isinstance(line, AskedLine) else ""
        try:
            answer = await library.answers.answer(Question(id=str(line.id), text=_checked(line)))
            record = answer_record(line.id, answer)
            status |= _status(answer.status)
        except RagError as error:
            status = FAILED
            terminal.complain(f"line {line.number}: {error}")
            language = detect_language(asked)
            message = library.answers.failure_text(error, language)
            record = failed_record(line.id, asked, language=language.value, message=message)
        write_line(terminal.lines, record)
    return status


def _checked(line: AskedLine | BadLine) -> str:
    """The question of a line. Raises InvalidInput with the line's problem when it holds none."""
    if isinstance(line, BadLine):
        raise InvalidInput(line.problem)
    return line.question


async def sources(catalogue: Shelf, terminal: Terminal) -> int:
    """Lists the documents of the library."""
    documents = await catalogue.documents()
    if terminal.json:
        for document in documents:
            write_line(terminal.lines, document_record(document))
    else:
        print_documents(terminal.out, documents)
    if not documents:
        terminal.complain("the library is empty; index something: advisor index PATH, or advisor index --starter")
    return DONE


def _status(status: AnswerStatus) -> int:
    return FAILED if status is AnswerStatus.FAILED else DONE
