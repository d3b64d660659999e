"""What the command for inputs says in several places."""

from __future__ import annotations

from collections.abc import Mapping

from bot.commands.call import Call
from bot.input_records import InputRecord
from bot.inputs.desk import InputDesk
from bot.inputs.options import WrongOption
from bot.inputs.telling import InputTelling, inert
from bot.offers import Verb
from bot.payloads import Payload
from bot.saying_inputs import InputSay
from bot.wording import LANGUAGES, Say
from rag.types import DocumentKind, Language

MOST_SHOWN = 80
"""Characters that are repeated of what somebody typed."""


def telling(call: Call, desk: InputDesk) -> InputTelling:
    """Says everything of inputs in the language of the call."""
    return InputTelling(wording=call.means.wording, language=call.language, rules=desk.rules)


def payload(call: Call, verb: Verb, record: InputRecord | None = None) -> Payload:
    """What a button about an input carries."""
    return Payload(verb=verb, subject=str(record.number) if record else "", argument=call.language.value)


def nothing_named(call: Call) -> str:
    """What is said to somebody who named nothing."""
    return call.words(InputSay.EMPTY, usage=usage(call, "add"))


def wrong(call: Call, error: WrongOption) -> str:
    """What is wrong with an option, and what it can be."""
    separator, wording = call.words(Say.LIST_SEPARATOR), call.means.wording
    match error.name:
        case "kind":
            choices = separator.join(wording.kind(each, call.language) for each in DocumentKind)
        case "language":
            choices = separator.join(wording.word("language", each, call.language) for each in LANGUAGES)
        case "every":
            choices = call.words(InputSay.EVERY_CHOICES)
        case _:
            choices = call.words(InputSay.LABEL_CHOICES)
    name = wording.word("input_option", error.name, call.language)
    return call.words(InputSay.WRONG_OPTION, name=name, value=inert(error.value)[:MOST_SHOWN], choices=choices)


def usage(call: Call, action: str) -> str:
    """How an action is typed."""
    if action == "list":
        return call.typed("inputs", guarded=True, action=action)
    return call.typed("inputs", guarded=True, action=action, what="https://…" if action == "add" else "1")


def choices_of(call: Call, language: Language) -> Mapping[str, str]:
    """The words for the actions in a language."""
    return call.means.wording.command("inputs", language).arguments["action"].choices


def busy(call: Call) -> str:
    """Who works on the index."""
    holder = call.means.index.holder if call.means.index else None
    if holder is None:
        return call.words(Say.REINDEX_GONE)
    return call.words(Say.REINDEX_BUSY, who=holder.who, since=f"{holder.since:%H:%M}")


def who(call: Call) -> str:
    """How the person is called to others who want to work on the index."""
    return call.person.name or call.person.id


def actor(call: Call) -> str:
    """The person, as the audit log knows them."""
    return call.means.pseudonym(call.person.key)
