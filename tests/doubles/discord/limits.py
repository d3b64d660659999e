"""What Discord's documentation allows in messages, modals and commands, and how it names what it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

NAME = re.compile(r"^[-_'\w]{1,32}$")
_ROW, _BUTTON, _SELECT, _LABEL, _FILE = 1, 2, 3, 18, 19
_SUB_COMMAND, _SUB_GROUP = 1, 2
_LOCALES = {"en-US", "en-GB", "zh-CN", "zh-TW"}


class Invalid(Exception):
    """A body that is refused with `50035 Invalid Form Body`, at a place in it."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place
        self.problem = problem


def check_message(body: Mapping[str, Any], *, files: int = 0) -> None:
    """Refuses what cannot be a message."""
    content, embeds = body.get("content") or "", body.get("embeds") or []
    _hold(len(content) <= 2000, "content", "Must be 2000 or fewer in length.")
    _hold(bool(content.strip() or embeds or files), "", "Cannot send an empty message")
    _hold(len(embeds) <= 10, "embeds", "Must be 10 or fewer in length.")
    _hold(sum(map(_embed_size, embeds)) <= 6000, "embeds", "Embed size exceeds maximum size of 6000")
    for embed in embeds:
        _hold(len(embed.get("description") or "") <= 4096, "embeds.description", "Must be 4096 or fewer in length.")
        _hold(len(embed.get("title") or "") <= 256, "embeds.title", "Must be 256 or fewer in length.")
    _hold(len(str(body.get("nonce") or "")) <= 25, "nonce", "Must be 25 or fewer in length.")
    check_rows(body.get("components") or [])


def check_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """Refuses what cannot stand under a message."""
    _hold(len(rows) <= 5, "components", "Must be 5 or fewer in length.")
    for row in rows:
        _hold(row["type"] == _ROW, "components", "Must be a row")
        kinds = [item["type"] for item in row["components"]]
        _hold(kinds in ([_SELECT], [_BUTTON] * len(kinds)), "components", "A row has one list or up to five buttons")
        _hold(0 < len(kinds) <= 5, "components", "Must be between 1 and 5 in length.")
    items = [item for row in rows for item in row["components"]]
    for item in items:
        _check_item(item)
    _unique(items)


def check_modal(data: Mapping[str, Any]) -> None:
    """Refuses what cannot be a modal."""
    _hold(0 < len(data["title"]) <= 45, "title", "Must be between 1 and 45 in length.")
    _hold(0 < len(data["custom_id"]) <= 100, "custom_id", "Must be between 1 and 100 in length.")
    _hold(0 < len(data["components"]) <= 5, "components", "Must be between 1 and 5 in length.")
    for label in data["components"]:
        _hold(label["type"] == _LABEL, "components", "Must be a label")
        _hold(0 < len(label["label"]) <= 45, "label", "Must be between 1 and 45 in length.")
        _hold(len(label.get("description") or "") <= 100, "description", "Must be 100 or fewer in length.")
        _check_item(label["component"])
    _unique([label["component"] for label in data["components"]])


def check_commands(commands: Sequence[Mapping[str, Any]]) -> None:
    """Refuses what cannot be the list of an application's commands."""
    for kind, most in ((1, 100), (2, 15), (3, 15)):
        count = sum(command.get("type", 1) == kind for command in commands)
        _hold(count <= most, "", f"Maximum number of application commands reached ({most}).")
    names = [(command.get("type", 1), command["name"]) for command in commands]
    _hold(len(names) == len(set(names)), "name", "Application command names must be unique")
    for command in commands:
        if command.get("type", 1) == 1:
            _hold(sum(_texts(command)) <= 8000, "", "Command exceeds maximum size (8000)")
            _check_command(command, depth=0)
        else:
            _hold(0 < len(command["name"]) <= 32, "name", "Must be between 1 and 32 in length.")


