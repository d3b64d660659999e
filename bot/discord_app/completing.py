"""What the library takes for granted in what Discord tells, and Discord's documentation does not. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_TEXT, _DIRECT = 0, 1
_THREADS = {10, 11, 12}
_THREAD: Mapping[str, Any] = {"name": "", "parent_id": "0", "owner_id": "0", "message_count": 0, "member_count": 0}
_THREAD_METADATA: Mapping[str, Any] = {
    "archived": False,
    "auto_archive_duration": 1_440,
    "archive_timestamp": "2015-01-01T00:00:00+00:00",
    "locked": False,
}
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
    if not isinstance(data, dict):
        return data
    match event:
        case "INTERACTION_CREATE":
            channel = data.get("channel")
            known = {"channel": channel_of(channel) if isinstance(channel, dict) and channel else _unknown(data)}
            return {**_USED, **data, **known}
        case "GUILD_CREATE" | "GUILD_UPDATE" | "THREAD_LIST_SYNC":
            return data | {key: _channels(data[key]) for key in ("channels", "threads") if key in data}
        case "CHANNEL_CREATE" | "CHANNEL_UPDATE" | "THREAD_CREATE" | "THREAD_UPDATE":
            return channel_of(data)
        case _:
            return _message(data)


def channel_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """A channel or a thread, of which Discord promises an id and a type."""
    kind = told.get("type", _TEXT)
    if kind not in _THREADS:
        more = {"recipients": []} if kind == _DIRECT else {"name": "", "position": 0, "bitrate": 0, "user_limit": 0}
        return {"type": kind, **more, **told}
    metadata = told.get("thread_metadata")
    return {
        **_THREAD,
        **told,
        "thread_metadata": {**_THREAD_METADATA, **(metadata if isinstance(metadata, dict) else {})},
    }


def _channels(told: Any) -> Any:
    """The same of each in a list."""
    return [channel_of(each) for each in told if isinstance(each, dict)] if isinstance(told, list) else []


def _message(data: dict[str, Any]) -> dict[str, Any]:
    poll, thread = data.get("poll"), data.get("thread")
    if isinstance(poll, dict) and not poll.get("expiry"):
        data = data | {"poll": poll | {"expiry": _ENDLESS}}
    return data | {"thread": channel_of(thread)} if isinstance(thread, dict) else data


def _unknown(data: Mapping[str, Any]) -> dict[str, Any]:
    """A channel of which only the id is known: one of a server, or that of direct messages with whoever acts."""
    if data.get("guild_id"):
        return channel_of({"id": data.get("channel_id"), "type": _TEXT})
    return {"id": data.get("channel_id"), "type": _DIRECT, "recipients": [data["user"]] if "user" in data else []}
