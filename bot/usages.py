"""How a command is typed, in the manner of the platform on which somebody reads it. Pure."""

from __future__ import annotations

from bot.chat import Capabilities
from bot.wording import Wording
from rag.types import Language

_OPEN = "…"


def typed(
    capable: Capabilities, wording: Wording, command: str, language: Language, /, *, guarded: bool = False, **given: str
) -> str:
    """What somebody types, such as `/advisor case Jasper`, or `/advisor case query:Jasper` where arguments are fields.

    Args:
        capable: what the platform allows.
        wording: the words of commands.
        command: its identifier.
        language: of the words.
        guarded: whether it is called as a command of admins.
        given: values by the identifiers of their arguments in the order in which they are typed; a choice by its own
            identifier, and "" for what the reader has to fill in.
    """
    words = wording.command(command, language)
    parts = [(capable.admin_prefix if guarded else capable.command_prefix) + words.name]
    for identifier, value in given.items():
        argument = words.arguments[identifier]
        shown = argument.choices.get(value, value)
        if capable.fields:
            parts.append(f"{field_name(argument.name)}:{shown or _OPEN}")
        else:
            parts.append(shown or f"<{argument.name}>")
    return " ".join(parts)


def field_name(name: str) -> str:
    """How an argument is called where it is a field: small, without spaces."""
    return "-".join(name.lower().split())
