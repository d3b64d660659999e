"""The settings of a channel by name: which values each takes, how a value is typed, stored and shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.channel_rules import AUTO, KINDS, LANGUAGE, TOPICS, joined, listed
from bot.commands.call import Call
from bot.mentions import EXPERT, read_mention, stored_mention
from bot.records import ChannelSettings, Respond
from bot.saying_experts import ExpertSay
from bot.wording import LANGUAGES, Say
from rag.types import PUBLIC, DocumentKind, Language, Scope

LABELS: Final = "labels"
BEHAVIOUR = ("respond", "follow-ups", "replies", "language")
"""Settings of which one value is chosen."""

REACH = (KINDS, TOPICS, LABELS)
"""Settings that take several values: what is searched."""

NAMES = (*BEHAVIOUR, *REACH, EXPERT)

_GROUPS: Mapping[str, str] = {
    "respond": "respond",
    "follow-ups": "switch",
    "replies": "replies",
    "language": "language",
}
_ALL = "all"
_SEPARATOR = re.compile(r"\s*[,，、;；]\s*")


def value_of(settings: ChannelSettings, name: str) -> tuple[str, ...]:
    """What settings say of one name; () where they say nothing."""
    match name:
        case "respond":
            return (settings.respond.value,) if settings.respond else ()
        case "follow-ups":
            return () if settings.follow_ups is None else ("on" if settings.follow_ups else "off",)
        case "replies":
            return () if settings.inline is None else ("inline" if settings.inline else "thread",)
        case "language":
            return (settings.language.value,) if settings.language else listed(settings, LANGUAGE)
        case "labels":
            return tuple(sorted(settings.labels - {PUBLIC})) or (PUBLIC,) if settings.labels is not None else ()
        case _:
            return listed(settings, name)


def changed(settings: ChannelSettings, name: str, value: tuple[str, ...]) -> ChannelSettings:
    """Settings with another value of one name; () takes it out."""
    first = value[0] if value else ""
    match name:
        case "respond":
            return replace(settings, respond=Respond(first) if first else None)
        case "follow-ups":
            return replace(settings, follow_ups=first == "on" if first else None)
        case "replies":
            return replace(settings, inline=first == "inline" if first else None)
        case "language":
            return _speaking(settings, first)
        case "labels":
            return replace(settings, labels=frozenset(value) | {PUBLIC} if value else None)
        case _:
            rest = {key: each for key, each in settings.other.items() if key != name}
            return replace(settings, other={**rest, name: joined(value)} if value else rest)


def _speaking(settings: ChannelSettings, language: str) -> ChannelSettings:
    """Settings with another language; `AUTO` is that of each question, whatever the server has set."""
    rest = {key: each for key, each in settings.other.items() if key != LANGUAGE}
    if language == AUTO:
        return replace(settings, language=None, other={**rest, LANGUAGE: AUTO})
    return replace(settings, language=Language(language) if language else None, other=rest)


async def read(call: Call, name: str, text: str) -> tuple[str, ...] | None:
    """The value that somebody typed, in either language; None where it cannot be one. Raises StorageFailed."""
    if name in _GROUPS:
        return _choice(call, _GROUPS[name], text)
    if name == EXPERT:
        return _mention(call, text)
    if _choice(call, "every", text):
        return (PUBLIC,) if name == LABELS else (_ALL,)
    known = await _known(call, name)
    words = [_plain(word) for word in _SEPARATOR.split(text.strip()) if word]
    values = [known.get(word) for word in words]
    return tuple(dict.fromkeys(value for value in values if value)) if values and all(values) else None


async def hidden_topics(call: Call) -> frozenset[str]:
    """Topics that only documents have which may not be shown here. Raises StorageFailed."""
    scope = Scope(audience=await call.labels())
    shown, hidden = set[str](), set[str]()
    for document in await call.means.library.documents():
        (shown if scope.admits(document) else hidden).update(document.topics)
    return frozenset(hidden - shown)


async def allowed(call: Call, name: str) -> tuple[str, ...]:
    """All values of a setting as the reader would type them. Raises StorageFailed."""
    wording, language = call.means.wording, call.language
    if name in _GROUPS:
        return tuple(wording.words(_GROUPS[name], language).values())
    if name == EXPERT:
        return (call.words(ExpertSay.SETTING),)
    everything = wording.word("every", _ALL, language)
    if name == KINDS:
        return (everything, *(wording.kind(kind, language) for kind in DocumentKind))
    return tuple(dict.fromkeys((everything if name == TOPICS else PUBLIC, *(await _known(call, name)).values())))


def shown(call: Call, name: str, value: tuple[str, ...]) -> str:
    """A value as the reader would type it."""
    wording, language = call.means.wording, call.language
    if name in _GROUPS:
        return wording.word(_GROUPS[name], value[0], language)
    if name == EXPERT:
        mention = stored_mention(value[0])
        return mention.shown if mention else call.words(ExpertSay.NONE_SET)
    if value == (_ALL,):
        return wording.word("every", _ALL, language)
    names = [wording.kind(DocumentKind(each), language) if name == KINDS else each for each in value]
    return call.words(Say.LIST_SEPARATOR).join(names)


async def _known(call: Call, name: str) -> dict[str, str]:
    """Values of a list by what may be typed for them: kinds, the topics that may be seen here, or all labels."""
    if name == KINDS:
        names = {_plain(kind.value): kind.value for kind in DocumentKind}
        for language in LANGUAGES:
            names |= {_plain(call.means.wording.kind(kind, language)): kind.value for kind in DocumentKind}
        return names
    if name == TOPICS:
        documents = await call.means.library.documents(Scope(audience=await call.labels()))
        return {_plain(topic): topic for topic in sorted({topic for each in documents for topic in each.topics})}
    labels = {label for each in await call.means.library.documents() for label in each.audience}
    return {_plain(label): label for label in sorted({PUBLIC, *labels})}


def _mention(call: Call, text: str) -> tuple[str, ...] | None:
    """Whom a text names: by a mention that the platform has told apart, else by an id."""
    told = getattr(call.incoming, "mentions", ()) or (text,)
    mention = read_mention(call.place.platform, told[0]) if len(told) == 1 else None
    return (mention.stored,) if mention else None


def _choice(call: Call, group: str, text: str) -> tuple[str, ...] | None:
    wanted = _plain(text)
    for language in LANGUAGES:
        words = call.means.wording.words(group, language)
        if found := next((key for key, word in words.items() if wanted in {key, _plain(word)}), None):
            return (found,)
    other = call.means.wording.synonyms(group).get(wanted)
    return (other,) if other else None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
