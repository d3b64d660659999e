"""The commands `advisor admin …`: what admins do in the chats, for whoever has the machine; also beside a bot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot import cli_channels, cli_operators, cli_sources
from bot.cli_ordering import Choices, Json, Yes, order, order_admin, terminal_language
from bot.cli_pressing import Pressing, fields_of

if TYPE_CHECKING:
    from bot.shell.values import ShellChoice

Fields = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Change a field: title, kind, language, readers, text; once for each."
    ),
]


class _Gaps(StrEnum):
    """What is done about gaps."""

    SHOW = "show"
    CHECK = "check"
    DECLINE = "decline"
    CLOSE = "close"
    CLOSED = "closed"
    REOPEN = "reopen"


class _Review(StrEnum):
    """What is done about proposals."""

    SHOW = "show"
    APPROVE = "approve"
    EDIT = "edit"
    DECLINE = "decline"


class _Switch(StrEnum):
    """Whether maintenance is on."""

    ON = "on"
    OFF = "off"


def add_to(app: typer.Typer) -> None:
    """Adds the commands to the program's."""
    admin = typer.Typer(no_args_is_help=True, help="Looks after library and bot, as admins do in the chats.")
    for command in (status, reindex, gaps, review, documents, usage, limits, maintenance):
        admin.command()(command)
    admin.command(name="eval")(evaluate)
    cli_channels.add_to(admin)
    admin.add_typer(cli_sources.inputs_app(), name="inputs")
    admin.add_typer(cli_operators.audit_app(), name="audit")
    app.add_typer(admin, name="admin")


def status(ctx: typer.Context, as_json: Json = False) -> None:
    """Tells how much the library holds, who works on it, and whether questions are answered.

    Example: `advisor admin status`
    """
    order_admin(ctx, "status", as_json=as_json)


def reindex(
    ctx: typer.Context,
    which: Annotated[str, typer.Argument(metavar="INPUT", help="The name or path of one input; else all.")] = "",
    full: Annotated[bool, typer.Option("--full", help="Read every file again, changed or not.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Put it to use even if questions fare worse.")] = False,
    as_json: Json = False,
) -> None:
    """Brings the library up to date, and tells what changed and which open gaps it would answer.

    Example: `advisor admin reindex --full`
    """
    asked = [word for word, wanted in (("full", full), ("force", force)) if wanted]
    order_admin(ctx, "reindex", " ".join(filter(None, [which, *asked])), as_json=as_json)


def gaps(
    ctx: typer.Context,
    action: Annotated[_Gaps, typer.Argument(help="What to do.")] = _Gaps.SHOW,
    number: Annotated[int | None, typer.Argument(metavar="NUMBER", min=1, help="Which gap.")] = None,
    choose: Choices = None,
    as_json: Json = False,
) -> None:
    """Shows what people could not find, by meaning, with the nearest documents; asks it again, closes it, reopens it.

    What somebody asked the bot alone is not shown.

    Example: `advisor admin gaps show 12`
    """
    if number is None and action not in {_Gaps.SHOW, _Gaps.CLOSED}:
        raise typer.BadParameter(f"which gap? advisor admin gaps {action.value} NUMBER")
    given = {"action": action.value, "number": str(number or "")}
    order(ctx, "gaps", given, pressing=Pressing(numbers=choose or ()), as_json=as_json)


