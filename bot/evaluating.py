"""`advisor eval`: labelled sets, asked and judged, as tables for a person or as one object for a program."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table

from bot.library import Library
from bot.operations import DONE, FAILED, Terminal
from bot.output import report_record, write_line
from bot.questions import BadLine, read_lines
from rag.errors import InvalidInput
from rag.evaluation import CUTOFFS, Outcome, Report, evaluate, summarise
from rag.labels import LabelledQuestion, parse_label


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSet:
    """One file of labelled questions; `problems` tells of each line that holds none."""

    name: str
    labels: tuple[LabelledQuestion, ...]
    problems: tuple[str, ...]


def read_set(name: str, content: bytes) -> LabelledSet:
    """Reads a labelled set; a bad line costs that line only.

    Raises:
        InvalidInput: the file holds no labelled question at all.
    """
    labels: list[LabelledQuestion] = []
    problems: list[str] = []
    for line in read_lines(content):
        try:
            if isinstance(line, BadLine):
                raise InvalidInput(line.problem)
            labels.append(parse_label(line.record))
        except InvalidInput as error:
            problems.append(f"{name}, line {line.number}: {error}")
    if not labels:
        reason = problems[0] if problems else f"{name} is empty"
        raise InvalidInput(f"no labelled question in {name!r} ({reason}); give one JSON object a line")
    return LabelledSet(name=name, labels=tuple(labels), problems=tuple(problems))


async def run_sets(library: Library, terminal: Terminal, sets: Sequence[LabelledSet]) -> int:
    """Asks every question of the sets and reports the figures of each set and of all together."""
    for problem in (problem for each in sets for problem in each.problems):
        terminal.complain(problem)
    judged = await _judge(library, terminal.err, sets)
    reports = {each.name: summarise(outcomes) for each, outcomes in zip(sets, judged, strict=True)}
    whole = summarise([outcome for outcomes in judged for outcome in outcomes])
    if terminal.json:
        records = [{"name": name, **report_record(report)} for name, report in reports.items()]
        write_line(terminal.lines, {"sets": records, "all": report_record(whole)})
    else:
        for name, report in [*reports.items(), *([("all together", whole)] if len(sets) > 1 else [])]:
            print_report(terminal.out, name, report)
    return FAILED if whole.failed or any(each.problems for each in sets) else DONE


async def _judge(library: Library, console: Console, sets: Sequence[LabelledSet]) -> list[tuple[Outcome, ...]]:
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("asking", total=sum(len(each.labels) for each in sets))
        return [
            await evaluate(
                each.labels,
                retriever=library.retriever,
                answers=library.answers,
                clock=time.perf_counter,
                on_outcome=lambda _: progress.advance(task),
            )
            for each in sets
        ]


def print_report(console: Console, name: str, report: Report) -> None:
    """The figures of one set: a row for each group, then what holds for the whole set."""
    table = Table(title=f"{name}: {report.questions} questions, {report.failed} failed", title_justify="left")
    titles = ["group", "labelled", *(f"hit@{cutoff}" for cutoff in CUTOFFS), "MRR@10", "answered", "refused", "AUC"]
    for position, title in enumerate(titles):
        table.add_column(title, justify="right" if position else "left")
    for group in report.verdicts:
        table.add_row(*_cells(group, report))
    console.print(table)
    cited = report.citations
    console.print(
        f"citations {cited.count}: quote verbatim {_figure(cited.verbatim)}, answers citing an expected section"
        f" {_figure(cited.expected)}, labelled snippets quoted {_figure(cited.snippets)}"
    )
    reads, sizes = report.legibility, report.legibility.characters
    console.print(
        f"answers {reads.answers}: characters p50 {_figure(sizes[50], digits=0)}, p95 {_figure(sizes[95], digits=0)},"
        f" lines cited {_figure(reads.cited)}, sentences repeated {_figure(reads.repeated)}"
    )
    for stage, percentiles in (("passages", report.retrieval_ms), ("answer", report.answer_ms)):
        told = ", ".join(f"p{percent} {_figure(value, digits=1)}" for percent, value in percentiles.items())
        console.print(f"{stage} after ms: {told}")


def _cells(group: str, report: Report) -> list[str]:
    verdict, found = report.verdicts[group], report.retrieval.get(group)
    hits = [found.hit_at[cutoff] if found else None for cutoff in CUTOFFS]
    return [
        group,
        str(found.questions if found else 0),
        *(_figure(value) for value in hits),
        _figure(found.mrr if found else None),
        f"{_figure(verdict.answered)} of {verdict.answerable}",
        f"{_figure(verdict.refused)} of {verdict.unanswerable}",
        _figure(report.refusal_auc.get(group)),
    ]


def _figure(value: float | None, *, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
