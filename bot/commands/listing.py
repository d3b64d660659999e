"""The commands as a table for the docs, made from the registry so that it cannot go stale."""

from __future__ import annotations

from bot.commands.registry import Command, Level, Registry
from rag.types import Language

_HEADS = {
    Language.EN: ("Command", "Chinese", "What it does", "Who"),
    Language.ZH: ("命令", "英文", "用途", "谁可以用"),
}
_LEVELS = {
    Language.EN: {Level.EVERYONE: "everyone", Level.EDITOR: "editors", Level.ADMIN: "admins", Level.OWNER: "owners"},
    Language.ZH: {Level.EVERYONE: "所有人", Level.EDITOR: "编辑", Level.ADMIN: "管理员", Level.OWNER: "所有者"},
}


def command_table(registry: Registry, language: Language) -> str:
    """All commands as a Markdown table in one language, with their names in the other one."""
    head = _HEADS[language]
    rows = [_row(registry, command, language) for command in registry.commands]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ("---",) * len(head), *rows])


def _row(registry: Registry, command: Command, language: Language) -> tuple[str, ...]:
    other = Language.EN if language is Language.ZH else Language.ZH
    words = registry.words(command, language)
    usage = registry.usage(command, language, prefix="").replace("|", "\\|")
    return (f"`{usage}`", registry.words(command, other).name, words.description, _LEVELS[language][command.level])
