"""`proposals`: what people propose for the library (files and experts' answers), for editors, who edit and decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.channel_rules import server_key
from bot.chat import Press, Submission
from bot.commands.call import Call
from bot.commands.document_form import Known, describing_form, earlier_of, number_of, read_form, speaker_of
from bot.commands.registry import Argument, ArgumentKind, Command, Level
from bot.commands.releasing import note, release, tell_giver
from bot.commands.uploads import described_hand_in
from bot.document_records import HandIn, HandInState, Shelf
from bot.documents.cards import Speaker, inert
from bot.documents.rendering import readers_of
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Action, Button, FieldKind, File, Form, FormField, Option, Select, Style
from bot.saying_documents import DocSay
from bot.saying_experts import ExpertSay
from bot.wording import Say
from rag.errors import RagError

_READ, _LISTED = 200, 20
_REASON = "reason"
_MOST_REASON = 500
_LABEL = 70
_WAITS = frozenset({HandInState.PROPOSED})
_NO_SERVER = "@"
"""Begins the workspace of places that belong to no server; ids of servers never look like it."""


def command() -> Command:
    """The command."""
    return Command(
        name="proposals",
        run=run,
        arguments=(
            Argument(name="action", kind=ArgumentKind.CHOICE, choices=("show", "approve", "decline")),
            Argument(name="number", kind=ArgumentKind.WORD),
            Argument(name=_REASON),
        ),
        level=Level.EDITOR,
    )


async def run(call: Call, arguments: Mapping[str, str]) -> None:
    """Shows what waits for review, or decides on one."""
    typed = arguments.get("number", "")
    match arguments.get("action", "show"):
        case "approve" if typed:
            await _approve(call, typed)
        case "decline" if typed:
            await _decline(call, typed, arguments.get(_REASON, ""))
        case _:
            await show(call, typed)


async def approve(call: Call, press: Press) -> None:
    """Takes a proposal into the library."""
    await _approve(call, press.payload.subject)


async def open_one(call: Call, press: Press) -> None:
    """Shows the proposal that was chosen."""
    await show(call, press.values[0] if press.values else press.payload.subject)


async def open_form(call: Call, press: Press) -> None:
    """Asks why a proposal is declined."""
    hand_in = await _known(call, press.payload.subject)
    if hand_in is None:
        return
    field = FormField(
        name=_REASON,
        label=call.words(ExpertSay.REASON),
        kind=FieldKind.TEXT,
        hint=call.words(ExpertSay.REASON_HINT),
        required=True,
    )
    payload = Payload(verb=Verb.PROPOSAL_DECLINE, subject=str(hand_in.number), argument=call.language.value)
    title = call.words(ExpertSay.DECLINE_FORM)
    await call.open_form(Form(title=title, payload=payload, fields=(field,), submit=call.words(Say.SEND)))


async def submit(call: Call, submission: Submission) -> None:
    """Declines a proposal for the reason in the form."""
    await _decline(call, submission.payload.subject, submission.values.get(_REASON, ""))


async def open_edit(call: Call, press: Press) -> None:
    """Shows a proposal as a form."""
    hand_in = await _known(call, press.payload.subject)
    if hand_in is None:
        return
    subject = f"{hand_in.number}.{hand_in.revision}"
    payload = Payload(verb=Verb.PROPOSAL_SAVE, subject=subject, argument=call.language.value)
    known = await _present(call, hand_in)
    await call.open_form(await describing_form(call, known, title=DocSay.EDIT_FORM, payload=payload))


async def save_edit(call: Call, submission: Submission) -> None:
    """Changes a proposal, unless somebody was faster."""
    typed, _, revision = submission.payload.subject.partition(".")
    hand_in = await _known(call, typed)
    if hand_in is None:
        return
    described = await read_form(call, submission.values, await _present(call, hand_in))
    if isinstance(described, str):
        await call.refuse(described)
        return
    changed = replace(described_hand_in(hand_in, described), revision=number_of(revision))
    if not await call.means.store.hand_ins.change(changed, known=_WAITS):
        await call.refuse(call.words(DocSay.MEANWHILE))
    else:
        readers = ", ".join(readers_of(changed.audience))
        await note(call, "proposal", hand_in.id, {"after": "edited", "audience": readers})
        await call.whisper(call.words(DocSay.EDITED))
    await show(call, typed)


async def show(call: Call, typed: str = "") -> None:
    """Shows one proposal with its buttons, or the list of all."""
    visible = await _visible(call)
    chosen = next((each for each in visible if str(each.number) == typed), None) if typed else None
    if not visible or (typed and chosen is None):
        none = call.words(ExpertSay.UNKNOWN, number=typed[:20]) if typed else call.words(ExpertSay.PROPOSALS_NONE)
        await (call.refuse(none) if typed else call.whisper(none))
        return
    if chosen is None and len(visible) > 1:
        await _list(call, visible)
        return
    await _card(call, chosen or visible[0])


async def _list(call: Call, visible: list[HandIn]) -> None:
    lines = [call.words(DocSay.QUEUE, count=len(visible))]
    for each in visible[:_LISTED]:
        what = call.means.wording.word("shelf", each.shelf.value, call.language)
        values = {"title": inert(each.title), "what": what, "name": inert(each.name), "age": _age(call, each)}
        lines.append("- " + call.words(DocSay.QUEUE_LINE, number=each.number, **values))
    if len(visible) > _LISTED:
        lines.append(call.words(ExpertSay.PROPOSALS_MORE, more=len(visible) - _LISTED))
    options = tuple(
        Option(label=f"{each.number}. {each.title}"[:_LABEL], value=str(each.number)) for each in visible[:_LISTED]
    )
    payload = Payload(verb=Verb.PROPOSAL_SHOW, argument=call.language.value)
    choose = Select(placeholder=call.words(DocSay.QUEUE_CHOOSE), payload=payload, options=options)
    await call.whisper("\n".join(lines), actions=((choose,),), rows=[*map(_row, visible)])


async def _card(call: Call, hand_in: HandIn) -> None:
    speaker = speaker_of(call)
    if hand_in.shelf is Shelf.ANSWERS:
        head = call.words(
            ExpertSay.PROPOSAL,
            number=hand_in.number,
            name=hand_in.name,
            date=hand_in.at.date().isoformat(),
            readers=speaker.readers(hand_in.audience),
        )
        quoted = "\n".join(f"> {line}".rstrip() for line in hand_in.title.splitlines())
        blocks, files = [head, quoted, hand_in.text], tuple[File, ...]()
    else:
        blocks, files = await _file_card(call, hand_in, speaker)
    await call.whisper("\n\n".join(blocks), actions=(_buttons(call, hand_in),), files=files, rows=(_row(hand_in),))


async def _file_card(call: Call, hand_in: HandIn, speaker: Speaker) -> tuple[list[str], tuple[File, ...]]:
    head = call.words(
        DocSay.CARD_FILE,
        number=hand_in.number,
        title=inert(hand_in.title),
        name=inert(hand_in.name),
        age=_age(call, hand_in),
        file=inert(hand_in.file),
        kind=call.means.wording.kind(hand_in.kind, call.language),
        facts=speaker.facts(hand_in),
        readers=speaker.readers(hand_in.audience),
    )
    if place := await _takes_the_place(call, hand_in):
        head += f"\n{place}"
    desk = call.means.files.desk if call.means.files else None
    if desk is None:
        return [head], ()
    try:
        excerpt = (await desk.look(hand_in)).excerpt
        content = await desk.content(hand_in)
    except RagError as error:
        return [head, f"> {speaker.failure(error)}"], ()
    quoted = "\n".join(f"> {line}".rstrip() for line in f"{excerpt} …".splitlines())
    given = File(name=f"{hand_in.number}{hand_in.suffix}", content=content, media_type="application/octet-stream")
    may = call.place.private or call.adapter.capabilities.private_files
    return [head, quoted], (given,) if may else ()


def _buttons(call: Call, hand_in: HandIn) -> tuple[Action, ...]:
    told = {"subject": str(hand_in.number), "argument": call.language.value}
    yes = Button(
        label=call.words(ExpertSay.APPROVE), payload=Payload(verb=Verb.PROPOSAL_APPROVE, **told), style=Style.PRIMARY
    )
    edit = Button(label=call.words(DocSay.EDIT), payload=Payload(verb=Verb.PROPOSAL_EDIT, **told))
    no = Button(label=call.words(ExpertSay.DECLINE), payload=Payload(verb=Verb.PROPOSAL_OPEN, **told))
    return (yes, edit, no) if call.adapter.capabilities.forms else (yes,)


async def _approve(call: Call, typed: str) -> None:
    hand_in = await _known(call, typed)
    if hand_in is not None:
        await release(call, [hand_in])


async def _decline(call: Call, typed: str, reason: str) -> None:
    hand_in = await _known(call, typed)
    if hand_in is None:
        return
    reason = " ".join(reason.split())[:_MOST_REASON]
    if not reason:
        usage = call.typed("proposals", action="decline", number=str(hand_in.number), reason="")
        await call.refuse(call.words(ExpertSay.REASON_NEEDED, usage=usage))
        return
    declined = replace(hand_in, state=HandInState.DECLINED, reason=reason)
    if not await call.means.store.hand_ins.change(declined, known=_WAITS):
        await call.refuse(call.words(ExpertSay.DECIDED))
        return
    readers = ", ".join(readers_of(hand_in.audience))
    await note(call, "proposal", hand_in.id, {"after": "declined", "audience": readers})
    await call.whisper(call.words(ExpertSay.DECLINED))
    await tell_giver(call, declined, approved=False)


async def _known(call: Call, typed: str) -> HandIn | None:
    """What waits and may be read here, by its number; tells when there is none."""
    found = next((each for each in await _visible(call) if str(each.number) == typed.strip()), None)
    if found is None:
        await call.refuse(call.words(ExpertSay.UNKNOWN, number=typed[:20]))
    return found


async def _visible(call: Call) -> list[HandIn]:
    """What waits of the workspace, whose readers all read along here: the least-privileged reader decides."""
    labels = await call.labels()
    waiting = await call.means.store.hand_ins.review(limit=_READ)
    return [each for each in waiting if each.audience <= labels and _is_near(call, each)]


def _is_near(call: Call, hand_in: HandIn) -> bool:
    """Whether something was handed in on this server, or in a direct message of a platform where those are on none."""
    place, here = hand_in.place, call.place
    if call.everywhere:
        return True
    if place.private and place.platform == here.platform and place.workspace.startswith(_NO_SERVER):
        return True
    return server_key(place.channel_key) == server_key(here.channel_key)


async def _present(call: Call, hand_in: HandIn) -> Known:
    earlier, replaces = await earlier_of(call, hand_in)
    return Known(
        title=hand_in.title,
        kind=hand_in.kind,
        language=hand_in.language,
        audience=hand_in.audience,
        text=hand_in.text if hand_in.shelf is Shelf.ANSWERS else None,
        earlier=earlier,
        replaces=replaces,
    )


async def _takes_the_place(call: Call, hand_in: HandIn) -> str:
    """Of which document it becomes the next version, or may become it; "" where there is none."""
    earlier, _ = await earlier_of(call, hand_in)
    chosen = next((each for each in earlier if each.id == hand_in.document), None)
    likely = chosen or next(iter(earlier), None)
    if likely is None or likely.shown is None:
        return ""
    return call.words(DocSay.CARD_NEXT if chosen else DocSay.CARD_EARLIER, title=inert(likely.shown.title))


def _row(hand_in: HandIn) -> Mapping[str, Any]:
    """What waits, as plain values."""
    return {
        "number": hand_in.number,
        "what": hand_in.shelf.value,
        "title": hand_in.title,
        "by": hand_in.name,
        "file": hand_in.file,
        "readers": sorted(hand_in.audience),
        "at": hand_in.at.isoformat(),
    }


def _age(call: Call, hand_in: HandIn) -> str:
    days = (call.means.now().date() - hand_in.at.date()).days
    if days <= 1:
        return call.words(DocSay.TODAY if days <= 0 else DocSay.YESTERDAY)
    return call.words(DocSay.DAYS, days=days)
