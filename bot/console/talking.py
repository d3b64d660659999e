"""Reads line after line from a person or a pipe and has a session take each: `advisor chat`."""

from __future__ import annotations

import asyncio
import importlib
import logging
import sys
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import TYPE_CHECKING

from bot.console.session import Session
from bot.console.typed import is_quit
from bot.operations import DONE, FAILED, Terminal
from bot.questions import without_surrogates
from bot.texts import Text
from rag.errors import RagError
from rag.types import Language

if TYPE_CHECKING:
    from pydantic import SecretStr

    from bot.console.rules import TerminalRules
    from rag.settings import RagSettings

_PROMPT = "> "
_TOLD = ("bot.engine", "rag.writing")


def run_chat(
    settings: RagSettings,
    terminal: Terminal,
    *,
    starter: bool,
    language: Language,
    database_url: SecretStr | None = None,
    rules: TerminalRules | None = None,
) -> int:
    """Opens library, store and engine, and talks until the input ends.

    Each line is one run of the event loop, so that Ctrl-C cancels what that line began and nothing else; nothing runs
    on the loop while the prompt waits for a person.

    Returns:
        The exit status: 1 when a question failed in a conversation that no person follows.

    Raises:
        RagError: the library or the store cannot be opened.
    """
    from bot.console.opening import open_room

    interactive = sys.stdin is not None and sys.stdin.isatty() and terminal.out.is_terminal
    with _told_by_the_console(), asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            opened = runner.run(
                stack.enter_async_context(
                    open_room(settings, terminal, starter=starter, database_url=database_url, rules=rules)
                )
            )
            session = Session(opened, terminal, language=language)
            runner.run(session.begin(interactive=interactive))
            failed = converse(runner, session, interactive=interactive)
        finally:
            runner.run(stack.aclose())
    return FAILED if failed and not interactive else DONE


@contextmanager
def _told_by_the_console() -> Iterator[None]:
    """Keeps warnings out of a conversation: a failed question and a model that is away are told in its own words."""
    loggers = [logging.getLogger(name) for name in _TOLD]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def converse(runner: asyncio.Runner, session: Session, *, interactive: bool) -> bool:
    """Takes line after line; True when a question failed."""
    failed = False
    _unless_stopped(runner, session, session.keep_current(), interactive=interactive)
    for line in _typed_lines(session) if interactive else _piped_lines():
        if is_quit(line):
            break
        failed |= not _unless_stopped(runner, session, session.take(line), interactive=interactive)
    if interactive:
        session.say(Text.GOODBYE)
    return failed


def _unless_stopped(
    runner: asyncio.Runner, session: Session, taking: Coroutine[object, object, bool], *, interactive: bool
) -> bool:
    try:
        return runner.run(_told(session, taking))
    except KeyboardInterrupt:
        if not interactive:
            raise
        runner.run(session.stop())
        return True


async def _told(session: Session, taking: Coroutine[object, object, bool]) -> bool:
    """What a line came to; a store that fails is told and ends nothing."""
    try:
        return await taking
    except RagError as error:
        session.fail(error)
        return False


def _typed_lines(session: Session) -> Iterator[str]:
    _edit_lines()
    while True:
        try:
            yield _clean(input(_PROMPT))
        except KeyboardInterrupt:
            sys.stdout.write("\n")
            session.say(Text.LEAVE_HINT)
        except EOFError:
            sys.stdout.write("\n")
            return


def _piped_lines() -> Iterator[str]:
    for line in sys.stdin or ():  # None where it is closed
        yield _clean(line.removeprefix("\ufeff"))


def _clean(line: str) -> str:
    return without_surrogates(line).strip()


def _edit_lines() -> None:
    """Line editing that knows the width of Chinese characters comes with this module, where the system has it."""
    try:
        readline = importlib.import_module("readline")
    except ImportError:
        return
    # Where the system lacks the locale that is asked for, Chinese would be taken for keys pressed with Alt.
    for setting in ("input-meta on", "output-meta on", "convert-meta off"):
        readline.parse_and_bind(f"set {setting}")
