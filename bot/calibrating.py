"""`advisor eval --calibrate`: fits the confidence of the configured embedder to labelled questions and keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from bot.library import Library
from bot.operations import DONE, Terminal
from bot.output import write_line
from rag.calibration import Band, calibration_error, fit_calibration, reliability
from rag.confidence import Calibration, Evidence, save_calibration
from rag.labels import LabelledQuestion
from rag.types import Question


async def run_calibration(library: Library, terminal: Terminal, labels: Sequence[LabelledQuestion]) -> int:
    """Fit, show how reliable the confidence was and is, and write it to the home.

    Raises:
        InvalidInput: the questions are all answerable, or all unanswerable.
        InvalidSettings: the calibration cannot be written.
    """
    from rag.build import CALIBRATIONS

    evidence = [await _evidence(library, label) for label in labels]
    answerable = [label.answerable for label in labels]
    fitted = fit_calibration(evidence, answerable)
    before, after = (_bands(each, evidence, answerable) for each in (library.calibration, fitted))
    save_calibration(library.home / CALIBRATIONS, library.embedder.identity, fitted)
    if terminal.json:
        write_line(
            terminal.lines,
            {
                "embedder": library.embedder.identity,
                "calibration": fitted.model_dump(),
                "before": _record(before),
                "after": _record(after),
            },
        )
    else:
        _print(terminal.out, "before", before)
        _print(terminal.out, "after", after)
        terminal.out.print(f"kept for {library.embedder.identity}, fitted on {fitted.fitted_on} questions")
    return DONE


async def _evidence(library: Library, label: LabelledQuestion) -> Evidence:
    found = await library.retriever.retrieve(Question(id=label.id, text=label.question))
    return Evidence.model_validate(found.signals)


def _bands(calibration: Calibration, evidence: Sequence[Evidence], answerable: Sequence[bool]) -> tuple[Band, ...]:
    return reliability([calibration.confidence(each) for each in evidence], answerable)


def _record(bands: Sequence[Band]) -> dict[str, object]:
    return {"error": calibration_error(bands), "bands": [asdict(band) for band in bands]}


def _print(console: Console, name: str, bands: Sequence[Band]) -> None:
    table = Table(
        "confidence", "questions", "promised", "answerable", title=f"{name}: error {calibration_error(bands):.3f}"
    )
    for band in bands:
        bounds = f"{band.low:.1f} to {band.high:.1f}"
        table.add_row(bounds, str(band.questions), f"{band.confidence:.2f}", f"{band.answerable:.2f}")
    console.print(table)
