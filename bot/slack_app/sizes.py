"""What Slack takes at most, in characters unless said, and how a text is held to it.

From Slack's reference of blocks; `MESSAGE` is not documented: all blocks together fail at about 13,200.
"""

from __future__ import annotations

MARKDOWN = 12_000
MESSAGE = 12_500
TEXT = 3_000
"""One text of a section or a context."""

CONTEXT_ELEMENTS = 10
ACTIONS = 25
"""Elements of a row of actions."""

LABEL = 75
"""A button's text, and an option's."""

OPTIONS = 100
"""Options of a list."""

ALT = 1_000
"""What a picture shows, in words."""

PLACEHOLDER = 150
HEADER = 150
VIEW_BLOCKS = 100
VIEW_TITLE = 24
VIEW_BUTTON = 24
FIELD_LABEL = 2_000
FIELD_VALUE = 3_000
BARE = 39_000
"""Of a text without blocks, which Slack cuts at 40,000."""

FALLBACK = 3_000
"""Of the text for notifications, which Slack would cut at 40,000."""


def held(text: str, limit: int) -> str:
    """A text of at most `limit` characters; one that is too long ends in an ellipsis, so that the cut is seen."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
