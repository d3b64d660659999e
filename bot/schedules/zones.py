"""Time zones by their IANA names, and by what people call some of them."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.channel_rules import effective_settings
from bot.chat import Place
from bot.ports import SettingsBook
from bot.schedules.untimely import Fault, Untimely
from bot.schedules.zone_names import AMBIGUOUS, BESIDE_THE_HOUR, CALLED

ZONE: Final = "zone"
"""The key in `ChannelSettings.other` of a channel's time zone."""

_OFFSET = re.compile(r"(?:utc|gmt)?\s*(?P<sign>[+-])\s*0?(?P<hours>\d{1,2})(?::?(?P<minutes>00|30|45))?", re.IGNORECASE)
_FIXED = re.compile(r"Etc/GMT(?P<sign>[+-])(?P<hours>\d{1,2})")
_FARTHEST = {"+": 14, "-": 12}


def read_zone(text: str) -> ZoneInfo:
    """The zone of a name such as `Asia/Shanghai`, `Berlin`, `北京` or `UTC+8`.

    Raises:
        Untimely: there is none; the error tells the nearest name.
    """
    plain = "_".join(unicodedata.normalize("NFKC", text).casefold().split())
    offset = _OFFSET.fullmatch(plain.replace("_", ""))
    if offset and (name := _at_distance(offset)):
        return zone_of(name)
    if several := AMBIGUOUS.get(plain):
        raise Untimely(Fault.ZONE_AMBIGUOUS, ", ".join(several))
    known = _known()
    found = CALLED.get(plain) or known.get(plain)
    if found is None:
        near = get_close_matches(plain, known, n=1, cutoff=0.6)
        raise Untimely(Fault.ZONE, known[near[0]] if near else "")
    return zone_of(found)


def _at_distance(offset: re.Match[str]) -> str:
    """The zone of a distance from UTC; "" where no place keeps it."""
    sign, hours, minutes = offset["sign"], int(offset["hours"]), offset["minutes"] or "00"
    if minutes != "00":
        return BESIDE_THE_HOUR.get(f"{sign}{hours}:{minutes}", "")
    if hours > _FARTHEST[sign]:
        return ""
    # POSIX counts the other way round.
    return f"Etc/GMT{'-' if sign == '+' else '+'}{hours}" if hours else "UTC"


def zone_shown(name: str) -> str:
    """A zone's name as people read it: those of a fixed distance count the other way round in IANA's names."""
    fixed = _FIXED.fullmatch(name)
    return f"UTC{'+' if fixed['sign'] == '-' else '-'}{fixed['hours']}" if fixed else name


def zone_begun(text: str) -> str:
    """The zone with whose name a text begins; "" where it begins with none."""
    words = unicodedata.normalize("NFKC", text).casefold().split()
    for count in range(min(3, len(words)), 0, -1):
        plain = " ".join(words[:count]).strip(",，;；()").removesuffix(" time")
        with suppress(Untimely):
            return read_zone(plain).key
        if several := AMBIGUOUS.get(plain):
            return several[0]
    first = words[0] if words else ""
    named = max((each for each in CALLED if not each.isascii() and first.startswith(each)), key=len, default="")
    return CALLED.get(named, "")


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
