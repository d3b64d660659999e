"""`config`: how the bot behaves in a channel, where each value comes from, and changing it, for admins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.channel_rules import server_key
from bot.commands import basic, config_reset, digest
from bot.commands.call import Call
from bot.commands.config_change import (
    Change,
    default_of,
    gives_labels,
    setting_labels,
    store_changes,
    without_hidden,
    wrong_value,
)
from bot.commands.registration import reaches_beyond, server_needed
from bot.commands.registry import Argument, ArgumentKind, Command, Registry
from bot.commands.settings import (
    LABELS,
    NAMES,
    allowed,
    hidden_topics,
    read,
    shown,
    value_of,
)
from bot.commands.steering import ask_labels
from bot.mentions import EXPERT
from bot.offers import Verb
from bot.payloads import Payload
from bot.records import ChannelSettings
from bot.replies import Button
from bot.saying_experts import ExpertSay
from bot.wording import Say

_ZONE, _DIGESTS = _TIMELY = ("zone", "digests")
"""What the command `digest` sets, too."""

_COMPLETIONS = 25


def command(registry: Callable[[], Registry]) -> Command:
    """The command. The registry is handed in late, for it holds it."""
    config = Config(registry)
    actions = ("show", "set", "server", "reset")
    return Command(
        name="config",
        run=config.run,
        arguments=(
            Argument(
                name="action", kind=ArgumentKind.CHOICE, choices=actions, guarded=frozenset(actions[1:]), implied="set"
            ),
            Argument(name="name", kind=ArgumentKind.CHOICE, choices=(*NAMES, *_TIMELY, config_reset.ALL)),
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
        elif action == "reset" and name != _DIGESTS:
            await config_reset.reset(call, name)
        elif name in {"", config_reset.ALL}:
            await call.refuse(self._which(call))
        elif name in _TIMELY:
            await self._timely(call, action, name, arguments.get("value", ""))
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
        labels = [label for name, label in setting_labels(call).items() if name != config_reset.ALL]
        names = call.words(Say.LIST_SEPARATOR).join(labels)
        return call.words(Say.CONFIG_WHICH, usage=usage, names=names)


async def complete_value(call: Call, typed: str) -> Sequence[str]:
    """Values that hold what was typed, of the setting that is named beside it; labels are for admins."""
    given = getattr(call.incoming, "arguments", {})
    name = next((name for name, label in setting_labels(call).items() if given.get("name") in {name, label}), "")
    if not name or name in {*_TIMELY, config_reset.ALL} or (name == LABELS and not await gives_labels(call)):
        return ()
    return [value for value in await allowed(call, name) if typed.strip().casefold() in value.casefold()][:_COMPLETIONS]


async def _set(call: Call, name: str, text: str, *, server: bool) -> None:
    label = setting_labels(call)[name]
    if name == LABELS and not await reaches_beyond(call):
        await call.refuse(server_needed(call))
        return
    if server and name == LABELS:
        await call.refuse(call.words(Say.CONFIG_CHANNEL_ONLY, name=label))
        return
    if not text:
        choices = call.words(Say.LIST_SEPARATOR).join(await allowed(call, name))
        needed = (
            call.words(ExpertSay.NEEDED)
            if name == EXPERT
            else call.words(Say.CONFIG_NEEDS, name=label, choices=choices)
        )
        await call.refuse(needed)
        return
    value = await read(call, name, text)
    if value is None:
        await call.refuse(await wrong_value(call, name, text))
        return
    key = call.place.channel_key
    await _store(call, server_key(key) if server else key, Change(name=name, value=value))


async def _store(call: Call, key: str, change: Change) -> None:
    """Stores a change; other labels are asked about first, for they say who reads what."""
    channel = await call.means.store.settings.get(key)
    if change.name == LABELS and change.value != value_of(channel, LABELS):
        await ask_labels(call, channel, change.value)
        return
    await store_changes(call, key, [change])


async def _show(call: Call) -> None:
    books = call.means.store.settings
    channel = await books.get(call.place.channel_key)
    server = await books.get(server_key(call.place.channel_key))
    admin = call.means.is_admin(call.person)
    # Labels tell what the library keeps from others, so that only those who give them see them.
    names = [name for name in NAMES if name != LABELS or await gives_labels(call)]
    hidden = await hidden_topics(call)
    channel, server = without_hidden(channel, hidden), without_hidden(server, hidden)
    held = {name: _held(call, name, channel, server) for name in names}
    lines = [_line(call, name, *held[name]) for name in names]
    rows = [{"setting": name, "value": [*value], "origin": origin} for name, (value, origin) in held.items()]
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
    await call.whisper(text, actions=offered, rows=rows)


def _held(call: Call, name: str, channel: ChannelSettings, server: ChannelSettings) -> tuple[tuple[str, ...], str]:
    """What holds of a setting, and where it comes from."""
    value, origin = value_of(channel, name), "channel"
    if not value and name != LABELS:
        value, origin = value_of(server, name), "server"
    if not value:
        value, origin = default_of(call, name), "program" if _is_configured(call, name) else "default"
    return value, origin


def _line(call: Call, name: str, value: tuple[str, ...], origin: str) -> str:
    told = call.means.wording.word("origin", origin, call.language)
    return call.words(Say.CONFIG_LINE, name=setting_labels(call)[name], value=shown(call, name, value), origin=told)


def _is_configured(call: Call, name: str) -> bool:
    engine = call.means.engine
    plain = type(engine)()
    changed = {"respond": engine.respond != plain.respond, "follow-ups": engine.follow_ups != plain.follow_ups}
    return changed.get(name, False)
