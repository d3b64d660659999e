"""`save`: what somebody wrote becomes a document, as an admin words it in a form, for the channel's readers."""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat import Submission
from bot.commands.call import Call
from bot.commands.registry import Argument, Command, Level
from bot.commands.releasing import release
from bot.document_records import HandIn, HandInState, Shelf
from bot.documents.rendering import readers_of, titled
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import FieldKind, Form, FormField
from bot.saying_experts import ExpertSay
from bot.wording import Say, spoken
from rag.types import PUBLIC

_QUESTION, _TEXT, _AUTHOR = _FIELDS = ("question", "text", "author")
_MOST_NAME = 80


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
    if not _publishes(call) or not await call.open_form(form):
        await call.whisper(call.words(ExpertSay.SAVED_NO_FORM))


async def submit(call: Call, submission: Submission) -> None:
    """Publishes the document. The same question for the same readers, saved again, becomes its next version."""
    question, text, author = (submission.values.get(name, "").strip() for name in _FIELDS)
    if not question or not text or not _publishes(call):
        await call.whisper(call.words(ExpertSay.SAVED_EMPTY if _publishes(call) else ExpertSay.SAVED_NO_FORM))
        return
    hand_in_id, title = call.means.new_id(), titled(question)
    audience = frozenset(readers_of(await call.labels()))
    saved = HandIn(
        id=hand_in_id,
        claim=f"save/{submission.event_id}",
        batch=hand_in_id,
        shelf=Shelf.ANSWERS,
        person=call.person.key,
        name=" ".join(author.split())[:_MOST_NAME] or call.person.name or call.person.id,
        place=call.place,
        title=title,
        text=text,
        suffix=".md",
        language=spoken(f"{question} {text}", call.language),
        audience=audience,
        at=call.means.now(),
        document=await _known(call, title, audience),
        state=HandInState.PROPOSED,
    )
    books = call.means.store.hand_ins
    if await books.add(saved) and (added := await books.get(hand_in_id)):
        await release(call, [added])


def _publishes(call: Call) -> bool:
    files = call.means.files
    return files is not None and files.desk.workshop.index is not None


async def _known(call: Call, title: str, audience: frozenset[str]) -> str:
    """The document of the same title for the same readers; "" where there is none."""
    for document in await call.means.store.shelves.all():
        shown = document.shown if document.shelf is Shelf.ANSWERS and document.live else None
        if shown and (shown.title, shown.audience) == (title, audience):
            return document.id
    return ""


def _field(call: Call, name: str, label: ExpertSay, given: Mapping[str, str], *, hint: str) -> FormField:
    kind = FieldKind.TEXT if name == _TEXT else FieldKind.LINE
    value = given.get(name, "") if kind is FieldKind.TEXT else " ".join(given.get(name, "").split())
    required = name != _AUTHOR
    return FormField(name=name, label=call.words(label), kind=kind, value=value, hint=hint, required=required)


def _named(call: Call, readers: tuple[str, ...]) -> str:
    if readers == (PUBLIC,):
        return call.means.wording.word("readers", PUBLIC, call.language)
    return call.words(Say.LIST_SEPARATOR).join(readers)
