"""The slash commands as Discord registers them, made from the registry in both languages. Pure.

Everybody's commands are below `/advisor`, those of admins below `/advisor-admin`, which Discord hides from members who
may not manage the server. A choice that only admins may take is offered below the second one alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from bot.commands.registry import Argument, ArgumentKind, Command, Level, Registry
from bot.discord_app import sizes
from bot.discord_app.parse import ASK_ABOUT, SAVE_AS_ANSWER
from bot.discord_app.sizes import held
from bot.wording import ArgumentWords
from rag.errors import InvalidSettings
from rag.types import Language

EVERYONE: Final = "advisor"
ADMINS: Final = "advisor-admin"

_SLASH, _MENU = 1, 3
_SUBCOMMAND, _TEXT = 1, 3
_IN_SERVER, _BY_USER = 0, 1
_SERVERS, _DIRECT, _AMONG_PEOPLE = 0, 1, 2
_MANAGE_SERVER = str(1 << 5)
_LONGEST_ARGUMENT = 4_000
_LOCALES: Mapping[Language, tuple[str, ...]] = {
    Language.EN: ("en-US", "en-GB"),
    Language.ZH: ("zh-CN", "zh-TW"),
}
_HEADS: Mapping[str, Mapping[Language, str]] = {
    EVERYONE: {
        Language.EN: "Ask about building a company on AI models",
        Language.ZH: "关于大模型创业的问题，都可以问",
    },
    ADMINS: {Language.EN: "Look after the advisor on this server", Language.ZH: "管理本服务器上的顾问"},
}
_MENU_NAMES: Mapping[str, Mapping[Language, str]] = {
    ASK_ABOUT: {Language.EN: ASK_ABOUT, Language.ZH: "向顾问提问这条消息"},
    SAVE_AS_ANSWER: {Language.EN: SAVE_AS_ANSWER, Language.ZH: "保存为回答"},
}
_NO_NAME = re.compile(r"[^\w-]+")


def commands_of(registry: Registry) -> list[dict[str, Any]]:
    """All application commands.

    Raises:
        InvalidSettings: there are more commands than Discord takes below one name, or longer ones.
    """
    # Discord can hide commands from all but its own admins alone: editors would not see theirs.
    everyone = [each for each in registry.commands if each.level in {Level.EVERYONE, Level.EDITOR}]
    admins = [each for each in registry.commands if each.level is Level.ADMIN or _has_guarded(each)]
    made = [_group(EVERYONE, everyone, registry, guarded=False)]
    if admins:
        made.append(_group(ADMINS, admins, registry, guarded=True))
    return [*made, _menu(ASK_ABOUT, guarded=False), _menu(SAVE_AS_ANSWER, guarded=True)]


def fingerprint(commands: Iterable[Mapping[str, Any]]) -> str:
    """Changes when a command does."""
    return hashlib.sha256(json.dumps(list(commands), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _group(name: str, commands: list[Command], registry: Registry, *, guarded: bool) -> dict[str, Any]:
    if len(commands) > sizes.SUBCOMMANDS:
        problem = f"/{name} has {len(commands)} commands; Discord takes {sizes.SUBCOMMANDS} below one name"
        raise InvalidSettings(f"{problem}; bot/discord_app/tree.py has to put some of them elsewhere")
    where = (
        {"contexts": [_SERVERS], "integration_types": [_IN_SERVER], "default_member_permissions": _MANAGE_SERVER}
        if guarded
        else {"contexts": [_SERVERS, _DIRECT, _AMONG_PEOPLE], "integration_types": [_IN_SERVER, _BY_USER]}
    )
    made = {
        "type": _SLASH,
        "name": name,
        **_described(_HEADS[name]),
        **where,
        "options": [_subcommand(each, registry, guarded=guarded) for each in commands],
    }
    if (characters := sum(_lengths(made))) > sizes.COMMAND_TEXTS:
        problem = f"/{name} has {characters} characters of names and descriptions; Discord takes {sizes.COMMAND_TEXTS}"
        raise InvalidSettings(f"{problem}; shorten them in prompts/bot.*.toml, or put some commands elsewhere")
    return made


def _lengths(option: Mapping[str, Any]) -> Iterator[int]:
    """The characters that Discord counts of a command, an option or a choice, and of all below it."""
    for field in ("name", "description"):
        localised: Mapping[str, str] = option.get(f"{field}_localizations") or {}
        yield max(map(len, (option.get(field, ""), *localised.values())))
    yield len(option.get("value", ""))
    for inner in (*option.get("options", ()), *option.get("choices", ())):
        yield from _lengths(inner)


def _subcommand(command: Command, registry: Registry, *, guarded: bool) -> dict[str, Any]:
    words = {language: registry.words(command, language) for language in _LOCALES}
    # Discord wants what is required first; arguments are by name, so that their order means nothing.
    arguments = sorted(command.arguments, key=lambda each: not each.required)
    options = [
        _option(each, {language: told.arguments[each.name] for language, told in words.items()}, guarded=guarded)
        for each in arguments
    ]
    return {
        "type": _SUBCOMMAND,
        **_named(command.name, {language: told.name for language, told in words.items()}),
        **_described({language: told.description for language, told in words.items()}),
        "options": options,
    }


def _option(argument: Argument, words: Mapping[Language, ArgumentWords], *, guarded: bool) -> dict[str, Any]:
    made = {
        "type": _TEXT,
        **_named(argument.name, {language: told.name for language, told in words.items()}),
        **_described({language: told.description for language, told in words.items()}),
        "required": argument.required,
    }
    choices = [each for each in argument.choices if guarded or each not in argument.guarded]
    if argument.kind is ArgumentKind.CHOICE and len(choices) <= sizes.CHOICES:
        return made | {"choices": [_choice(each, words) for each in choices]}
    completed = {"autocomplete": True} if argument.complete is not None else {}
    return made | {"max_length": _LONGEST_ARGUMENT} | completed


def _choice(choice: str, words: Mapping[Language, ArgumentWords]) -> dict[str, Any]:
    labels = {language: held(told.choices[choice], sizes.OPTION) for language, told in words.items()}
    return {"name": labels[Language.EN], "name_localizations": _localised(labels), "value": choice}


def _menu(name: str, *, guarded: bool) -> dict[str, Any]:
    """An entry of a message's menu; those of admins exist in servers alone."""
    return {
        "type": _MENU,
        "name": name,
        "name_localizations": _localised(_MENU_NAMES[name]),
        "contexts": [_SERVERS] if guarded else [_SERVERS, _DIRECT],
        "integration_types": [_IN_SERVER],
        **({"default_member_permissions": _MANAGE_SERVER} if guarded else {}),
    }


def _named(identifier: str, names: Mapping[Language, str]) -> dict[str, Any]:
    """The identifier is the name that comes back, whatever the reader sees."""
    return {
        "name": identifier,
        "name_localizations": _localised({language: _as_name(name) for language, name in names.items()}),
    }


def _described(texts: Mapping[Language, str]) -> dict[str, Any]:
    told = {language: held(text, sizes.DESCRIPTION) for language, text in texts.items()}
    return {"description": told[Language.EN], "description_localizations": _localised(told)}


def _as_name(words: str) -> str:
    """Words as Discord takes them for a name: letters of any script, small, without spaces."""
    return _NO_NAME.sub("-", words.lower()).strip("-")[: sizes.COMMAND]


def _localised(texts: Mapping[Language, str]) -> dict[str, str]:
    return {locale: texts[language] for language, locales in _LOCALES.items() for locale in locales}


def _has_guarded(command: Command) -> bool:
    return any(argument.guarded for argument in command.arguments)
