"""Arguments with which a registered command can be called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def variants(command: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    """Arguments of a command as it is registered: only what it needs, each choice, and words that name nothing."""
    needed = {
        each["name"]: (each.get("choices") or [{"value": "what is a moat?"}])[0]["value"]
        for each in command["options"]
        if each["required"]
    }
    yield needed
    for option in command["options"]:
        for choice in option.get("choices") or ():
            yield {**needed, option["name"]: choice["value"]}
        if not option.get("choices"):
            yield {**needed, option["name"]: "nothing of that kind"}
