"""Who may be called by a message: one person or one group of a platform, by an id that was checked. Pure.

Everything else that a message says is inert. Nothing here can stand for "everybody": there is no such id.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

EXPERT: Final = "expert"
"""The key in `ChannelSettings.other` under which a channel's expert stands, as `Mention.stored`."""

_GAP = "\u00a0"
"""Stands between the words of a name, so that it is known where the name ends."""

_NAME = rf"(?<![\w.%+-])@[^\s@,，、:：()（）?？!！。]+(?:{_GAP}[^\s@,，、:：()（）?？!！。]+)*"
_AND = r"(?:(?:and|和|跟|&)[\s,，]*)?"
_SOME = r"[\s,，、:：(（]{0,5}"
_PEOPLE = rf"(?:{_NAME}{_SOME}{_AND})+"
_ADDRESSED = re.compile(rf"^\s*(?:(?:hey|hi|hello|dear|你好|您好|嗨){_SOME})?{_PEOPLE}", re.I)
_COPIED = re.compile(rf"{_SOME}(?:/?\b(?:cc|fyi)\b|抄送)?{_SOME}{_PEOPLE}[)）.。]?\s*$", re.I)


class MentionKind(StrEnum):
    """What a mention calls."""

    USER = "user"
    GROUP = "group"
    """A user group of Slack's, a role of Discord's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One person or group, by the platform's id."""

    kind: MentionKind
    id: str

    @property
    def stored(self) -> str:
        """As settings keep it; `stored_mention` reads it."""
        return f"{self.kind.value}:{self.id}"

    @property
    def shown(self) -> str:
        """As a person reads it where it calls nobody."""
        return f"@{self.id}"


_SNOWFLAKE = r"\d{15,22}"
_FORMS: Mapping[str, tuple[tuple[MentionKind, re.Pattern[str]], ...]] = {
    "slack": (
        (MentionKind.USER, re.compile(r"(?:<@)?(?P<id>[UW][A-Z0-9]{2,20})(?:\|[^<>|]*)?>?")),
        (MentionKind.GROUP, re.compile(r"(?:<!subteam\^)?(?P<id>S[A-Z0-9]{2,20})(?:\|[^<>|]*)?>?")),
    ),
    "discord": (
        (MentionKind.GROUP, re.compile(rf"<?@&(?P<id>{_SNOWFLAKE})>?")),
        (MentionKind.USER, re.compile(rf"(?:<?@!?)?(?P<id>{_SNOWFLAKE})>?")),
    ),
}
PLATFORMS = frozenset(_FORMS)
"""Platforms beyond the terminal; people have ids there."""

_NAMED = ((MentionKind.USER, re.compile(r"@?(?P<id>(?=[_-]*[^\W_])[\w-]{1,32})")),)
"""Platforms on which people go by their names, such as the terminal."""


def read_mention(platform: str, text: str) -> Mention | None:
    """The one person or group that a text names by an id of the platform; None for anything else."""
    for kind, form in _FORMS.get(platform, _NAMED):
        if found := form.fullmatch(text.strip()):
            return Mention(kind=kind, id=found["id"])
    return None


def typed_mention(platform: str, mention: Mention) -> str:
    """A mention as `read_mention` reads it again."""
    role = platform == "discord" and mention.kind is MentionKind.GROUP
    return f"@&{mention.id}" if role else mention.id


def stored_mention(text: str) -> Mention | None:
    """The mention that settings keep, or None where they keep none."""
    kind, _, key = text.partition(":")
    return Mention(kind=MentionKind(kind), id=key) if kind in set(MentionKind) and key else None


def named(name: str) -> str:
    """Somebody who is mentioned, as it is read: by name, in one piece."""
    return f"@{_GAP.join(name.split())}"


def unaddressed(text: str) -> str:
    """A question without those whom it addresses or copies in; what it asks of them, between its words, stays.

    Their names tell nothing of what is asked, nor of the language that it is asked in.
    """
    return _COPIED.sub("", _ADDRESSED.sub("", text)).strip() or text
