"""What Discord takes at most, in characters unless said, and how a text is held to it.

From Discord's reference of messages, embeds, components and application commands.
"""

from __future__ import annotations

CONTENT = 2_000
EMBED = 4_096
"""The description of an embed."""

EMBEDS = 6_000
"""All embeds of a message together."""

ROWS, BUTTONS = 5, 5
LABEL = 80
OPTIONS = 25
OPTION = 100
"""An option's label, value and description."""

PLACEHOLDER = 150
CUSTOM_ID = 100
MODAL_TITLE = 45
MODAL_FIELDS = 5
FIELD_LABEL = 45
FIELD_HINT = 100
FIELD_VALUE = 4_000
THREAD_NAME = 100
NONCE = 25
COMMAND = 32
"""The name of a command or an option."""

ALT = 1_024
"""What a picture shows, in words."""

DESCRIPTION = 100
CHOICES = 25
SUBCOMMANDS = 25
COMMAND_TEXTS = 8_000
"""All names, descriptions and values of a command with what stands below it; of translations the longest counts."""

SUGGESTION = 100


def held(text: str, limit: int) -> str:
    """A text of at most `limit` characters; one that is too long ends in an ellipsis, so that the cut is seen."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
