"""Commands that the bot's own texts name, as Discord shows them: a click on one begins to type it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.commands.registry import Registry
from bot.wording import LANGUAGES

_FENCED = re.compile(r"(```.*?```)", re.S)
_NAMED = re.compile(r"`/([a-z-]+) ([^\s`]+)(?: ([^`\n]+))?`")


class Hints:
    """Knows commands by what they are called in texts, and their ids once Discord has told them.

    Args:
        registry: which commands there are, and how they are called.
        registered: the same as Discord takes them.
    """

    def __init__(self, registry: Registry, registered: Iterable[Mapping[str, Any]]) -> None:
        self._called = {
            registry.words(command, language).name: command.name
            for command in registry.commands
            for language in LANGUAGES
        }
        self._there = {(group["name"], each["name"]) for group in registered for each in group.get("options", ())}
        self._ids: Mapping[str, str] = {}

    def learn(self, ids: Mapping[str, str]) -> None:
        """The ids of commands by their names; without them commands stay words."""
        self._ids = ids

    def linked(self, markdown: str) -> str:
        """A text in which commands that stand as code are Discord's own mentions of them; their fields stay code."""
        if not self._ids:
            return markdown
        parts = _FENCED.split(markdown)
        return "".join(part if part.startswith("```") else _NAMED.sub(self._link, part) for part in parts)

    def _link(self, found: re.Match[str]) -> str:
        group, name, fields = found.groups()
        command, key = self._called.get(name, name), self._ids.get(group, "")
        if not key or (group, command) not in self._there:
            return found[0]
        return f"</{group} {command}:{key}>" + (f" `{fields}`" if fields else "")
