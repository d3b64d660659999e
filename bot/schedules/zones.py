"""Time zones by their IANA names, and by what people call some of them."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.channel_rules import effective_settings
from bot.chat import Place
from bot.ports import SettingsBook
from bot.schedules.untimely import Fault, Untimely

ZONE: Final = "zone"
"""The key in `ChannelSettings.other` of a channel's time zone."""

_CALLED = {
    "北京": "Asia/Shanghai",
    "北京时间": "Asia/Shanghai",
    "beijing": "Asia/Shanghai",
    "上海": "Asia/Shanghai",
    "中国": "Asia/Shanghai",
    "china": "Asia/Shanghai",
    "香港": "Asia/Hong_Kong",
    "台北": "Asia/Taipei",
    "新加坡": "Asia/Singapore",
    "东京": "Asia/Tokyo",
    "伦敦": "Europe/London",
    "柏林": "Europe/Berlin",
    "巴黎": "Europe/Paris",
    "纽约": "America/New_York",
    "旧金山": "America/Los_Angeles",
    "洛杉矶": "America/Los_Angeles",
    "san francisco": "America/Los_Angeles",
    "gmt": "UTC",
    "z": "UTC",
}
_OFFSET = re.compile(r"(?:utc|gmt)\s*(?P<sign>[+-])\s*(?P<hours>\d{1,2})(?::?00)?", re.IGNORECASE)
_FARTHEST = {"+": 14, "-": 12}


def read_zone(text: str) -> ZoneInfo:
    """The zone of a name such as `Asia/Shanghai`, `Berlin`, `北京` or `UTC+8`.

    Raises:
        Untimely: there is none; the error tells the nearest name.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    known = _known()
    offset = _OFFSET.fullmatch(plain)
    if offset and int(offset["hours"]) <= _FARTHEST[offset["sign"]]:
        # POSIX counts the other way round.
        hours = int(offset["hours"])
        return zone_of(f"Etc/GMT{'-' if offset['sign'] == '+' else '+'}{hours}" if hours else "UTC")
    name = _CALLED.get(plain.casefold()) or known.get(plain.casefold().replace(" ", "_"))
    if name is None:
        near = get_close_matches(plain.casefold().replace(" ", "_"), known, n=1, cutoff=0.6)
        raise Untimely(Fault.ZONE, known[near[0]] if near else "")
    return zone_of(name)


def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name that was stored. Raises Untimely where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Untimely(Fault.ZONE, name) from error


class ChannelZones:
    """The time zones of channels; `default` is that of those which have set none."""

    def __init__(self, settings: SettingsBook, *, default: str) -> None:
        self._settings = settings
        self._default = default

    async def name_of(self, place: Place) -> str:
        """The name of a channel's time zone. Raises StoreFailed."""
        settings = await effective_settings(self._settings, place.channel_key)
        return settings.other.get(ZONE) or self._default

    async def of(self, place: Place) -> ZoneInfo:
        """A channel's time zone; UTC where this machine has lost the one that was set. Raises StoreFailed."""
        try:
            return zone_of(await self.name_of(place))
        except Untimely:
            return zone_of("UTC")


def minute_in(zone: ZoneInfo, at: datetime) -> str:
    """A time as it is read in a zone, with the zone's distance from UTC: the same in every language."""
    local = at.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    distance = f"{'-' if offset < timedelta() else '+'}{hours}" + (f":{minutes:02}" if minutes else "")
    return f"{local:%Y-%m-%d %H:%M} UTC{distance if offset else ''}"


@cache
def _known() -> dict[str, str]:
    """Names by what people type: in any case, and cities alone."""
    zones = sorted(each for each in available_timezones() if "/" in each or each == "UTC")
    cities = {
        name.rpartition("/")[2].casefold(): name
        for name in zones
        if name.count("/") == 1 and not name.startswith("Etc/")
    }
    return cities | {name.casefold(): name for name in zones}
