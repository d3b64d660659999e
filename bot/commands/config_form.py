"""The forms of `config`: some settings of a channel, or of what all channels inherit, changed at once."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channel_rules import TOPICS, server_key
from bot.chat import Press, Submission
from bot.commands.call import Call
from bot.commands.config_change import (
    Change,
    gives_labels,
    setting_labels,
    store_changes,
    without_hidden,
    wrong_value,
)
from bot.commands.settings import BEHAVIOUR, LABELS, REACH, allowed, hidden_topics, read, shown, value_of
from bot.commands.steering import ask_labels
from bot.mentions import EXPERT, stored_mention, typed_mention
from bot.offers import Verb
from bot.payloads import Payload
from bot.records import ChannelSettings
from bot.replies import FieldKind, Form, FormField, Option, titled
from bot.saying_experts import ExpertSay
from bot.wording import Say

_FORMS = {"behaviour": (*BEHAVIOUR, EXPERT), "reach": REACH}
_INHERIT, _PRESET = "inherit", "preset"


async def open_form(call: Call, press: Press) -> None:
    """Shows a form with some of the settings."""
    names, key = await _of_form(call, press.payload.subject)
    if not names:
        await call.whisper(call.words(Say.UNKNOWN_ACTION))
        return
    settings = await call.means.store.settings.get(key)
    settings = without_hidden(settings, await hidden_topics(call))
    above = _INHERIT if key == call.place.channel_key else _PRESET
    fields = tuple([await _field(call, settings, name, above=above) for name in names])
    payload = Payload(verb=Verb.CONFIG_SAVE, subject=press.payload.subject, argument=call.language.value)
    await call.open_form(
        Form(title=call.words(Say.CONFIG_FORM), payload=payload, fields=fields, submit=call.words(Say.SAVE))
    )


async def submit(call: Call, submission: Submission) -> None:
    """Stores what a form changes: all of it, or nothing when a value cannot be used; asks about other labels."""
    names, key = await _of_form(call, submission.payload.subject)
    settings = await call.means.store.settings.get(key)
    changes: list[Change] = []
    veiled = value_of(without_hidden(settings, await hidden_topics(call)), TOPICS)
    for name in names:
        text = submission.values.get(name, "").strip()
        if name == TOPICS and veiled and text == shown(call, name, veiled):
            continue  # as it was shown: what was hidden from the reader stays
        value = () if _inherits(call, text) else await read(call, name, text)
        if value is None:
            await call.refuse(await wrong_value(call, name, text))
            return
        if value != value_of(settings, name):
            changes.append(Change(name=name, value=value))
    asked = [each for each in changes if each.name == LABELS]
    stored = [each for each in changes if each.name != LABELS]
    if stored or not asked:
        await store_changes(call, key, stored)
    for each in asked:
        await ask_labels(call, settings, each.value)


async def _of_form(call: Call, subject: str) -> tuple[Sequence[str], str]:
    """The settings of a form, and what they are stored under: the channel, or what all channels inherit.

    Labels are given to channels alone, and in registered workspaces alone.
    """
    form, _, level = subject.partition(".")
    key = call.place.channel_key
    given = not level and await gives_labels(call)
    names = tuple(name for name in _FORMS.get(form, ()) if given or name != LABELS)
    return names, server_key(key) if level else key


def _inherits(call: Call, text: str) -> bool:
    words = (call.means.wording.word("every", key, call.language) for key in (_INHERIT, _PRESET))
    return text in {"", _INHERIT, *words}


async def _field(call: Call, settings: ChannelSettings, name: str, *, above: str) -> FormField:
    """A setting in a form; `above` says where a value comes from that is not set."""
    value, label = value_of(settings, name), titled(setting_labels(call)[name])
    inherit = call.means.wording.word("every", above, call.language)
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
