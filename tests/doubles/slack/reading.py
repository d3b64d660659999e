"""What Slack tells: what was said, who people are, which files there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .limits import Refused
from .workspace import BOT_USER, Said, Workspace

Arguments = Mapping[str, Any]


class Reading:
    """The methods that change nothing."""

    def __init__(self, workspace: Workspace) -> None:
        self._w = workspace

    def methods(self) -> dict[str, Callable[[Arguments], dict[str, Any]]]:
        """The methods by their names."""
        return {
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "files.info": self._file,
            "usergroups.users.list": self._user_group,
            "users.info": self._user,
        }

    def _history(self, given: Arguments) -> dict[str, Any]:
        channel = self._readable(given)
        said = [said for said in self._w.messages.values() if said.channel == channel and not said.thread_ts]
        return self._page(list(reversed(said)), given)

    def _replies(self, given: Arguments) -> dict[str, Any]:
        channel = self._readable(given)
        asked = self._w.messages.get((channel, given["ts"]))
        if asked is None:
            raise Refused("thread_not_found")
        first, *rest = self._w.thread(channel, asked.thread_ts or asked.ts)
        # The beginning of a thread comes with every part of it.
        return self._page([first, *(each for each in rest if _within(each.ts, given))], given)

    def _page(self, said: list[Said], given: Arguments) -> dict[str, Any]:
        limit, begin = int(given.get("limit") or 100), int(given.get("cursor") or 0)
        if not 0 < limit <= 1_000:
            raise Refused("invalid_limit")
        with_metadata = str(given.get("include_all_metadata")).lower() in {"1", "true"}
        part = said[begin : begin + limit]
        following = str(begin + limit) if begin + limit < len(said) else ""
        return {
            "messages": [each.shown(with_metadata=with_metadata) for each in part],
            "has_more": bool(following),
            "response_metadata": {"next_cursor": following},
        }

    def _user(self, given: Arguments) -> dict[str, Any]:
        user = self._w.users.get(given.get("user") or "")
        if user is None:
            raise Refused("user_not_found")
        locale = {} if str(given.get("include_locale")).lower() in {"1", "true"} else {"locale": None}
        return {"user": {key: value for key, value in {**user, **locale}.items() if value is not None}}

    def _user_group(self, given: Arguments) -> dict[str, Any]:
        group = given.get("usergroup", "")
        if group not in self._w.groups:
            raise Refused("no_such_subteam")
        return {"users": sorted(self._w.groups[group])}

    def _file(self, given: Arguments) -> dict[str, Any]:
        file = self._w.files.get(given.get("file") or "")
        if file is None:
            raise Refused("file_not_found")
        told = {key: value for key, value in file.items() if key != "content"}
        return {"file": {"id": given["file"], "mode": "hosted", **told}}

    def _readable(self, given: Arguments) -> str:
        channel = str(given.get("channel") or "")
        if channel not in self._w.members:
            raise Refused("channel_not_found")
        if BOT_USER not in self._w.members[channel]:
            raise Refused("not_in_channel")
        return channel


def _within(ts: str, given: Arguments) -> bool:
    """Whether a message lies between `oldest` and `latest`, themselves only where a call says `inclusive`."""
    oldest, latest = float(given.get("oldest") or 0), float(given.get("latest") or "inf")
    if str(given.get("inclusive")).lower() in {"1", "true"}:
        return oldest <= float(ts) <= latest
    return oldest < float(ts) < latest
