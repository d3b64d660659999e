"""What the library takes for granted in what Discord tells, and Discord's documentation does not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TEXT, _DIRECT = 0, 1
_ENDLESS = "9999-12-31T00:00:00+00:00"
"""When a poll ends that has no end."""

_LARGEST_FILE = 10 * 1024 * 1024
_USED = {"version": 1, "attachment_size_limit": _LARGEST_FILE}


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
