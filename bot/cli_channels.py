"""The commands `advisor admin labels` and `advisor admin config`: what holds in one channel, and changing it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from bot.cli_ordering import Choices, Json, Yes, order, order_admin
from bot.cli_pressing import Pressing, fields_of

Channel = Annotated[
    str, typer.Argument(metavar="CHANNEL", help="platform/workspace/channel, such as slack/T024/C0266.")
]
Fields = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Fill in a field of the form that --choose opens."),
]


class _Config(StrEnum):
    """What is done with settings."""

    SHOW = "show"
    SET = "set"
    SERVER = "server"
    RESET = "reset"


def add_to(admin: typer.Typer) -> None:
    """Adds the commands to `advisor admin`."""
    for command in (labels, config):
        admin.command()(command)


def labels(
    ctx: typer.Context,
    channel: Channel,
    given: Annotated[
        list[str] | None, typer.Argument(metavar="LABELS", help="Labels of documents; public takes all away.")
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Shows the labels of a channel, or asks whether it shall hold others, and what its readers would see then.

    Example: `advisor admin labels slack/T024BE7LD/C0266FRGM board --yes`
    """
    what = ",".join(given or ())
    order_admin(ctx, "labels", what, pressing=_confirming(what, yes=yes), channel=_channel(channel), as_json=as_json)


def config(
    ctx: typer.Context,
    channel: Channel,
    action: Annotated[_Config, typer.Argument(help="server sets it for all channels; reset inherits it again.")] = (
        _Config.SHOW
    ),
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="respond, follow-ups, replies, language, kinds, topics, labels, expert or zone.",
        ),
    ] = "",
    value: Annotated[list[str] | None, typer.Argument(metavar="VALUE", help="What it is set to.")] = None,
    fields: Fields = None,
    choose: Choices = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Shows how the bot behaves in a channel and where each value comes from, or changes it.

    Example: `advisor admin config slack/T024BE7LD/C0266FRGM set respond auto`
    """
    if action is not _Config.SHOW and not name:
        raise typer.BadParameter(f"which setting? advisor admin config {channel} {action.value} NAME")
    if (choose or fields) and action is not _Config.SHOW:
        raise typer.BadParameter("--choose and --set go with show: they press its buttons and fill in their forms")
    if name == "digests":
        raise typer.BadParameter(
            f'what is posted there is set by: advisor digest add "every Monday" --channel {channel}'
        )
    given = {"action": action.value, "name": name, "value": " ".join(value or ())}
    pressing = Pressing(numbers=choose or (), fields=fields_of(fields))
    if action is not _Config.SHOW:
        pressing = _confirming(name, yes=yes)
    order(ctx, "config", given, pressing=pressing, channel=_channel(channel), as_json=as_json)


def _confirming(what: str, *, yes: bool) -> Pressing:
    return Pressing(numbers=[1] if yes and what else ())


def _channel(channel: str) -> str:
    """A channel's key as it was given. Raises BadParameter."""
    from bot.scheduling import channel_place
    from rag.errors import InvalidInput

    try:
        return channel_place(channel).channel_key
    except InvalidInput as error:
        raise typer.BadParameter(str(error)) from error
