"""Reads what people give the command line: questions, files of questions, paths."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import typer

from rag.errors import InvalidInput

if TYPE_CHECKING:
    from bot.app import Program
    from bot.input_commands import Kept


def question(words: list[str] | None, file: Path | None) -> str:
    """The question on the command line. Raises BadParameter, which exits with 2, unless there is exactly one source."""
    if words and file:
        raise typer.BadParameter("give a question or --questions FILE, not both")
    if not words and not file:
        raise typer.BadParameter("a question is missing; give one in quotes, or --questions FILE")
    return " ".join(words or [])


def content(file: Path | None) -> bytes | None:
    """What a file, or the standard input, holds; None where no file is named."""
    from bot.questions import read_bytes

    return read_bytes(file, stdin()) if file else None


def stdin() -> BinaryIO | None:
    """The bytes of the standard input, or None where it is closed."""
    return sys.stdin.buffer if sys.stdin else None


def local(path: str) -> Path:
    """A path as the library registers it. Raises InvalidInput for what is no path of this machine."""
    if "://" in path:
        raise InvalidInput(f"{path!r} is an address; save the page as a file and index that")
    if not path.strip():
        raise InvalidInput(f"{path!r} is no path; name a file or a folder, '.' for the working folder")
    try:
        return Path(path).expanduser().resolve()
    except (OSError, RuntimeError) as error:  # a RuntimeError: a user without a home, or links in a ring
        raise InvalidInput(f"the path {path!r} leads nowhere ({error}); check it") from error


def kept_inputs(program: Program) -> Kept:
    """What the library is kept current from, and where that is kept. Raises InvalidSettings."""
    from bot.input_commands import Kept
    from bot.inputs.values import InputRules

    settings, rag = program.load().settings, program.open_home()
    rules = InputRules(settings=settings.inputs, feeds=settings.feeds, ingest=rag.ingest)
    return Kept(rag=rag, rules=rules, database_url=settings.database.url)
