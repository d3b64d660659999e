"""The commands `advisor inputs …`: list, add, remove, pause, resume, read. They work beside a running bot."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Which = Annotated[str, typer.Argument(metavar="INPUT", help="Its number, as `advisor inputs list` shows it.")]


def inputs_app() -> typer.Typer:
    """The commands, of the program and of `advisor admin`."""
    inputs = typer.Typer(no_args_is_help=True, help="Shows and changes what the library is kept current from.")
    for command in (list_all, add, remove, pause, resume, read):
        inputs.command(name=command.__name__.removesuffix("_all"))(command)
    return inputs


def list_all(ctx: typer.Context, as_json: Json = False) -> None:
    """Lists folders, files, pages and feeds: how each is filed, when it is read, and what came of it last.

    Example: `advisor inputs list --json`
    """
    _run(ctx, "list", as_json=as_json, yes=True)


def add(
    ctx: typer.Context,
    target: Annotated[str, typer.Argument(metavar="TARGET", help="A folder, a file, or an address.")],
    kind: Annotated[str, typer.Option(metavar="KIND", help="document, case, resource, trend or risk.")] = "",
    language: Annotated[str, typer.Option(metavar="zh|en", help="Of documents that do not show it.")] = "",
    audience: Annotated[str, typer.Option(metavar="LABELS", help="Who may read it, separated by commas.")] = "",
    topics: Annotated[str, typer.Option(metavar="TOPICS", help="Separated by commas.")] = "",
    every: Annotated[str, typer.Option(metavar="TIME", help="How often it is read again, such as 6h or 2d.")] = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Shows what would be read, then registers and reads it.

    Example: `advisor inputs add https://example.org/handbook --audience board --every 12h`
    """
    given = {"kind": kind, "language": language, "audience": audience, "topics": topics, "every": every}
    options = {name: value for name, value in given.items() if value}
    _run(ctx, "add", target, as_json=as_json, yes=yes, **options)


def remove(ctx: typer.Context, which: Which, yes: Yes = False, as_json: Json = False) -> None:
    """Forgets an input and takes its documents out; files and pages themselves stay as they are.

    Example: `advisor inputs remove 3`
    """
    if not yes and not typer.confirm(f"Remove input {which} with its documents?", err=True):
        raise typer.Exit(1)
    _run(ctx, "remove", which, as_json=as_json, yes=True)


def pause(ctx: typer.Context, which: Which, as_json: Json = False) -> None:
    """Reads an input no longer; its documents stay.

    Example: `advisor inputs pause 3`
    """
    _run(ctx, "pause", which, as_json=as_json, yes=True)


def resume(ctx: typer.Context, which: Which, as_json: Json = False) -> None:
    """Reads a paused input again, at once and then at its times.

    Example: `advisor inputs resume 3`
    """
    _run(ctx, "resume", which, as_json=as_json, yes=True)


def read(ctx: typer.Context, which: Which, as_json: Json = False) -> None:
    """Reads an input now, whenever it is due.

    Example: `advisor inputs read 3`
    """
    _run(ctx, "read", which, as_json=as_json, yes=True)


def _run(ctx: typer.Context, action: str, target: str = "", *, as_json: bool, yes: bool, **options: str) -> None:
    from bot.app import Program, open_terminal
    from bot.cli_inputs import kept_inputs
    from bot.input_commands import run_order
    from bot.inputs.acting import InputOrder
    from bot.inputs.looking import is_address

    program = Program(**ctx.obj)
    terminal, kept = open_terminal(json=as_json), kept_inputs(program)
    if action == "add" and target.strip() and not is_address(target):
        from bot.cli_inputs import local

        target = str(local(target))  # of this command's working folder, not the running bot's
    order = InputOrder(action=action, target=target, options=options)

    def sure(told: str) -> bool:
        if yes:
            return True
        typer.echo(told, err=True)
        return typer.confirm("Add it?", err=True)

    async def opened() -> int:
        async with program.remote(kept.rag) as remote:
            return await run_order(kept, terminal, order, remote=remote, sure=sure)

    raise typer.Exit(asyncio.run(opened()))
