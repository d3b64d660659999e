"""`admin documents`: what came into the library through the chat, its versions, taking it out and bringing it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from bot.chat import Press, Submission
from bot.commands.call import Call
from bot.commands.document_form import Known, describing_form, number_of, read_form, speaker_of
from bot.commands.releasing import busy, note
from bot.document_records import Shelf, ShelfDocument, ShelfVersion
from bot.documents.cards import inert
from bot.documents.rendering import readers_of
from bot.documents.workshop import Changes, on_disk
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Action, Button, Option, Select, Style
from bot.saying_documents import DocSay
from bot.wording import Say
from rag.errors import IndexLocked

_LISTED = 20
_LABEL = 70
_VERSIONS = 10
_SHOWN_HASH = 8


async def show(call: Call, name: str) -> None:
    """Shows the document that is named, or lists those that may be shown here."""
    visible = await _visible(call)
    wanted = name.strip().casefold()
    chosen = [each for each in visible if wanted in {each.id, _title(each).casefold()}]
    chosen = chosen or [each for each in visible if wanted in _title(each).casefold()]
    chosen = chosen or [each for each in visible if wanted in each.file.casefold()]
    if wanted and not chosen:
        await call.refuse(call.words(DocSay.SHELF_UNKNOWN, name=inert(name)[:80]))
    elif not visible:
        await call.whisper(call.words(DocSay.SHELF_NONE))
    elif wanted and len(chosen) == 1:
        await _card(call, chosen[0])
    else:
        await _list(call, chosen)


async def open_one(call: Call, press: Press) -> None:
    """Shows the document that was chosen."""
    document = await _known(call, press.values[0] if press.values else press.payload.subject)
    if document is not None:
        await _card(call, document)


async def act(call: Call, press: Press) -> None:
    """Takes a document out, or makes one of its versions the live one, unless somebody was faster."""
    document_id, _, revision = press.payload.subject.partition(".")
    document, files = await _known(call, document_id), call.means.files
    if document is None or files is None:
        return
    version = number_of(press.values[0]) if press.values else 0
    target = document.version(version)
    if version and (target is None or not target.audience & await call.labels()):
        await call.refuse(call.words(Say.UNKNOWN_ACTION))
        return
    if document.revision != number_of(revision):
        await _meanwhile(call, document)
        return
    try:
        moved = await files.desk.move(document, version, who=call.person.name or call.person.id)
    except IndexLocked:
        await call.refuse(busy(call))
        return
    if not moved:
        await _meanwhile(call, document)
        return
    after = {"after": f"version {version}" if version else "unpublished", "before": f"version {document.live}"}
    await note(call, "document", document.id, after)
    await call.whisper(_told(call, document, target))


async def open_edit(call: Call, press: Press) -> None:
    """Shows a document as a form, whose sending makes a new version."""
    document = await _known(call, press.payload.subject)
    if document is None or document.shown is None:
        return
    payload = Payload(verb=Verb.SHELF_SAVE, subject=f"{document.id}.{document.revision}", argument=call.language.value)
    known = await _present(call, document, document.shown)
    await call.open_form(await describing_form(call, known, title=DocSay.EDIT_FORM, payload=payload))


async def save_edit(call: Call, submission: Submission) -> None:
    """Makes a new version of a document, unless somebody was faster."""
    document_id, _, revision = submission.payload.subject.partition(".")
    document, files = await _known(call, document_id), call.means.files
    if document is None or document.shown is None or files is None:
        return
    if document.revision != number_of(revision):
        await _meanwhile(call, document)
        return
    known = await _present(call, document, document.shown)
    described = await read_form(call, submission.values, known)
    if isinstance(described, str):
        await call.refuse(described)
        return
    changes = Changes(
        title=described.title or known.title,
        kind=described.kind,
        language=described.language or known.language,
        audience=described.audience,
        text=described.text if document.shelf is Shelf.ANSWERS else None,
    )
    by, who = call.means.pseudonym(call.person.key), call.person.name or call.person.id
    try:
        made = await files.desk.edit(document, changes, by=by, who=who)
    except IndexLocked:
        await call.refuse(busy(call))
        return
    if made is None:
        await _meanwhile(call, document)
        return
    readers = ", ".join(readers_of(made.audience))
    await note(call, "document", made.id, {"after": f"version {made.live}, edited", "audience": readers})
    await call.whisper(_told(call, made, made.shown))


async def _list(call: Call, chosen: list[ShelfDocument]) -> None:
    files = _files_of_namesakes(chosen)
    lines = [call.words(DocSay.SHELF, count=len(chosen))]
    lines += [f"- {_line(call, each)}{files.get(each.id, '')}" for each in chosen[:_LISTED]]
    if len(chosen) > _LISTED:
        lines.append(call.words(DocSay.SHELF_MORE, more=len(chosen) - _LISTED))
    options = tuple(
        Option(label=f"{_title(each)}{files.get(each.id, '')}"[:_LABEL], value=each.id) for each in chosen[:_LISTED]
    )
    payload = Payload(verb=Verb.SHELF_SHOW, argument=call.language.value)
    choose = Select(placeholder=call.words(DocSay.SHELF_CHOOSE), payload=payload, options=options)
    await call.whisper("\n".join(lines), actions=((choose,),), rows=[*map(_row, chosen)])


async def _card(call: Call, document: ShelfDocument) -> None:
    shown, speaker = document.shown, speaker_of(call)
    if shown is None:
        return
    head = call.words(
        DocSay.CARD,
        title=inert(shown.title),
        kind=call.means.wording.kind(shown.kind, call.language),
        spoken=speaker.spoken(shown.language),
        readers=speaker.readers(shown.audience),
    )
    told = [head] if document.live else [head, f"**{call.words(DocSay.SHELF_OUT)}**"]
    if document.given:
        told.append(call.words(DocSay.CARD_GIVEN, name=inert(document.given)))
    labels = await call.labels()
    versions = [each for each in reversed(document.versions) if each.audience & labels][:_VERSIONS]
    told.append("\n".join(f"- {_version_line(call, document, each)}" for each in versions))
    await call.whisper("\n\n".join(told), actions=_actions(call, document, versions), rows=(_row(document),))


def _actions(call: Call, document: ShelfDocument, versions: list[ShelfVersion]) -> tuple[tuple[Action, ...], ...]:
    told = {"argument": call.language.value}
    buttons: list[Action] = []
    if call.adapter.capabilities.forms:
        payload = Payload(verb=Verb.SHELF_EDIT, subject=document.id, **told)
        buttons.append(Button(label=call.words(DocSay.EDIT), payload=payload))
    if document.live:
        subject = f"{document.id}.{document.revision}"
        payload = Payload(verb=Verb.SHELF_ACT, subject=subject, **told)
        buttons.append(Button(label=call.words(DocSay.UNPUBLISH), payload=payload, style=Style.DANGER))
    options = tuple(
        Option(label=_rolled(call, each), value=str(each.version)) for each in versions if each.version != document.live
    )
    rows: list[tuple[Action, ...]] = [tuple(buttons)] if buttons else []
    if options:
        payload = Payload(verb=Verb.SHELF_ROLL, subject=f"{document.id}.{document.revision}", **told)
        rows.append((Select(placeholder=call.words(DocSay.ROLL_BACK), payload=payload, options=options),))
    return tuple(rows)


def _rolled(call: Call, version: ShelfVersion) -> str:
    date = version.at.date().isoformat()
    return call.words(DocSay.ROLL_BACK_TO, version=version.version, date=date)


def _line(call: Call, document: ShelfDocument) -> str:
    shown, speaker = document.shown, speaker_of(call)
    if shown is None:
        return _title(document)
    date, readers = shown.at.date().isoformat(), speaker.readers(shown.audience)
    line = call.words(DocSay.SHELF_LINE, title=inert(shown.title), version=shown.version, date=date, readers=readers)
    return line if document.live else f"{line} · {call.words(DocSay.SHELF_OUT)}"


def _version_line(call: Call, document: ShelfDocument, version: ShelfVersion) -> str:
    by = ""
    if version.by:
        own = version.by == call.means.pseudonym(call.person.key)
        named = call.words(DocSay.CARD_BY, by=version.by[:_SHOWN_HASH])
        by = " · " + (call.words(DocSay.CARD_BY_YOU) if own else named)
    line = call.words(
        DocSay.CARD_VERSION,
        version=version.version,
        date=f"{version.at:%Y-%m-%d %H:%M} UTC",
        title=inert(version.title),
        readers=speaker_of(call).readers(version.audience),
        by=by,
    )
    return f"{line} · **{call.words(DocSay.CARD_LIVE)}**" if version.version == document.live else line


def _told(call: Call, document: ShelfDocument, target: ShelfVersion | None) -> str:
    if target is None:
        return call.words(DocSay.UNPUBLISHED, title=inert(_title(document)))
    readers = speaker_of(call).readers(target.audience)
    return call.words(DocSay.MOVED, title=inert(target.title), version=target.version, readers=readers)


async def _meanwhile(call: Call, document: ShelfDocument) -> None:
    await call.refuse(call.words(DocSay.MEANWHILE))
    now = await call.means.store.shelves.get(document.id)
    if now is not None:
        await _card(call, now)


async def _known(call: Call, document_id: str) -> ShelfDocument | None:
    """A document that may be shown here; tells when there is none."""
    found = next((each for each in await _visible(call) if each.id == document_id.partition(".")[0]), None)
    if found is None:
        await call.refuse(call.words(DocSay.SHELF_UNKNOWN, name=""))
    return found


async def _visible(call: Call) -> list[ShelfDocument]:
    """Documents that everybody who reads along here may read: the least-privileged reader decides."""
    labels = await call.labels()
    return [each for each in await call.means.store.shelves.all() if each.audience & labels]


async def _present(call: Call, document: ShelfDocument, shown: ShelfVersion) -> Known:
    text = None
    files = call.means.files
    if document.shelf is Shelf.ANSWERS and files is not None:
        folders = files.desk.workshop.folders
        text = (await on_disk(lambda: folders.kept(document.id, shown.version))).decode(errors="replace")
    return Known(title=shown.title, kind=shown.kind, language=shown.language, audience=shown.audience, text=text)


def _row(document: ShelfDocument) -> Mapping[str, Any]:
    """A document as plain values."""
    shown = document.shown
    readers = sorted(shown.audience) if shown else []
    return {"id": document.id, "title": _title(document), "live": document.live, "readers": readers}


def _files_of_namesakes(documents: list[ShelfDocument]) -> dict[str, str]:
    """What tells documents of the same title apart."""
    counts = Counter(_title(each).casefold() for each in documents)
    return {each.id: f" · {inert(each.file)}" for each in documents if counts[_title(each).casefold()] > 1}


def _title(document: ShelfDocument) -> str:
    return document.shown.title if document.shown else document.file
