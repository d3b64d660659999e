"""The form in which somebody says what is to be read."""

from __future__ import annotations

from bot.chat import Submission
from bot.commands.call import Call
from bot.commands.input_saying import nothing_named, payload
from bot.offers import Verb
from bot.replies import FieldKind, Form, FormField, Option
from bot.saying_inputs import InputSay
from bot.wording import LANGUAGES, Say
from rag.types import PUBLIC, DocumentKind


async def ask(call: Call) -> None:
    """Shows the form, or how to type it where there is none."""
    wording, language = call.means.wording, call.language
    kinds = tuple(Option(label=wording.kind(each, language), value=each.value) for each in DocumentKind)
    auto = Option(label=call.words(InputSay.FORM_LANGUAGE_ANY), value="auto")
    spoken = [Option(label=wording.word("language", each, language), value=each.value) for each in LANGUAGES]
    fields = (
        FormField(
            name="target",
            label=call.words(InputSay.FORM_TARGET),
            hint=call.words(InputSay.FORM_TARGET_HINT),
            required=True,
        ),
        FormField(name="kind", label=call.words(InputSay.FORM_KIND), kind=FieldKind.CHOICE, options=kinds),
        FormField(
            name="audience",
            label=call.words(InputSay.FORM_READERS),
            value=PUBLIC,
            hint=call.words(InputSay.FORM_READERS_HINT),
        ),
        FormField(
            name="language",
            label=call.words(InputSay.FORM_LANGUAGE),
            kind=FieldKind.CHOICE,
            value="auto",
            options=(auto, *spoken),
        ),
        FormField(name="every", label=call.words(InputSay.FORM_EVERY), hint=call.words(InputSay.FORM_EVERY_HINT)),
    )
    form = Form(
        title=call.words(InputSay.FORM),
        payload=payload(call, Verb.INPUT_SAVE),
        fields=fields,
        submit=call.words(Say.SEND),
    )
    if not await call.open_form(form):
        await call.whisper(nothing_named(call))


def has_form(call: Call) -> bool:
    """Whether a form can be shown in answer to this call."""
    return call.adapter.capabilities.forms and not isinstance(call.incoming, Submission) and bool(call.incoming.trigger)
