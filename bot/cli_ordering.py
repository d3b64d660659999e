"""Hands what the commands `advisor admin …` order to the running bot, or does it here, and prints what is said."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot.cli_pressing import Pressing, chooser, filler

if TYPE_CHECKING:
    from bot.shell.values import ShellFile
    from rag.types import Language

Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
Choices = Annotated[
    list[int] | None,
    typer.Option("--choose", metavar="N", help="Press the button with this number; once for each that is offered."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
_FILES = "files"
"""Where files of replies are put, in the home folder."""


def order_admin(
    ctx: typer.Context,
    action: str,
    what: str = "",
    *,
    pressing: Pressing | None = None,
    channel: str = "",
    as_json: bool,
) -> NoReturn:
    """Orders what `admin` does in the chats; it ends the program."""
    arguments = {"action": action, "what": what}
    order(ctx, "admin", arguments, pressing=pressing or Pressing(), channel=channel, as_json=as_json)


def terminal_language() -> Language:
    """The language of whoever sits at the terminal."""
    from bot.settings import locale_name
    from bot.texts import locale_language

    return locale_language(locale_name())


def order(
    ctx: typer.Context,
    command: str,
    arguments: dict[str, str],
    *,
    pressing: Pressing,
    as_json: bool,
    channel: str = "",
) -> NoReturn:
    """Orders what a command of the chats does; it ends the program."""
    from bot.admin_commands import Kept, Table, run_admin
    from bot.app import Program, open_terminal
    from bot.console.files import keep_file
    from bot.replies import File
    from bot.shell.values import ShellOrder

    program = Program(**ctx.obj)
    terminal, kept = open_terminal(json=as_json), Kept(rag=program.open_home(), settings=program.load().settings)
    folder = kept.rag.home / _FILES

    def keep(file: ShellFile) -> Path:
        return keep_file(File(name=file.name, content=file.text.encode("utf-8-sig")), folder)

    asks = not as_json and sys.stdin is not None and sys.stdin.isatty() and terminal.out.is_terminal
    choose, fill = chooser(pressing, ask=asks), filler(pressing, ask=asks)
    table = Table(terminal=terminal, keep=keep, choose=choose, fill=fill)
    ordered = ShellOrder(
        command=command, arguments=arguments, press=pressing.first, channel=channel, language=terminal_language()
    )

    async def opened() -> int:
        async with program.remote(kept.rag) as remote:
            return await run_admin(kept, table, ordered, remote=remote)

    raise typer.Exit(asyncio.run(opened()))
