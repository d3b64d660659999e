"""How settings of a channel change: what may be shown and given, what is stored, and what is noted of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.channel_rules import TOPICS, effective_settings
from bot.chat import Person
from bot.commands.call import Call
from bot.commands.registration import reaches_beyond
from bot.commands.rooms import note_owner
from bot.commands.settings import LABELS, allowed, changed, shown, value_of
from bot.mentions import EXPERT, MentionKind, stored_mention
from bot.records import AuditEntry, ChannelSettings, Respond
from bot.saying_experts import ExpertSay
from bot.schedules.zones import ZONE, zone_shown
from bot.wording import Say
from rag.types import PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value to be stored; () takes a setting back to what it inherits."""

    name: str
    value: tuple[str, ...]


async def gives_labels(call: Call) -> bool:
    """Whether the person may give labels to this channel. Raises StoreFailed."""
    return call.means.is_admin(call.person) and await reaches_beyond(call)


def without_hidden(settings: ChannelSettings, hidden: frozenset[str]) -> ChannelSettings:
    """Settings as they may be shown: a topic of documents for other readers is there, and not told."""
    topics = value_of(settings, TOPICS)
    if hidden.isdisjoint(topics):
        return settings
    return changed(settings, TOPICS, tuple(dict.fromkeys("…" if each in hidden else each for each in topics)))


async def wrong_value(call: Call, name: str, text: str) -> str:
    """What is said of a value that a setting cannot have."""
    if name == EXPERT:
        return call.words(ExpertSay.WRONG, value=text[:80])
    choices = call.words(Say.LIST_SEPARATOR).join(await allowed(call, name))
    return call.words(Say.CONFIG_WRONG, value=text, name=setting_labels(call)[name], choices=choices)


async def store_changes(call: Call, key: str, changes: Sequence[Change]) -> None:
    """Stores changes and tells what holds now. Each is in the audit log before it holds."""
    books = call.means.store
    await note_owner(call)
    settings = await books.settings.get(key)
    for change in changes:
        await books.audit.append(_entry(call, key, settings, change))
        settings = changed(settings, change.name, change.value)
    if changes:
        await books.settings.save(key, settings)
    holds = await effective_settings(books.settings, call.place.channel_key)
    server = key != call.place.channel_key
    lines = [await _saved(call, change.name, settings if server else holds, server=server) for change in changes]
    await call.whisper("\n".join(lines) or call.words(Say.CONFIG_NOTHING))


def _entry(call: Call, key: str, settings: ChannelSettings, change: Change) -> AuditEntry:
    return AuditEntry(
        at=call.means.now(),
        actor=call.means.pseudonym(call.person.key),
        action="config",
        subject=call.subject if key == call.place.channel_key else key,
        details={
            "setting": change.name,
            "before": _noted(call, change.name, value_of(settings, change.name)),
            "after": _noted(call, change.name, change.value),
        },
    )


def _noted(call: Call, name: str, value: tuple[str, ...]) -> str:
    """A value as the audit log keeps it, where a person is a hash as everywhere in it."""
    mention = stored_mention(value[0]) if name == EXPERT and value else None
    if mention is None or mention.kind is not MentionKind.USER:
        return ", ".join(value)
    named = Person(platform=call.place.platform, workspace=call.place.workspace, id=mention.id)
    return replace(mention, id=call.means.pseudonym(named.key)).stored


async def _saved(call: Call, name: str, settings: ChannelSettings, *, server: bool) -> str:
    say = Say.CONFIG_SAVED_SERVER if server else Say.CONFIG_SAVED
    known = name != ZONE or value_of(settings, name)
    value = shown_value(call, settings, name) if known else zone_shown(await call.means.schedules.zone(call.place))
    return call.words(say, name=setting_labels(call)[name], value=value)


def shown_value(call: Call, settings: ChannelSettings, name: str) -> str:
    """A value as the reader would type it; what holds by itself where the settings say nothing."""
    value = value_of(settings, name) or default_of(call, name)
    return zone_shown(value[0]) if name == ZONE else shown(call, name, value)


def default_of(call: Call, name: str) -> tuple[str, ...]:
    """What holds where neither the channel nor its server has set anything."""
    engine = call.means.engine
    values = {
        "respond": Respond(engine.respond).value,
        "follow-ups": "on" if engine.follow_ups else "off",
        "replies": "thread",
        "language": "auto",
        LABELS: PUBLIC,
        EXPERT: "none",
    }
    return (values.get(name, "all"),)


def setting_labels(call: Call) -> Mapping[str, str]:
    """What the settings are called, by their identifiers."""
    return call.means.wording.command("config", call.language).arguments["name"].choices