def _check_command(command: Mapping[str, Any], *, depth: int) -> None:
    for name in (command["name"], *(command.get("name_localizations") or {}).values()):
        _hold(bool(NAME.match(name)) and name == name.lower(), "name", f"String value did not match: {name!r}")
    for text in (command["description"], *(command.get("description_localizations") or {}).values()):
        _hold(0 < len(text) <= 100, "description", "Must be between 1 and 100 in length.")
    for field in ("name_localizations", "description_localizations"):
        _hold(set(command.get(field) or {}) <= _LOCALES, field, "unknown locale")
    options = command.get("options") or []
    _hold(len(options) <= 25, "options", "Must be 25 or fewer in length.")
    names = [option["name"] for option in options]
    _hold(len(names) == len(set(names)), "options", "Application command option names must be unique")
    required = [bool(option.get("required")) for option in options]
    _hold(required == sorted(required, reverse=True), "options", "Required options must be placed before others")
    for option in options:
        _hold(option["type"] not in {_SUB_COMMAND, _SUB_GROUP} or depth < 2, "options", "nested too deeply")
        _check_command(option, depth=depth + 1)
        _check_choices(option)


def _check_choices(option: Mapping[str, Any]) -> None:
    choices = option.get("choices") or []
    _hold(len(choices) <= 25, "choices", "Must be 25 or fewer in length.")
    _hold(not (choices and option.get("autocomplete")), "choices", "choices and autocomplete exclude each other")
    for choice in choices:
        for name in (choice["name"], *(choice.get("name_localizations") or {}).values()):
            _hold(0 < len(name) <= 100, "choices.name", "Must be between 1 and 100 in length.")
        _hold(0 < len(choice["value"]) <= 100, "choices.value", "Must be between 1 and 100 in length.")


def _check_item(item: Mapping[str, Any]) -> None:
    _hold(0 < len(item.get("custom_id") or "") <= 100, "custom_id", "Must be between 1 and 100 in length.")
    match item["type"]:
        case 2:
            _hold(0 < len(item.get("label") or "") <= 80, "label", "Must be between 1 and 80 in length.")
        case 3:
            options = item["options"]
            _hold(0 < len(options) <= 25, "options", "Must be between 1 and 25 in length.")
            _hold(len(item.get("placeholder") or "") <= 150, "placeholder", "Must be 150 or fewer in length.")
            values = [option["value"] for option in options]
            _hold(len(values) == len(set(values)), "options", "The specified option value is already used")
            for option in options:
                _hold(0 < len(option["label"]) <= 100, "label", "Must be between 1 and 100 in length.")
                _hold(0 < len(option["value"]) <= 100, "value", "Must be between 1 and 100 in length.")
                _hold(len(option.get("description") or "") <= 100, "description", "Must be 100 or fewer in length.")
        case 4:
            _hold(len(item.get("value") or "") <= 4000, "value", "Must be 4000 or fewer in length.")
        case kind:
            _hold(kind == _FILE, "type", f"unknown component {kind}")


def _unique(items: Sequence[Mapping[str, Any]]) -> None:
    ids = [item["custom_id"] for item in items]
    _hold(len(ids) == len(set(ids)), "components", "Component custom id cannot be duplicated")


def _embed_size(embed: Mapping[str, Any]) -> int:
    fields = embed.get("fields") or []
    return (
        len(embed.get("title") or "")
        + len(embed.get("description") or "")
        + len((embed.get("footer") or {}).get("text") or "")
        + sum(len(each["name"]) + len(each["value"]) for each in fields)
    )


def _texts(option: Mapping[str, Any]) -> Iterator[int]:
    """Characters of names, descriptions and values; of localisations only the longest counts."""
    for field in ("name", "description"):
        localised = (option.get(f"{field}_localizations") or {}).values()
        yield max(len(text) for text in (option.get(field) or "", *localised))
    for choice in option.get("choices") or ():
        yield max(len(text) for text in (choice["name"], *(choice.get("name_localizations") or {}).values()))
        yield len(choice["value"])
    for inner in option.get("options") or ():
        yield from _texts(inner)


def _hold(holds: bool, place: str, problem: str) -> None:
    if not holds:
        raise Invalid(place, problem)