def review(
    ctx: typer.Context,
    action: Annotated[_Review, typer.Argument(help="What to do.")] = _Review.SHOW,
    number: Annotated[int | None, typer.Argument(metavar="NUMBER", min=1, help="Which proposal.")] = None,
    reason: Annotated[str, typer.Argument(metavar="REASON", help="Why it is declined.")] = "",
    fields: Fields = None,
    choose: Choices = None,
    as_json: Json = False,
) -> None:
    """Shows what people propose for the library, edits, approves or declines it.

    Example: `advisor admin review edit 4 --set title="Price list" --set readers=board`
    """
    if number is None and action is not _Review.SHOW:
        raise typer.BadParameter(f"which proposal? advisor admin review {action.value} NUMBER")
    pressing = Pressing(numbers=choose or (), fields=fields_of(fields))
    if action is _Review.EDIT:
        from bot.offers import Verb
        from bot.payloads import Payload

        edit = Payload(verb=Verb.PROPOSAL_EDIT, subject=str(number), argument=terminal_language().value)
        order(ctx, "", {}, pressing=replace(pressing, first=edit), as_json=as_json)
    if fields:
        raise typer.BadParameter("--set goes with edit: advisor admin review edit NUMBER --set NAME=VALUE")
    given = {"action": action.value, "number": str(number or ""), "reason": reason}
    order(ctx, "proposals", given, pressing=pressing, as_json=as_json)


def documents(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="TITLE", help="A part of its title; else all are listed.")] = "",
    fields: Fields = None,
    version: Annotated[
        int | None, typer.Option("--roll-back", metavar="N", min=1, help="Answer from version N.")
    ] = None,
    out: Annotated[bool, typer.Option("--out", help="Take it out of the library; --roll-back brings it back.")] = False,
    choose: Choices = None,
    as_json: Json = False,
) -> None:
    """Shows what came into the library through the chats, its versions; edits it, takes it out or back.

    Example: `advisor admin documents "price list" --roll-back 1`
    """
    if sum((bool(fields), version is not None, out)) > 1 or ((fields or version or out) and not name):
        raise typer.BadParameter("name one document, and one of --set, --roll-back and --out")
    wanted = _document_button(version=version, out=out, edits=bool(fields))
    pressing = Pressing(numbers=choose or (), wanted=wanted, name=name, fields=fields_of(fields))
    order_admin(ctx, "documents", name, pressing=pressing, as_json=as_json)


def _document_button(*, version: int | None, out: bool, edits: bool) -> Callable[[ShellChoice], bool] | None:
    """The button of a document's card that options ask for."""
    from bot.offers import Verb

    if version is not None:
        return lambda each: each.press.verb == Verb.SHELF_ROLL and each.values == (str(version),)
    if out:
        return lambda each: each.press.verb == Verb.SHELF_ACT
    return (lambda each: each.press.verb == Verb.SHELF_EDIT) if edits else None


def usage(
    ctx: typer.Context,
    days: Annotated[int, typer.Argument(metavar="DAYS", min=1, max=366, help="How many days, today included.")] = 7,
    as_json: Json = False,
) -> None:
    """Counts questions by day, channel and topic, with times, models, errors and schedules; nobody is named.

    Example: `advisor admin usage 30 --json`
    """
    order_admin(ctx, "usage", str(days), as_json=as_json)


def evaluate(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="SET", help="file or starter; else the first that there is.")] = "",
    as_json: Json = False,
) -> None:
    """Asks the labelled questions of the live library and compares with the last time.

    Example: `advisor admin eval starter`
    """
    order_admin(ctx, "eval", name, as_json=as_json)


def limits(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as person_per_minute.")] = "",
    value: Annotated[str, typer.Argument(metavar="VALUE", help="A number, or default.")] = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Shows how much is taken on, or changes it for all processes at once.

    Example: `advisor admin limits queue_size 80 --yes`
    """
    pressing = Pressing(numbers=[1] if yes and value else ())
    order_admin(ctx, "limits", f"{name} {value}".strip(), pressing=pressing, as_json=as_json)


def maintenance(
    ctx: typer.Context,
    switch: Annotated[_Switch | None, typer.Argument(help="Else it is told how things stand.")] = None,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="What those who ask are told.")] = "",
    as_json: Json = False,
) -> None:
    """Has nobody but admins answered, with a message for those who ask, or ends that.

    Example: `advisor admin maintenance on "Back at five."`
    """
    order_admin(ctx, "maintenance", f"{switch.value} {message}".strip() if switch else "", as_json=as_json)
