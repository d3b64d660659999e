"""What the voice of the bot on Discord is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import discord

from bot.discord_app.calls import Calls
from bot.discord_app.files import Files
from bot.discord_app.render import Renderer
from bot.discord_app.rooms import Rooms
from bot.discord_app.slots import Slots
from bot.discord_app.traces import Traces


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """The parts that what is said goes through."""

    client: discord.Client
    calls: Calls
    rooms: Rooms
    slots: Slots
    traces: Traces
    renderer: Renderer
    files: Files
    edit_interval_s: float
    new_nonce: Callable[[], str]
