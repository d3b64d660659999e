"""`config reset`: takes what a channel has set back to what it inherits: one setting, or all after a question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.chat import Press
from bot.commands.call import Call
from bot.commands.config_change import Change, gives_labels, setting_labels, shown_value, store_changes, without_hidden
from bot.commands.settings import LABELS, NAMES, hidden_topics, value_of
from bot.commands.steering import ask_labels
from bot.offers import Verb
from bot.payloads import Payload
from bot.records import ChannelSettings
from bot.replies import Button, Style
from bot.schedules.zones import ZONE
from bot.wording import Say

ALL: Final = "all"
_SURE = "sure"
_IN_A_ROW = 5
"""Buttons that every platform shows side by side."""


async def reset(call: Call, name: str) -> None:
    """Takes one setting back; asks which one where none is named, and whether it is meant where all of them are."""
    channel = await call.means.store.settings.get(call.place.channel_key)
    own = await _own(call, channel)
    if name and name != ALL:
        if name == LABELS and value_of(channel, LABELS):
            await ask_labels(call, channel, ())
            return
        await store_changes(call, call.place.channel_key, [Change(name=name, value=())])
    elif not own:
        await call.whisper(call.words(Say.CONFIG_UNSET))
    elif name == ALL:
        await _confirm(call, channel, own)
    else:
        await _ask(call, own)


async def press(call: Call, press: Press) -> None:
    """Takes back what was chosen, or everything once it was confirmed."""
    subject = press.payload.subject
    if subject == _SURE:
        await _reset_all(call)
    elif subject in {ALL, ZONE, *NAMES} and (subject != LABELS or await gives_labels(call)):
        await reset(call, subject)
    else:
        await call.whisper(call.words(Say.UNKNOWN_ACTION))


async def _own(call: Call, channel: ChannelSettings) -> tuple[str, ...]:
    """What a channel has set itself and the reader may take back."""
    known = [*NAMES, ZONE] if await gives_labels(call) else [name for name in (*NAMES, ZONE) if name != LABELS]
    return tuple(name for name in known if value_of(channel, name))


async def _ask(call: Call, own: Sequence[str]) -> None:
    labels = setting_labels(call)
    usage = call.typed("config", action="reset", name=own[0])
    buttons = [_button(call, labels[name], name) for name in own]
    if len(own) > 1:
        buttons.append(_button(call, labels[ALL], ALL, style=Style.DANGER))
    rows = tuple(tuple(buttons[start : start + _IN_A_ROW]) for start in range(0, len(buttons), _IN_A_ROW))
    await call.whisper(call.words(Say.CONFIG_RESET, names=_listed(call, own), usage=usage), actions=rows)


async def _confirm(call: Call, channel: ChannelSettings, own: Sequence[str]) -> None:
    """Asks; labels say who reads what, and are asked about on their own."""
    seen = without_hidden(channel, await hidden_topics(call))
    lines = [f"- {setting_labels(call)[name]}: **{shown_value(call, seen, name)}**" for name in own if name != LABELS]
    told = [call.words(Say.CONFIG_RESET_ALL, lines="\n".join(lines))] if lines else []
    if LABELS in own:
        usage = call.typed("config", action="reset", name=LABELS)
        told.append(call.words(Say.CONFIG_RESET_LABELS, usage=usage))
    sure = _button(call, call.words(Say.CONFIG_RESET_SURE), _SURE, style=Style.DANGER)
    await call.whisper("\n".join(told), actions=((sure,),) if lines else ())


async def _reset_all(call: Call) -> None:
    channel = await call.means.store.settings.get(call.place.channel_key)
    own = [name for name in await _own(call, channel) if name != LABELS]
    changes = [Change(name=name, value=()) for name in own]
    if not changes:
        await call.whisper(call.words(Say.CONFIG_UNSET))
        return
    await store_changes(call, call.place.channel_key, changes)


def _listed(call: Call, names: Sequence[str]) -> str:
    return call.words(Say.LIST_SEPARATOR).join(setting_labels(call)[name] for name in names)


def _button(call: Call, label: str, subject: str, *, style: Style = Style.PLAIN) -> Button:
    payload = Payload(verb=Verb.CONFIG_RESET, subject=subject, argument=call.language.value)
    return Button(label=label, payload=payload, style=style)
