"""`upload`: files for the library, from whoever has them; and `submissions`: what one has handed in, and how it stands.

An editor's files go into the library at once, everybody else's wait for review.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.chat import Attachment, Press, Submission
from bot.commands.call import Call
from bot.commands.document_form import (
    Described,
    Known,
    describing_form,
    earlier_of,
    files_form,
    read_form,
    speaker_of,
)
from bot.commands.registry import Argument, Command
from bot.commands.releasing import note, release
from bot.document_records import HandIn, HandInState, Shelf
from bot.documents.cards import Arrival, arrival_card, inert
from bot.documents.rendering import readers_of
from bot.documents.taking import FileTaker, Sent
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Action, Button, Option, Select
from bot.saying_documents import DocSay
from bot.wording import Say
from rag.types import DocumentKind, Language

_LISTED = 20
_LABEL = 70
_OPEN = frozenset({HandInState.RECEIVED, HandInState.DECLINED})


def commands() -> tuple[Command, Command]:
    """The commands."""
    return (
        Command(name="upload", run=run, arguments=(Argument(name="file"),)),
        Command(name="submissions", run=show_own),
    )


async def run(call: Call, arguments: Mapping[str, str]) -> None:
    """Takes a file by its path where that is possible, else shows the form or says how to send one."""
    files = call.means.files
    if files is None:
        await call.whisper(call.words(Say.ADMIN_ELSEWHERE))
        return
    path = arguments.get("file", "")
    if path and call.adapter.capabilities.paths:
        attachments = [Attachment(name=Path(path).name, size=0, reference=path)]
        batch, arrival = await _taken(call, files, attachments)
        await _tell_arrival(call, files, batch, arrival)
        return
    if not await _open_files(call, files):
        await call.whisper(call.words(DocSay.UPLOAD_HOW), actions=((_files_button(call),),))


async def open_files(call: Call, press: Press) -> None:
    """Shows the form that takes files."""
    files = call.means.files
    if files is None or not await _open_files(call, files):
        await call.whisper(call.words(Say.ADMIN_ELSEWHERE if files is None else DocSay.UPLOAD_HOW))


async def submit_files(call: Call, submission: Submission) -> None:
    """Takes the files of a form with what it says of them."""
    files = call.means.files
    if files is None or not submission.attachments:
        await call.whisper(call.words(Say.ADMIN_ELSEWHERE if files is None else DocSay.UPLOAD_NONE))
        return
    default = frozenset(readers_of(await call.labels()))
    known = Known(title="", kind=DocumentKind.DOCUMENT, language=Language.OTHER, audience=default, many=True)
    described = await read_form(call, submission.values, known)
    if isinstance(described, str):
        await call.whisper(described)
        return
    batch, arrival = await _taken(call, files, submission.attachments)
    if arrival.refused or arrival.notes:
        await _tell_arrival(call, files, batch, replace(arrival, taken=()))
    await _hand_in(call, arrival.taken, described)


async def open_form(call: Call, press: Press) -> None:
    """Asks what the files of a batch are."""
    waiting = await _own(call, press.payload.subject)
    if waiting is not None:
        await _open_describing(call, waiting, subject=press.payload.subject)


async def revise(call: Call, press: Press) -> None:
    """Shows the form again for what was declined, or what waits for its form."""
    chosen = press.values[0] if press.values else press.payload.subject
    hand_in = await call.means.store.hand_ins.get(chosen)
    if hand_in is None or not await _is_own(call, hand_in):
        await call.whisper(call.words(DocSay.GONE))
        return
    # After declining, the files of a batch go their own ways.
    await _open_describing(call, (hand_in,), subject=hand_in.id)


async def submit(call: Call, submission: Submission) -> None:
    """Hands in what the form describes."""
    waiting = await _own(call, submission.payload.subject)
    if waiting is None:
        return
    known = await _known(call, waiting)
    described = await read_form(call, submission.values, known)
    if isinstance(described, str):
        button = speaker_of(call).button(Verb.HAND_IN_OPEN, DocSay.DESCRIBE, submission.payload.subject)
        await call.whisper(described, actions=((button,),))
        return
    await _hand_in(call, waiting, described)


async def drop(call: Call, press: Press) -> None:
    """Lets go of what waits to be described."""
    waiting = await _own(call, press.payload.subject)
    if waiting is None or call.means.files is None:
        return
    gone = [await call.means.files.desk.let_go(each) for each in waiting]
    await call.whisper(call.words(DocSay.DROPPED if any(gone) else DocSay.GONE))


async def show_own(call: Call, _: Mapping[str, str]) -> None:
    """Lists what the person has handed in, wherever they did."""
    own = await call.means.store.hand_ins.of(call.person.key, limit=_LISTED)
    # Elsewhere than alone with the bot, what was handed in for other readers is not spoken of.
    labels = (await call.own_scope()).audience
    shown = [each for each in own if each.audience <= labels]
    if not shown:
        await call.whisper(call.words(DocSay.MINE_NONE))
        return
    lines = [call.words(DocSay.MINE)]
    for each in shown:
        lines.append(_line(call, each))
        if each.reason:
            lines.append(f"   {call.words(DocSay.MINE_REASON, reason=inert(each.reason))}")
    options = tuple(
        Option(label=f"{each.number}. {each.title}"[:_LABEL], value=each.id) for each in shown if each.state in _OPEN
    )
    actions: list[tuple[Action, ...]] = []
    if options and call.adapter.capabilities.forms:
        payload = Payload(verb=Verb.HAND_IN_REVISE, argument=call.language.value)
        actions.append((Select(placeholder=call.words(DocSay.MINE_CHOOSE), payload=payload, options=options),))
    await call.whisper("\n".join(lines), actions=tuple(actions))


async def _taken(call: Call, files: FileTaker, attachments: Sequence[Attachment]) -> tuple[str, Arrival]:
    sent = Sent(
        place=call.place,
        person=call.person,
        attachments=attachments,
        claim=f"event/{call.place.platform}/{call.incoming.event_id}",
        at=call.means.now(),
        language=call.language,
    )
    if refused := await files.refusal(sent):
        return "", Arrival(notes=(refused,))
    batch, notes = await files.announce(sent)
    return batch, replace(await files.fetch(batch, speaker_of(call)), notes=notes)


async def _tell_arrival(call: Call, files: FileTaker, batch: str, arrival: Arrival) -> None:
    card = arrival_card(arrival, speaker_of(call), batch=batch, editor=await files.edits(call.person, call.place))
    await call.whisper(card.text, actions=card.actions)


async def _open_files(call: Call, files: FileTaker) -> bool:
    if not call.adapter.capabilities.forms or not getattr(call.incoming, "trigger", ""):
        return False
    most = f"{files.desk.workshop.settings.max_megabytes:g}"
    default = frozenset(readers_of(await call.labels()))
    payload = Payload(verb=Verb.UPLOAD_FILES, argument=call.language.value)
    return await call.open_form(await files_form(call, payload=payload, most=most, default=default))


async def _own(call: Call, subject: str) -> tuple[HandIn, ...] | None:
    """What of a batch, or as one, waits for its giver; tells when there is nothing."""
    books = call.means.store.hand_ins
    one = await books.get(subject)
    found = (one,) if one is not None else await books.batch(subject)
    waiting = tuple([each for each in found if await _is_own(call, each)])
    if not waiting:
        await call.whisper(call.words(DocSay.GONE))
        return None
    return waiting


async def _is_own(call: Call, hand_in: HandIn) -> bool:
    """Whether a hand-in waits for this person, and may be spoken of here."""
    if hand_in.person != call.person.key or hand_in.state not in _OPEN:
        return False
    return hand_in.audience <= (await call.own_scope()).audience


async def _open_describing(call: Call, waiting: Sequence[HandIn], *, subject: str) -> None:
    payload = Payload(verb=Verb.HAND_IN_SAVE, subject=subject, argument=call.language.value)
    form = await describing_form(call, await _known(call, waiting), title=DocSay.DESCRIBE_FORM, payload=payload)
    await call.open_form(form)


async def _known(call: Call, waiting: Sequence[HandIn]) -> Known:
    first = waiting[0]
    earlier, replaces = await earlier_of(call, first) if len(waiting) == 1 else ((), "")
    return Known(
        title=first.title,
        kind=first.kind,
        language=first.language,
        audience=first.audience,
        text=first.text if first.shelf is Shelf.ANSWERS else None,
        earlier=earlier,
        replaces=replaces,
        many=len(waiting) > 1,
    )


async def _hand_in(call: Call, waiting: Sequence[HandIn], described: Described) -> None:
    """Publishes for an editor, proposes for everybody else."""
    files, ready = call.means.files, []
    edits = files is not None and await files.edits(call.person, call.place)
    for each in waiting:
        said = described_hand_in(each, described)
        said = replace(said, state=HandInState.PROPOSED, reason="")
        if not await call.means.store.hand_ins.change(said, known=_OPEN):
            await call.whisper(call.words(DocSay.GONE))
            continue
        stored = replace(said, revision=each.revision + 1)
        ready.append(stored)
        if not edits:
            await note(call, "proposal", each.id, {"after": "proposed", "audience": ", ".join(sorted(said.audience))})
            await call.whisper(call.words(DocSay.PROPOSED, title=inert(said.title), number=said.number))
    if edits and ready:
        await release(call, ready)


def described_hand_in(hand_in: HandIn, described: Described) -> HandIn:
    """A hand-in as a form describes it."""
    text = described.text if described.text is not None and hand_in.shelf is Shelf.ANSWERS else hand_in.text
    return replace(
        hand_in,
        title=described.title or hand_in.title,
        kind=described.kind,
        language=described.language or hand_in.language,
        audience=described.audience,
        text=text,
        document=hand_in.document if described.replaces is None else described.replaces,
    )


def _files_button(call: Call) -> Button:
    return speaker_of(call).button(Verb.UPLOAD_OPEN, DocSay.UPLOAD_BUTTON, "")


def _line(call: Call, hand_in: HandIn) -> str:
    state = call.means.wording.word("hand-in", hand_in.state.value, call.language)
    date = hand_in.at.date().isoformat()
    return "- " + call.words(
        DocSay.MINE_LINE, number=hand_in.number, title=inert(hand_in.title), state=state, date=date
    )
