"""What the library takes for granted in what Discord tells, and Discord's documentation does not. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_TEXT, _DIRECT = 0, 1
_ENDLESS = "9999-12-31T00:00:00+00:00"
"""When a poll ends that has no end."""

_LARGEST_FILE = 10 * 1024 * 1024
_USED = {"version": 1, "attachment_size_limit": _LARGEST_FILE}
_BEGINNINGS = ('"READY"', '"RESUMED"')
"""How the two events are called that the library reads before anybody may look at them."""


def begun(line: str, *, gateway: str, shard: int) -> str:
    """A line of the gateway; that with which a session begins has all that is taken for granted.

    Args:
        line: as it came; one that cannot be read stays as it is.
        gateway: where the session is resumed, unless Discord tells.
        shard: the number of the shard whose session it is.
    """
    if not any(each in line for each in _BEGINNINGS):
        return line
    try:
        told = json.loads(line)
    except ValueError:
        return line
    if not isinstance(told, dict) or f'"{told.get("t")}"' not in _BEGINNINGS:
        return line
    data: dict[str, Any] = told["d"] if isinstance(told.get("d"), dict) else {}
    if told["t"] == "READY":
        if not data.get("session_id"):
            return line
        where = data.get("resume_gateway_url") or gateway
        data = {"guilds": [], "shard": [shard, shard + 1], **data, "resume_gateway_url": where}
    return json.dumps(told | {"d": data})


def completed(event: str, data: Any) -> Any:
    """An event with what may be left out of it; others as they are."""
    if isinstance(data, dict) and isinstance(poll := data.get("poll"), dict) and not poll.get("expiry"):
        return data | {"poll": poll | {"expiry": _ENDLESS}}
    if event != "INTERACTION_CREATE" or not isinstance(data, dict):
        return data
    channel = {} if data.get("channel") else {"channel": _channel(data)}
    return {**_USED, **data, **channel}


def _channel(data: Mapping[str, Any]) -> dict[str, Any]:
    """A channel of which only the id is known: one of a server, or that of direct messages with whoever acts."""
    if data.get("guild_id"):
        return {"id": data.get("channel_id"), "type": _TEXT, "name": "", "position": 0}
    return {"id": data.get("channel_id"), "type": _DIRECT, "recipients": [data["user"]] if "user" in data else []}
