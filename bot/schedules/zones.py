"""Time zones by their IANA names, and by what people call some of them."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.schedules.untimely import Fault, Untimely

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
