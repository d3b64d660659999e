"""Buttons and lists under messages, which work after a restart: all that they mean stands in their ids."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import discord
from discord.ui import Button, DynamicItem, Select, View

from bot import replies
from bot.discord_app import sizes
from bot.discord_app.sizes import held
from bot.replies import Action, Style

_BLANK = "…"
_STYLES = {
    Style.PLAIN: discord.ButtonStyle.secondary,
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.DANGER: discord.ButtonStyle.danger,
}

Used = Callable[["discord.Interaction[Any]"], Awaitable[None]]


class Actionable(DynamicItem[Any], template=r"a1:[A-Za-z0-9._~:-]+(?:#\d)?"):
    """One button or list. The client that it is used in does what it asks for."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str], /
    ) -> Actionable:
        """What stands under a message of whenever, as Discord hands it back."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hands the interaction on; see `bot.discord_app.client.Bot.take`."""
        await interaction.client.take(interaction)


def view_of(rows: Iterable[Sequence[Action]]) -> View | None:
    """The actions of a reply in as many rows as Discord takes; None where there are none."""
    view = View(timeout=None)
    lines = [line for row in rows for line in _lines(row)][: sizes.ROWS]
    seen: set[str] = set()
    for number, line in enumerate(lines):
        for item in line:
            if item.custom_id not in seen:
                # Discord refuses a message in which two items share an id.
                seen.add(item.custom_id)
                view.add_item(Actionable(item, row=number))
    return view if view.children else None


def _lines(row: Sequence[Action]) -> list[list[Any]]:
    """One row of a reply: five buttons a line, each list on a line of its own."""
    lines: list[list[Any]] = []
    for action in row:
        if isinstance(action, replies.Select):
            lines += [[each] for each in _selects(action)]
        elif lines and isinstance(lines[-1][0], Button) and len(lines[-1]) < sizes.BUTTONS:
            lines[-1].append(_button(action))
        else:
            lines.append([_button(action)])
    return lines


def _button(button: replies.Button) -> Button[Any]:
    label = held(button.label.strip(), sizes.LABEL) or _BLANK
    return Button(label=label, custom_id=button.payload.encoded, style=_STYLES[button.style])


def _selects(select: replies.Select) -> list[Select[Any]]:
    """A list; one with more options than Discord takes becomes several, told apart by a number behind the payload."""
    made: list[Select[Any]] = []
    for number, begin in enumerate(range(0, len(select.options), sizes.OPTIONS)):
        custom_id = select.payload.encoded + (f"#{number}" if number else "")
        if len(custom_id) > sizes.CUSTOM_ID or number >= sizes.ROWS:
            break
        options = options_of(select.options[begin : begin + sizes.OPTIONS])
        made.append(
            Select(placeholder=held(select.placeholder, sizes.PLACEHOLDER), custom_id=custom_id, options=options)
        )
    return made


def options_of(options: Iterable[replies.Option], *, chosen: str = "") -> list[discord.SelectOption]:
    """Choices of a list, each value once, `chosen` among them marked."""
    unique = {each.value: each for each in options if each.value}
    return [
        discord.SelectOption(
            label=held(each.label.strip(), sizes.OPTION) or _BLANK,
            value=value[: sizes.OPTION],
            description=held(each.description, sizes.OPTION) or None,
            default=bool(chosen) and value == chosen,
        )
        for value, each in unique.items()
    ]
