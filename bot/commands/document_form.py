"""The form that says what a document is and who may read it, for files, answers and published documents alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.commands.call import Call
from bot.document_records import HandIn, Shelf, ShelfDocument
from bot.documents.cards import Speaker
from bot.documents.desk import is_namesake
from bot.documents.rendering import readers_of, titled
from bot.payloads import Payload
from bot.replies import FieldKind, Form, FormField, Option
from bot.saying_documents import DocSay
from bot.wording import Say
from rag.types import PUBLIC, DocumentKind, Language

TITLE, KIND, LANGUAGE, READERS, AS, TEXT, FILES = "title", "kind", "language", "readers", "as", "text", "files"

_PREFILLED = 3_000
"""Longest text that Slack's forms take as what stands in a field at first."""

_DETECTED = "auto"
_NEW = "new"
_OPTIONS = 24
_LABEL = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a form says of a document. Of several documents, title and language are None: each keeps its own.

    `text` is None where the form did not hold it; `replaces` is the id of the document whose next version it is, "" for
    a new one, and None where the form did not ask.
    """

    kind: DocumentKind
    audience: frozenset[str]
    title: str | None = None
    language: Language | None = None
    text: str | None = None
    replaces: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What stands in the form at first. `many` hides what each of several documents has of its own.

    `earlier` are documents of which this may be the next version, and `replaces` is the id of the one that it is taken
    for, "" for none.
    """

    title: str
    kind: DocumentKind
    language: Language
    audience: frozenset[str]
    text: str | None = None
    earlier: tuple[ShelfDocument, ...] = ()
    replaces: str = ""
    many: bool = False


def speaker_of(call: Call) -> Speaker:
    """The bot's words in the language of a call."""
    return Speaker(wording=call.means.wording, language=call.language)


async def describing_form(call: Call, known: Known, *, title: DocSay, payload: Payload) -> Form:
    """The form."""
    fields = [] if known.many else [_line(call, known)]
    fields.append(_choice(call, KIND, DocSay.FIELD_KIND, kind_options(call), known.kind.value))
    languages = language_options(call, many=known.many)
    chosen = _DETECTED if known.many else known.language.value
    fields.append(_choice(call, LANGUAGE, DocSay.FIELD_LANGUAGE, languages, chosen))
    readers = await reader_options(call, known.audience)
    hint = call.words(DocSay.FIELD_READERS_HINT)
    fields.append(_choice(call, READERS, DocSay.FIELD_READERS, readers, _joined(known.audience), hint=hint))
    if known.text is not None and len(known.text) <= _PREFILLED:
        label = call.words(DocSay.FIELD_TEXT)
        fields.append(FormField(name=TEXT, label=label, kind=FieldKind.TEXT, value=known.text, required=True))
    if known.earlier:
        ways = _as_options(call, known.earlier)
        fields.append(_choice(call, AS, DocSay.FIELD_AS, ways, known.replaces or _NEW))
    return Form(title=call.words(title), payload=payload, fields=tuple(fields), submit=call.words(Say.SEND))


async def files_form(call: Call, *, payload: Payload, most: str, default: frozenset[str]) -> Form:
    """The form that takes files and says at once what they are."""
    files = FormField(
        name=FILES,
        label=call.words(DocSay.FIELD_FILES),
        kind=FieldKind.FILE,
        hint=call.words(DocSay.FIELD_FILES_HINT, most=most),
        required=True,
    )
    known = Known(title="", kind=DocumentKind.DOCUMENT, language=Language.OTHER, audience=default, text=None, many=True)
    form = await describing_form(call, known, title=DocSay.UPLOAD_FORM, payload=payload)
    return Form(title=form.title, payload=payload, fields=(files, *form.fields), submit=form.submit)


