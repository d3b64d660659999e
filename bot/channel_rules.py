"""What holds in a channel: its own settings over its server's, and what whoever reads along there may see.

Every surface (answers, commands, buttons, completions) takes its scope from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Final

from bot.chat import Person, Place, Standing
from bot.mentions import EXPERT
from bot.ports import SettingsBook
from bot.records import ChannelSettings
from rag.types import PUBLIC, DocumentKind, Scope

KINDS: Final = "kinds"
TOPICS: Final = "topics"
"""Keys in `ChannelSettings.other`: what of the library is searched for a channel, joined by line breaks."""

OWNER: Final = "owner"
"""The key in `ChannelSettings.other` of a direct message: whose it is, by the key of the person."""

LANGUAGE: Final = "language"
"""The key in `ChannelSettings.other` under which a channel wants no language but each question's own: `AUTO`."""

AUTO: Final = "auto"

_CHANNEL_ALONE = frozenset({"labels", "other"})
"""Never inherited from a server: a label would reach channels that nobody thought of."""

_BREAK = "\n"
_EVERYTHING = "all"
"""What a channel says of a list to lift the bounds of its server."""


def server_key(channel_key: str) -> str:
    """The key under which the defaults of a channel's server are stored: that of a channel without a name."""
    return channel_key.rpartition("/")[0] + "/"


async def effective_settings(book: SettingsBook, channel_key: str) -> ChannelSettings:
    """A channel's settings, with its server's where it has set nothing. Raises StoreFailed."""
    return inherited(await book.get(channel_key), await book.get(server_key(channel_key)))


def inherited(channel: ChannelSettings, server: ChannelSettings) -> ChannelSettings:
    """A channel's settings over those of its server."""
    own = _CHANNEL_ALONE | ({LANGUAGE} if channel.other.get(LANGUAGE) == AUTO else frozenset())
    names = [each.name for each in fields(ChannelSettings) if each.name not in own]
    merged = {name: getattr(server, name) for name in names if getattr(channel, name) is None}
    searched = {key: value for key, value in server.other.items() if key in {KINDS, TOPICS, EXPERT}}
    return replace(channel, **merged, other={**searched, **channel.other})


def reader_scope(
    settings: ChannelSettings, person: Person, *, place: Place | None = None, held: frozenset[str] = frozenset()
) -> Scope:
    """What may be read to a person in a channel with these settings.

    `held` are the labels of their own: they count in a private `place` alone, where nobody else reads along.
    """
    kinds = [DocumentKind(each) for each in listed(settings, KINDS) if each in set(DocumentKind)]
    topics = [each for each in listed(settings, TOPICS) if each != _EVERYTHING]
    own = held if place is not None and place.private else frozenset()
    labels = audience(settings, person) | own
    return Scope(audience=labels, kinds=frozenset(kinds) or None, topics=frozenset(topics) or None)


def audience(settings: ChannelSettings, person: Person) -> frozenset[str]:
    """The labels of the least-privileged reader: the channel's, and for one who is no member the public ones alone."""
    if person.standing is not Standing.MEMBER:
        return frozenset({PUBLIC})
    return channel_labels(settings)


def channel_labels(settings: ChannelSettings) -> frozenset[str]:
    """The labels that a channel holds, whoever asks: what is said there may rest on documents of any of them."""
    return frozenset({PUBLIC}) | (settings.labels or frozenset())


def listed(settings: ChannelSettings, key: str) -> tuple[str, ...]:
    """The values of a list in `ChannelSettings.other`."""
    return tuple(each for each in settings.other.get(key, "").split(_BREAK) if each)


def joined(values: Iterable[str]) -> str:
    """A list as `ChannelSettings.other` keeps it."""
    return _BREAK.join(sorted(values))
