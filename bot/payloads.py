"""What a button carries: a verb, what it is about, and an argument, in the 100 characters that every platform takes.

A payload is all that is left of a button after a restart, so it holds ids and never texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.errors import InvalidInput

MOST_CHARACTERS = 100
"""Discord's limit for a `custom_id`; Slack's for an `action_id` is 255."""

_VERSION = "a1"
_PART = re.compile(r"[A-Za-z0-9._~-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """One action: `verb` says what to do, `subject` to what, `argument` how. Letters, digits and `._~-` alone.

    Raises:
        InvalidInput: a part has other characters, the verb is empty, or the whole is too long.
    """

    verb: str
    subject: str = ""
    argument: str = ""

    def __post_init__(self) -> None:
        for part in (self.verb, self.subject, self.argument):
            if not _PART.fullmatch(part):
                raise InvalidInput(f"the payload part {part!r} may hold letters, digits and '._~-' alone")
        if not self.verb:
            raise InvalidInput("a payload needs a verb")
        if len(self.encoded) > MOST_CHARACTERS:
            raise InvalidInput(f"the payload {self.encoded!r} is longer than {MOST_CHARACTERS} characters")

    @property
    def encoded(self) -> str:
        """The payload as a platform carries it."""
        return ":".join((_VERSION, self.verb, self.subject, self.argument))


def decode(encoded: str) -> Payload:
    """The payload of a button.

    Raises:
        InvalidInput: it is none of ours, or of a version that this program does not know.
    """
    parts = encoded.split(":")
    if len(parts) != 4 or parts[0] != _VERSION:
        raise InvalidInput(f"{encoded!r} is no action of this version; expected {_VERSION}:verb:subject:argument")
    return Payload(verb=parts[1], subject=parts[2], argument=parts[3])
