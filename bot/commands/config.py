"""`config`: how the bot behaves in a channel, where each value comes from, and changing it, for admins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.channel_rules import TOPICS, effective_settings, server_key
from bot.chat import Press, Submission
from bot.commands import basic, digest
from bot.commands.call import Call
from bot.commands.registration import reaches_beyond, server_needed
from bot.commands.registry import Argument, ArgumentKind, Command, Registry
from bot.commands.settings import (
    BEHAVIOUR,
    LABELS,
    NAMES,
    REACH,
    allowed,
    changed,
    hidden_topics,
    read,
    shown,
    value_of,
)
from bot.mentions import EXPERT, stored_mention, typed_mention
from bot.offers import Verb
from bot.payloads import Payload
from bot.records import AuditEntry, ChannelSettings, Respond
from bot.replies import Button, FieldKind, Form, FormField, Option
from bot.saying_experts import ExpertSay
from bot.wording import Say
from rag.types import PUBLIC

_FORMS = {"behaviour": (*BEHAVIOUR, EXPERT), "reach": REACH}
_INHERIT = "inherit"
_ZONE, _DIGESTS = _TIMELY = ("zone", "digests")
"""What the command `digest` sets, too."""

_COMPLETIONS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """One value to be stored; () takes a setting back to what it inherits."""

    name: str
    value: tuple[str, ...]


def command(registry: Callable[[], Registry]) -> Command:
    """The command. The registry is handed in late, for it holds it."""
    config = Config(registry)
    actions = ("show", "set", "server", "reset")
    return Command(
        name="config",
        run=config.run,
        arguments=(
            Argument(name="action", kind=ArgumentKind.CHOICE, choices=actions, guarded=frozenset(actions[1:])),
            Argument(name="name", kind=ArgumentKind.CHOICE, choices=(*NAMES, *_TIMELY)),
            Argument(name="value", complete=complete_value),
        ),
    )


class Config:
    """What the command does."""

    def __init__(self, registry: Callable[[], Registry]) -> None:
        self._registry = registry

    async def run(self, call: Call, arguments: Mapping[str, str]) -> None:
        """Shows all settings, or changes one."""
        action, name = arguments.get("action", "show"), arguments.get("name", "")
        if action == "show":
            await _show(call)
        elif not name:
            await call.whisper(self._which(call))
        elif name in _TIMELY:
            await self._timely(call, action, name, arguments.get("value", ""))
        elif action == "reset":
            await _change(call, call.place.channel_key, [_Change(name=name, value=())])
        else:
            await _set(call, name, arguments.get("value", ""), server=action == "server")

    async def _timely(self, call: Call, action: str, name: str, value: str) -> None:
        if action == "set" and value:
            await (digest.set_by_config(call, value) if name == _DIGESTS else digest.set_zone_by_config(call, value))
        else:
            await call.whisper(await digest.timely_lines(call))

    def _which(self, call: Call) -> str:
        found = self._registry().find("config")
        usage = basic.usage_of(call, self._registry(), found.command) if found else ""
        names = call.words(Say.LIST_SEPARATOR).join(_labels(call).values())
        return call.words(Say.CONFIG_WHICH, usage=usage, names=names)


async def complete_value(call: Call, typed: str) -> Sequence[str]:
    """Values that hold what was typed, of the setting that is named beside it; labels are for admins."""
    given = getattr(call.incoming, "arguments", {})
    name = next((name for name, label in _labels(call).items() if given.get("name") in {name, label}), "")
    if not name or name in _TIMELY or (name == LABELS and not await _gives_labels(call)):
        return ()
    return [value for value in await allowed(call, name) if typed.strip().casefold() in value.casefold()][:_COMPLETIONS]


async def open_form(call: Call, press: Press) -> None:
    """Shows a form with some of the settings."""
    names = await _fields_of(call, press.payload.subject)
    if not names:
        await call.whisper(call.words(Say.UNKNOWN_ACTION))
        return
    settings = await call.means.store.settings.get(call.place.channel_key)
    settings = _without(settings, await hidden_topics(call))
    fields = tuple([await _field(call, settings, name) for name in names])
    payload = Payload(verb=Verb.CONFIG_SAVE, subject=press.payload.subject, argument=call.language.value)
    await call.open_form(
        Form(title=call.words(Say.CONFIG_FORM), payload=payload, fields=fields, submit=call.words(Say.SAVE))
    )


async def submit(call: Call, submission: Submission) -> None:
    """Stores what a form changes: all of it, or nothing when a value cannot be used."""
    settings = await call.means.store.settings.get(call.place.channel_key)
    changes: list[_Change] = []
    veiled = value_of(_without(settings, await hidden_topics(call)), TOPICS)
    for name in await _fields_of(call, submission.payload.subject):
        text = submission.values.get(name, "").strip()
        if name == TOPICS and veiled and text == shown(call, name, veiled):
            continue  # as it was shown: what was hidden from the reader stays
        value = () if _inherits(call, text) else await read(call, name, text)
        if value is None:
            await call.whisper(await _wrong(call, name, text))
            return
        if value != value_of(settings, name):
            changes.append(_Change(name=name, value=value))
    await _change(call, call.place.channel_key, changes)


def _inherits(call: Call, text: str) -> bool:
    return text in {"", _INHERIT, call.means.wording.word("every", _INHERIT, call.language)}


async def _field(call: Call, settings: ChannelSettings, name: str) -> FormField:
    value, label = value_of(settings, name), _labels(call)[name]
    inherit = call.means.wording.word("every", _INHERIT, call.language)
    if name in BEHAVIOUR:
        options = [Option(label=each, value=each) for each in (inherit, *(await allowed(call, name)))]
        text = shown(call, name, value) if value else inherit
        return FormField(name=name, label=label, kind=FieldKind.CHOICE, value=text, options=tuple(options))
    if name == EXPERT:
        mention = stored_mention(value[0]) if value else None
        text = typed_mention(call.place.platform, mention) if mention else inherit
        return FormField(name=name, label=label, value=text, hint=call.words(ExpertSay.SETTING))
    hint = call.words(Say.CONFIG_LISTED, all=call.means.wording.word("every", "all", call.language))
    return FormField(name=name, label=label, value=shown(call, name, value) if value else inherit, hint=hint)


async def _set(call: Call, name: str, text: str, *, server: bool) -> None:
    label = _labels(call)[name]
    if name == LABELS and not await reaches_beyond(call):
        await call.whisper(server_needed(call))
        return
    if server and name == LABELS:
        await call.whisper(call.words(Say.CONFIG_CHANNEL_ONLY, name=label))
        return
    if not text:
        choices = call.words(Say.LIST_SEPARATOR).join(await allowed(call, name))
        await call.whisper(call.words(Say.CONFIG_NEEDS, name=label, choices=choices))
        return
    value = await read(call, name, text)
    if value is None:
        await call.whisper(await _wrong(call, name, text))
        return
    key = call.place.channel_key
    await _change(call, server_key(key) if server else key, [_Change(name=name, value=value)])


async def _wrong(call: Call, name: str, text: str) -> str:
    if name == EXPERT:
        return call.words(ExpertSay.WRONG, value=text[:80])
    choices = call.words(Say.LIST_SEPARATOR).join(await allowed(call, name))
    return call.words(Say.CONFIG_WRONG, value=text, name=_labels(call)[name], choices=choices)


async def _change(call: Call, key: str, changes: Sequence[_Change]) -> None:
    """Stores changes and tells what holds now. Each is in the audit log before it holds."""
    books = call.means.store
    settings = await books.settings.get(key)
    for change in changes:
        await books.audit.append(_entry(call, key, settings, change))
        settings = changed(settings, change.name, change.value)
    if changes:
        await books.settings.save(key, settings)
    holds = await effective_settings(books.settings, call.place.channel_key)
    server = key != call.place.channel_key
    lines = [_saved(call, change.name, settings if server else holds, server=server) for change in changes]
    await call.whisper("\n".join(lines) or call.words(Say.CONFIG_NOTHING))


def _entry(call: Call, key: str, settings: ChannelSettings, change: _Change) -> AuditEntry:
    before = ", ".join(value_of(settings, change.name))
    return AuditEntry(
        at=call.means.now(),
        actor=call.means.pseudonym(call.person.key),
        action="config",
        subject=key,
        details={"setting": change.name, "before": before, "after": ", ".join(change.value)},
    )


def _saved(call: Call, name: str, settings: ChannelSettings, *, server: bool) -> str:
    value = value_of(settings, name) or _default(call, name)
    say = Say.CONFIG_SAVED_SERVER if server else Say.CONFIG_SAVED
    return call.words(say, name=_labels(call)[name], value=shown(call, name, value))


async def _show(call: Call) -> None:
    books = call.means.store.settings
    channel = await books.get(call.place.channel_key)
    server = await books.get(server_key(call.place.channel_key))
    admin = call.means.is_admin(call.person)
    # Labels tell what the library keeps from others, so that only those who give them see them.
    names = [name for name in NAMES if name != LABELS or await _gives_labels(call)]
    hidden = await hidden_topics(call)
    lines = [_line(call, name, _without(channel, hidden), _without(server, hidden)) for name in names]
    forms = ((Say.CONFIG_BEHAVIOUR, "behaviour"), (Say.CONFIG_REACH, "reach"))
    buttons = tuple(
        Button(
            label=call.words(label),
            payload=Payload(verb=Verb.CONFIG_OPEN, subject=form, argument=call.language.value),
        )
        for label, form in forms
    )
    offered = (buttons,) if admin and call.adapter.capabilities.forms else ()
    text = "\n".join([call.words(Say.CONFIG_TITLE), "", *lines, await digest.timely_lines(call)])
    await call.whisper(text, actions=offered)


async def _fields_of(call: Call, form: str) -> tuple[str, ...]:
    """The settings that a form is about; labels are given in registered workspaces alone."""
    given = await _gives_labels(call)
    return tuple(name for name in _FORMS.get(form, ()) if given or name != LABELS)


async def _gives_labels(call: Call) -> bool:
    return call.means.is_admin(call.person) and await reaches_beyond(call)


def _without(settings: ChannelSettings, hidden: frozenset[str]) -> ChannelSettings:
    """Settings as they may be shown: a topic of documents for other readers is there, and not told."""
    topics = value_of(settings, TOPICS)
    if hidden.isdisjoint(topics):
        return settings
    return changed(settings, TOPICS, tuple(dict.fromkeys("…" if each in hidden else each for each in topics)))


def _line(call: Call, name: str, channel: ChannelSettings, server: ChannelSettings) -> str:
    value, origin = value_of(channel, name), "channel"
    if not value and name != LABELS:
        value, origin = value_of(server, name), "server"
    if not value:
        value, origin = _default(call, name), "program" if _is_configured(call, name) else "default"
    told = call.means.wording.word("origin", origin, call.language)
    return call.words(Say.CONFIG_LINE, name=_labels(call)[name], value=shown(call, name, value), origin=told)


def _default(call: Call, name: str) -> tuple[str, ...]:
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


def _is_configured(call: Call, name: str) -> bool:
    engine = call.means.engine
    plain = type(engine)()
    changed = {"respond": engine.respond != plain.respond, "follow-ups": engine.follow_ups != plain.follow_ups}
    return changed.get(name, False)


def _labels(call: Call) -> Mapping[str, str]:
    """What the settings are called, by their identifiers."""
    return call.means.wording.command("config", call.language).arguments["name"].choices