async def read_form(call: Call, values: Mapping[str, str], known: Known) -> Described | str:
    """What a form says, or what is wrong with it: a terminal takes any line, and labels may be taken away meanwhile."""
    kinds, readers = kind_options(call), await reader_options(call, known.audience)
    languages = language_options(call, many=known.many)
    kind = _value(values.get(KIND) or known.kind.value, kinds)
    language = _value(values.get(LANGUAGE) or (_DETECTED if known.many else known.language.value), languages)
    audience = _value(values.get(READERS) or _joined(known.audience), readers)
    if kind is None:
        return _wrong(call, DocSay.FIELD_KIND, values[KIND], kinds)
    if language is None:
        return _wrong(call, DocSay.FIELD_LANGUAGE, values[LANGUAGE], languages)
    if audience is None:
        return _wrong(call, DocSay.FIELD_READERS, values[READERS], readers)
    ways = _as_options(call, known.earlier)
    way = _value(values.get(AS) or known.replaces or _NEW, ways)
    if way is None:
        return _wrong(call, DocSay.FIELD_AS, values.get(AS, ""), ways)
    return Described(
        kind=DocumentKind(kind),
        audience=frozenset(audience.split(",")),
        title=None if known.many else titled(values.get(TITLE, "")) or known.title,
        language=None if language == _DETECTED else Language(language),
        text=values.get(TEXT, "").strip() or None,
        replaces=way.removeprefix(_NEW) if known.earlier else None,
    )


def number_of(text: str) -> int:
    """The number in a part of a payload, -1 for what is none: anybody can send anything."""
    return int(text) if text.isascii() and text.isdecimal() else -1


def kind_options(call: Call) -> tuple[Option, ...]:
    """The kinds of documents."""
    return tuple(Option(label=call.means.wording.kind(kind, call.language), value=kind.value) for kind in DocumentKind)


def language_options(call: Call, *, many: bool) -> tuple[Option, ...]:
    """The languages of documents; for several also what was found out of each."""
    words = call.means.wording.words("document-language", call.language)
    detected = (Option(label=call.words(DocSay.AS_DETECTED), value=_DETECTED),) if many else ()
    return (*detected, *(Option(label=label, value=value) for value, label in words.items()))


async def reader_options(call: Call, present: frozenset[str]) -> tuple[Option, ...]:
    """The readers that a document may be given: those among whom the person is, and those that it has."""
    speaker = speaker_of(call)
    own = sorted((await call.own_scope()).audience - {PUBLIC})
    channel = readers_of(await call.labels())
    offered = [frozenset({PUBLIC}), *(frozenset({label}) for label in own), frozenset(channel), present]
    unique = dict.fromkeys(frozenset(readers_of(each)) for each in offered)
    return tuple(Option(label=speaker.readers(each)[:_LABEL], value=_joined(each)) for each in list(unique)[:_OPTIONS])


def _as_options(call: Call, earlier: Iterable[ShelfDocument]) -> tuple[Option, ...]:
    versions = [
        Option(label=call.words(DocSay.AS_VERSION, title=each.shown.title)[:_LABEL], value=each.id)
        for each in earlier
        if each.shown
    ]
    return (*versions, Option(label=call.words(DocSay.AS_NEW), value=_NEW))


async def earlier_of(call: Call, hand_in: HandIn) -> tuple[tuple[ShelfDocument, ...], str]:
    """The documents of which a file may be the next version, and the id of the one that it is taken for, "" for none.

    Raises StoreFailed, PublishingFailed.
    """
    files = call.means.files
    if files is None or hand_in.shelf is not Shelf.UPLOADS or not await files.edits(call.person, call.place):
        return (), ""
    found = await files.desk.earlier(hand_in, audience=await call.labels())
    ids = {each.id for each in found}
    if hand_in.document in ids:
        return found, hand_in.document
    return found, found[0].id if found and is_namesake(found[0], hand_in) else ""


def _line(call: Call, known: Known) -> FormField:
    return FormField(name=TITLE, label=call.words(DocSay.FIELD_TITLE), value=known.title, required=False)


def _choice(
    call: Call, name: str, label: DocSay, options: tuple[Option, ...], value: str, *, hint: str = ""
) -> FormField:
    return FormField(name=name, label=call.words(label), kind=FieldKind.CHOICE, value=value, hint=hint, options=options)


def _value(given: str, options: Iterable[Option]) -> str | None:
    """The value of an option that was chosen, or typed by its label."""
    wanted = given.strip().casefold()
    return next((each.value for each in options if wanted in {each.value.casefold(), each.label.casefold()}), None)


def _wrong(call: Call, field: DocSay, value: str, options: Iterable[Option]) -> str:
    choices = call.words(Say.LIST_SEPARATOR).join(each.label for each in options)
    return call.words(DocSay.WRONG, value=value[:60], field=call.words(field), choices=choices)


def _joined(audience: frozenset[str]) -> str:
    return ",".join(readers_of(audience))
