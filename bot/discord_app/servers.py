"""What the bot may do in the servers and channels that it is in, as `advisor doctor` looks for what it lacks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import discord

from bot.discord_app.application import token_of
from bot.discord_app.invite import PERMISSIONS
from bot.discord_settings import DiscordSettings
from bot.findings import Finding, Status

_SERVERS, _CHANNELS = 20, 5
_WRITTEN = {0, 5}
"""Types of channels in which people write and threads are opened."""

_MEMBER, _ROLE = 1, 0
_UNTOLD = (aiohttp.ClientError, TimeoutError, OSError, LookupError, ValueError, TypeError, AttributeError)


async def examine_servers(session: aiohttp.ClientSession, settings: DiscordSettings) -> AsyncIterator[Finding]:
    """A finding for each server that the bot is in; none where Discord does not tell."""
    asked = _Asked(session, settings)
    try:
        user = str((await asked.one("/users/@me"))["id"])
        servers = await asked.list("/users/@me/guilds")
    except _UNTOLD:
        return
    if not servers:
        mend = "open the link that advisor discord invite prints, and choose one"
        yield Finding(check="discord", status=Status.WARN, text="it is in no server yet", mend=mend)
    for server in servers[:_SERVERS]:
        try:
            lacks = await _lacks(asked, server, user)
        except _UNTOLD:
            continue
        name = repr(str(server.get("name", "")))
        if not lacks:
            yield Finding(check="discord", status=Status.OK, text=f"may do all that it needs in the server {name}")
            continue
        mend = "allow it for the role of the bot, in the settings of the server or of the channel"
        yield Finding(check="discord", status=Status.WARN, text=f"in the server {name} it lacks {lacks}", mend=mend)


class _Asked:
    """Asks Discord with the token of the settings."""

    def __init__(self, session: aiohttp.ClientSession, settings: DiscordSettings) -> None:
        self._session = session
        self._base = settings.api_base_url
        self._headers = {"Authorization": f"Bot {token_of(settings)}"}

    async def list(self, path: str) -> list[dict[str, Any]]:
        """What lies at a path, a list of objects. Raises ValueError where it does not."""
        told = await self._told(path)
        if not isinstance(told, list):
            raise ValueError(f"{path} is no list")
        return told

    async def one(self, path: str) -> Mapping[str, Any]:
        """What lies at a path, an object. Raises ValueError where it does not."""
        told = await self._told(path)
        if not isinstance(told, dict):
            raise ValueError(f"{path} is no object")
        return told

    async def _told(self, path: str) -> Any:
        async with self._session.get(f"{self._base}{path}", headers=self._headers) as response:
            if response.status != 200:
                raise ValueError(f"{path} answers {response.status}")
            return await response.json(content_type=None)


async def _lacks(asked: _Asked, server: Mapping[str, Any], user: str) -> str:
    """What is missing in a whole server, else in some of its channels, by the names that Discord shows."""
    key, allowed = str(server["id"]), discord.Permissions(int(server["permissions"]))
    if allowed.administrator:
        return ""
    if missing := _missing(allowed):
        return missing
    roles = {str(role) for role in (await asked.one(f"/guilds/{key}/members/{user}"))["roles"]}
    found = []
    for channel in await asked.list(f"/guilds/{key}/channels"):
        here = permissions_in(channel, allowed, server=key, roles=roles, user=user)
        # What is closed to the bot altogether is so on purpose.
        if channel.get("type") in _WRITTEN and here.view_channel and (missing := _missing(here)):
            found.append(f"{missing} in #{channel.get('name', '')}")
    more = [f"and more in {len(found) - _CHANNELS} channels"] if len(found) > _CHANNELS else []
    return "; ".join([*found[:_CHANNELS], *more])


def permissions_in(
    channel: Mapping[str, Any], allowed: discord.Permissions, *, server: str, roles: set[str], user: str
) -> discord.Permissions:
    """What a member may do in a channel: everybody's overwrites first, then those of roles, then their own.

    See “Permission Overwrites” in Discord's documentation.
    """
    written = {(int(each["type"]), str(each["id"])): each for each in channel.get("permission_overwrites") or ()}
    bits = _overwritten(allowed.value, [written.get((_ROLE, server))])
    bits = _overwritten(bits, [each for (kind, key), each in written.items() if kind == _ROLE and key in roles])
    return discord.Permissions(_overwritten(bits, [written.get((_MEMBER, user))]))


def _overwritten(bits: int, overwrites: list[dict[str, Any] | None]) -> int:
    denied = given = 0
    for each in overwrites:
        denied |= int((each or {}).get("deny") or 0)
        given |= int((each or {}).get("allow") or 0)
    return (bits & ~denied) | given


def _missing(allowed: discord.Permissions) -> str:
    lacking = [name for name in PERMISSIONS if not getattr(allowed, name)]
    return ", ".join(name.replace("_", " ").title() for name in lacking)
