"""Commands of whoever runs the bot: start it, back up what it keeps, restore that, upgrade the store."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The file of the backup.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands to the program's."""
    for command in (run, backup, restore):
        app.command()(command)
    db = typer.Typer(no_args_is_help=True, help="Looks after the store of conversations.")
    db.command()(upgrade)
    app.add_typer(db, name="db")
    app.add_typer(audit_app(), name="audit")
    slack = typer.Typer(no_args_is_help=True, help="Sets Slack up.")
    slack.command()(manifest)
    app.add_typer(slack, name="slack")
    discord = typer.Typer(no_args_is_help=True, help="Sets Discord up.")
    discord.command()(invite)
    app.add_typer(discord, name="discord")


def audit_app() -> typer.Typer:
    """The commands over the audit log, of the program and of `advisor admin`."""
    audit = typer.Typer(no_args_is_help=True, help="Shows what admins did, and what was refused.")
    audit.command(name="list")(audit_list)
    audit.command(name="export")(audit_export)
    return audit


def run(ctx: typer.Context) -> None:
    """Runs the bot: every chat whose tokens are set, until SIGTERM or Ctrl-C. Other commands work beside it.

    Example: `advisor run`
    """
    from bot.app import Program

    raise typer.Exit(Program(**ctx.obj).run())


def backup(
    ctx: typer.Context,
    file: BackupFile,
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="Take the key along that people's hashes are made with.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Writes all that the bot keeps to one file, also while it runs.

    Example: `advisor backup advisor.backup`
    """
    from bot.app import Program, open_terminal

    terminal = open_terminal(json=as_json)
    raise typer.Exit(Program(**ctx.obj).backup(terminal, file.expanduser().absolute(), with_keys=with_keys))


def restore(ctx: typer.Context, file: BackupFile, as_json: Json = False) -> None:
    """Replaces all that the bot keeps by a backup, once that is checked. The bot must not run.

    Example: `advisor restore advisor.backup`
    """
    from bot.app import Program, open_terminal
    from bot.store_commands import run_restore

    kept, terminal = Program(**ctx.obj).kept(), open_terminal(json=as_json)
    raise typer.Exit(asyncio.run(run_restore(kept, terminal, file.expanduser().absolute())))


def upgrade(ctx: typer.Context, as_json: Json = False) -> None:
    """Brings the store to this version's schema. `advisor run` does so by itself.

    Example: `advisor db upgrade`
    """
    from bot.app import Program, open_terminal
    from bot.store_commands import run_upgrade

    kept, terminal = Program(**ctx.obj).kept(), open_terminal(json=as_json)
    raise typer.Exit(asyncio.run(run_upgrade(kept, terminal)))


def audit_list(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("-n", min=1, metavar="N", help="How many entries, the latest first.")] = 50,
    as_json: Json = False,
) -> None:
    """Lists the last entries of the audit log, also beside a running bot.

    Example: `advisor audit list -n 20`
    """
    from bot.app import Program, open_terminal
    from bot.audit_commands import run_audit_list

    kept, terminal = Program(**ctx.obj).kept(), open_terminal(json=as_json)
    raise typer.Exit(asyncio.run(run_audit_list(kept, terminal, limit=limit)))


def audit_export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, as JSON lines.")],
    as_json: Json = False,
) -> None:
    """Writes the whole audit log to a new file, the earliest entry first.

    Example: `advisor audit export audit.jsonl`
    """
    from bot.app import Program, open_terminal
    from bot.audit_commands import run_audit_export

    kept, terminal = Program(**ctx.obj).kept(), open_terminal(json=as_json)
    raise typer.Exit(asyncio.run(run_audit_export(kept, terminal, file.expanduser().absolute())))


def manifest(
    as_json: Annotated[bool, typer.Option("--json/--yaml", help="The form of the manifest.")] = False,
    url: Annotated[str, typer.Option(metavar="ADDRESS", help="Where Slack reaches the bot over HTTP.")] = "",
) -> None:
    """Prints the manifest of the Slack app, to paste at api.slack.com/apps.

    Example: `advisor slack manifest`
    """
    from bot.commands.catalogue import all_commands
    from bot.slack_app import manifest as slack_manifest
    from bot.wording import load_wording
    from rag.resources import data_folder

    make = slack_manifest.as_json if as_json else slack_manifest.as_yaml
    typer.echo(make(all_commands(load_wording(data_folder("prompts"))), request_url=url.rstrip("/")))


def invite(ctx: typer.Context) -> None:
    """Prints the link that adds the bot to a Discord server, and what each of its permissions is for.

    Example: `advisor discord invite`
    """
    from bot.app import Program
    from bot.discord_app.invite import PERMISSIONS, application_of, invite_link

    settings = Program(**ctx.obj).load().settings.discord
    typer.echo(invite_link(application_of(settings)))
    for name, reason in PERMISSIONS.items():
        typer.echo(f"  {name.replace('_', ' ')}: {reason}", err=True)
