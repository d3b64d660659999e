"""The commands `advisor digest …`: preview, add, list, pause, resume, remove, run. They work beside a running bot."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.digest_commands import Kept
    from bot.operations import Terminal

Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
Language = Annotated[str, typer.Option("--language", metavar="zh|en", help="In which language.")]
Channel = Annotated[
    str, typer.Option("--channel", metavar="CHANNEL", help="platform/workspace/channel, such as slack/T024/C0266.")
]
Kind = Annotated[str, typer.Option("--kind", metavar="KIND", help="trends, checklist or report.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The id of a schedule, as `advisor digest list` shows it.")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands to the program's."""
    digest = typer.Typer(no_args_is_help=True, help="Sets what is posted at set times, and shows what it would be.")
    for command in (preview, add, list_all, pause, resume, remove, run):
        digest.command(name=command.__name__.removesuffix("_all"))(command)
    app.add_typer(digest, name="digest")


def preview(
    ctx: typer.Context,
    language: Language = "",
    since: Annotated[str, typer.Option(metavar="DATE", help="Tell of all documents since YYYY-MM-DD.")] = "",
    channel: Channel = "",
    topics: Annotated[str, typer.Option(metavar="TOPICS", help="These topics alone, separated by commas.")] = "",
    kind: Kind = "trends",
    as_json: Json = False,
) -> None:
    """Shows the digest as it would be posted now; nothing is posted.

    Example: `advisor digest preview --language zh --since 2026-06-01`
    """
    from bot.digest_commands import Look, run_preview

    look = Look(language=_language(language), since=_date(since), channel=channel, topics=topics, kind=kind)
    raise typer.Exit(asyncio.run(run_preview(_kept(ctx), _terminal(as_json), look)))


def add(
    ctx: typer.Context,
    when: Annotated[list[str], typer.Argument(metavar="WHEN", help='Such as "every Monday 9:00", or cron.')],
    channel: Annotated[str, typer.Option("--channel", metavar="CHANNEL", help="platform/workspace/channel.")],
    language: Language = "",
    zone: Annotated[str, typer.Option(metavar="ZONE", help="Such as Asia/Shanghai; else the channel's.")] = "",
    kind: Kind = "trends",
    topics: Annotated[str, typer.Option(metavar="TOPICS", help="These topics alone, separated by commas.")] = "",
    silent: Annotated[bool, typer.Option("--silent", help="Post nothing when nothing is new.")] = False,
    dm: Annotated[bool, typer.Option("--dm", help="The channel is a direct message.")] = False,
    person: Annotated[
        str, typer.Option(metavar="ID", help="With whom the direct message is: their profile counts.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Sets what is posted in a channel, and when.

    Example: `advisor digest add "every Monday 9:00" --channel slack/T024BE7LD/C0266FRGM --zone Asia/Shanghai`
    """
    from bot.digest_commands import Wanted, run_add

    wanted = Wanted(
        when=" ".join(when),
        channel=channel,
        language=_language(language),
        zone=zone,
        kind=kind,
        topics=topics,
        silent=silent,
        dm=dm,
        person=person,
    )
    raise typer.Exit(asyncio.run(run_add(_kept(ctx), _terminal(as_json), wanted)))


def list_all(ctx: typer.Context, as_json: Json = False) -> None:
    """Lists what is posted where and when, what became of it last, and feeds that cannot be read.

    Example: `advisor digest list --json`
    """
    from bot.digest_commands import run_list

    raise typer.Exit(asyncio.run(run_list(_kept(ctx), _terminal(as_json))))


def pause(ctx: typer.Context, schedule: Id, as_json: Json = False) -> None:
    """Switches a schedule off; what is due meanwhile is not made up for.

    Example: `advisor digest pause 3f9a1c`
    """
    _change(ctx, "pause", schedule, as_json)


def resume(ctx: typer.Context, schedule: Id, as_json: Json = False) -> None:
    """Switches a schedule on again.

    Example: `advisor digest resume 3f9a1c`
    """
    _change(ctx, "resume", schedule, as_json)


def remove(ctx: typer.Context, schedule: Id, as_json: Json = False) -> None:
    """Forgets a schedule.

    Example: `advisor digest remove 3f9a1c`
    """
    _change(ctx, "remove", schedule, as_json)


def run(ctx: typer.Context, schedule: Id, as_json: Json = False) -> None:
    """Has the running bot post one now; without a running bot, its next start does.

    Example: `advisor digest run 3f9a1c`
    """
    _change(ctx, "run", schedule, as_json)


def _change(ctx: typer.Context, action: str, schedule: str, as_json: bool) -> None:
    from bot.digest_commands import run_change

    raise typer.Exit(asyncio.run(run_change(_kept(ctx), _terminal(as_json), action, schedule)))


def _kept(ctx: typer.Context) -> Kept:
    from bot.app import Program
    from bot.digest_commands import Kept

    program = Program(**ctx.obj)
    settings = program.load().settings
    return Kept(rag=program.open_home(), database_url=settings.database.url, schedules=settings.schedules)


def _terminal(as_json: bool) -> Terminal:
    from bot.app import open_terminal

    return open_terminal(json=as_json)


def _language(text: str) -> str:
    if text not in {"", "zh", "en"}:
        raise typer.BadParameter(f"--language: {text!r} is no language that digests are written in; use zh or en")
    return text


def _date(text: str) -> date | None:
    if not text:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError as error:
        raise typer.BadParameter(f"--since: {text!r} is no date; write it as YYYY-MM-DD, such as 2026-06-01") from error
    # A day ahead of UTC it may be the next one already.
    if day > datetime.now(UTC).date() + timedelta(days=1):
        raise typer.BadParameter(f"--since: {text!r} is still to come; give a day that has passed")
    return day
