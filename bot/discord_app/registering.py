"""Registers the commands with Discord, and only when they have changed: it takes 200 new ones a day."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import discord

from bot.discord_app.calls import Calls
from bot.discord_app.tree import fingerprint
from bot.errors import DeliveryFailed

log = logging.getLogger(__name__)

FILE_NAME = "discord_commands.json"


class Registered:
    """What was registered last, by application, in a file of the home; another server has been told nothing yet."""

    def __init__(self, home: Path, *, server: str = "") -> None:
        self._path = home / FILE_NAME
        self._server = server

    def get(self, application: str) -> str:
        """The fingerprint of an application's commands; "" where it, or what else is known by now, is not kept."""
        return str(self._of(application).get("mark", ""))

    def ids(self, application: str) -> Mapping[str, str]:
        """The ids of an application's commands by their names, as far as Discord has told them."""
        ids = self._of(application).get("ids")
        return ids if isinstance(ids, dict) else {}

    def keep(self, application: str, mark: str, ids: Mapping[str, str]) -> None:
        """Remembers what is registered now."""
        everything = {**self._all(), application: {"mark": mark, "ids": dict(ids), "server": self._server}}
        self._path.write_text(json.dumps(everything, indent=2) + "\n", encoding="utf-8")

    def _of(self, application: str) -> Mapping[str, Any]:
        known = self._all().get(application)
        return known if isinstance(known, dict) and known.get("server") == self._server else {}

    def _all(self) -> Mapping[str, Any]:
        try:
            told = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}


async def register(
    client: discord.Client, calls: Calls, commands: Sequence[Mapping[str, Any]], registered: Registered
) -> bool:
    """Registers the commands where they have changed, and tells whether it has. A failure leaves the old ones."""
    application, mark = str(client.application_id), fingerprint(commands)
    if await asyncio.to_thread(registered.get, application) == mark:
        return False
    upsert = client.http.bulk_upsert_global_commands
    try:
        told: Any = await calls.surely(
            "take the commands", lambda: upsert(int(application), [dict(each) for each in commands])
        )
        await asyncio.to_thread(registered.keep, application, mark, _ids(told))
    except (DeliveryFailed, OSError) as error:
        log.warning("commands_not_registered", extra={"error": str(error)})
        return False
    log.info("commands_registered", extra={"count": len(commands)})
    return True


def _ids(told: Any) -> dict[str, str]:
    """The ids of commands by their names; what cannot be read is left out."""
    found = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    return {
        str(each["name"]): str(each["id"]) for each in found if str(each.get("id", "")).isdigit() and "name" in each
    }
