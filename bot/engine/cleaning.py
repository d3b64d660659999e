"""Takes personal data and secrets out of what comes in, at the one door through which everything comes."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from bot.chat import CommandCall, Deleted, Edited, Incoming, Message, Press, Submission
from bot.redaction.redactor import Redactor


def cleaned(incoming: Incoming) -> Incoming:
    """An event whose words may be stored, logged and sent to a model; what was taken out cannot be had back."""
    match incoming:
        case Message():
            return replace(incoming, text=without_secrets(incoming.text), title=without_secrets(incoming.title))
        case Edited():
            return replace(incoming, text=without_secrets(incoming.text))
        case CommandCall():
            arguments = {name: without_secrets(value) for name, value in incoming.arguments.items()}
            return replace(incoming, text=without_secrets(incoming.text), arguments=arguments)
        case Submission():
            values = {name: without_secrets(value) for name, value in incoming.values.items()}
            return replace(incoming, values=values)
        case Press() | Deleted():
            return incoming
        case unknown:
            assert_never(unknown)


def without_secrets(text: str) -> str:
    """A text with placeholders in place of personal data and secrets."""
    return Redactor().redact(text).text if text else text
