"""`save`: what somebody wrote becomes a document, as an admin words it in a form, for the channel's readers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from bot.chat import Submission
from bot.commands.call import Call
from bot.commands.registry import Argument, Command, Level
from bot.errors import PublishingFailed
from bot.expert_records import Proposal
from bot.offers import Verb
from bot.payloads import Payload
from bot.publishing import readers_of
from bot.records import AuditEntry
from bot.replies import FieldKind, Form, FormField
from bot.saying_experts import ExpertSay
from bot.wording import Say, spoken
from rag.types import PUBLIC

_QUESTION, _TEXT, _AUTHOR = _FIELDS = ("question", "text", "author")
_MOST_NAME = 80
_ID = 8


def command() -> Command:
    """The command. A platform fills its arguments in from the message that somebody has chosen."""
    return Command(name="save", run=run, arguments=tuple(Argument(name=each) for each in _FIELDS), level=Level.ADMIN)


async def run(call: Call, arguments: Mapping[str, str]) -> None:
    """Shows the form, with what is known filled in."""
    readers = _named(call, readers_of(await call.labels()))
    fields = (
        _field(call, _QUESTION, ExpertSay.SAVED_QUESTION, arguments, hint=call.words(ExpertSay.SAVED_QUESTION_HINT)),
        _field(call, _TEXT, ExpertSay.SAVED_TEXT, arguments, hint=call.words(ExpertSay.SAVED_READERS, readers=readers)),
        _field(call, _AUTHOR, ExpertSay.SAVED_AUTHOR, arguments, hint=call.words(ExpertSay.SAVED_AUTHOR_HINT)),
    )
    payload = Payload(verb=Verb.SAVE, argument=call.language.value)
    form = Form(title=call.words(ExpertSay.SAVED_FORM), payload=payload, fields=fields, submit=call.words(Say.SAVE))
    if call.means.publishing is None or not await call.open_form(form):
        await call.whisper(call.words(ExpertSay.SAVED_NO_FORM))


async def submit(call: Call, submission: Submission) -> None:
    """Writes and indexes the document. The same question of a channel, saved again on a day, replaces the first."""
    question, text, author = (submission.values.get(name, "").strip() for name in _FIELDS)
    publishing = call.means.publishing
    if not question or not text or publishing is None:
        await call.whisper(call.words(ExpertSay.SAVED_EMPTY if publishing else ExpertSay.SAVED_NO_FORM))
        return
    saved = Proposal(
        id=_id(call, question),
        request_id="",
        channel_key=call.place.channel_key,
        question=question,
        answer=text,
        author=" ".join(author.split())[:_MOST_NAME],
        language=spoken(f"{question} {text}", call.language),
        audience=await call.labels(),
        person=call.person.key,
        at=call.means.now(),
    )
    readers = readers_of(saved.audience)
    # Noted before it holds: nothing joins the library without a trace.
    await call.means.store.audit.append(
        AuditEntry(
            at=saved.at,
            actor=call.means.pseudonym(call.person.key),
            action="save",
            subject=call.place.channel_key,
            details={"document": saved.id, "audience": ", ".join(readers)},
        )
    )
    try:
        title = await publishing.publish(saved)
    except PublishingFailed:
        await publishing.withdraw(saved)
        raise
    await call.whisper(call.words(ExpertSay.APPROVED, title=title, readers=_named(call, readers)))


def _field(call: Call, name: str, label: ExpertSay, given: Mapping[str, str], *, hint: str) -> FormField:
    kind = FieldKind.TEXT if name == _TEXT else FieldKind.LINE
    value = given.get(name, "") if kind is FieldKind.TEXT else " ".join(given.get(name, "").split())
    required = name != _AUTHOR
    return FormField(name=name, label=call.words(label), kind=kind, value=value, hint=hint, required=required)


def _named(call: Call, readers: tuple[str, ...]) -> str:
    if readers == (PUBLIC,):
        return call.means.wording.word("readers", PUBLIC, call.language)
    return call.words(Say.LIST_SEPARATOR).join(readers)


def _id(call: Call, question: str) -> str:
    told = f"{call.place.channel_key}\n{' '.join(question.casefold().split())}"
    return "saved-" + hashlib.blake2b(told.encode(), digest_size=_ID).hexdigest()
