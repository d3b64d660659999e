"""Takes hand-ins into the library for whoever may: noted, told to everybody whom it concerns, and tried again."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.call import Call
from bot.commands.document_form import speaker_of
from bot.commands.index_effects import tell_of_gaps
from bot.commands.registration import reaches_beyond
from bot.document_records import HandIn, Shelf
from bot.documents.cards import inert
from bot.documents.rendering import readers_of
from bot.documents.workshop import Published
from bot.errors import PublishingFailed
from bot.offers import Verb
from bot.records import AuditEntry
from bot.replies import Reply, Visibility
from bot.saying_documents import DocSay
from bot.saying_experts import ExpertSay
from bot.wording import LANGUAGES, Say, spoken
from rag.errors import IndexLocked
from rag.types import Language


async def release(call: Call, hand_ins: Sequence[HandIn]) -> None:
    """Publishes, and says what came of each. Raises PublishingFailed when nothing could be indexed."""
    files = call.means.files
    if files is None or files.desk.workshop.index is None:
        await call.whisper(call.words(Say.ADMIN_ELSEWHERE))
        return
    for each in hand_ins:
        await note(call, "proposal", each.id, {"after": "approved", "audience": ", ".join(readers_of(each.audience))})
    by, who = call.means.pseudonym(call.person.key), call.person.name or call.person.id
    if any(each.shelf is Shelf.UPLOADS for each in hand_ins):
        await call.whisper(call.words(DocSay.WORKING))
    try:
        made = await files.desk.publish(hand_ins, by=by, who=who)
    except IndexLocked:
        await call.refuse(busy(call))
        return
    for one in made:
        await (call.whisper if one.document else call.refuse)(_told(call, one))
        if one.document is not None and one.hand_in.person != call.person.key:
            await tell_giver(call, one.hand_in, approved=True)
    # What people could not find is for admins alone.
    if call.means.is_admin(call.person) and await reaches_beyond(call):
        folders = files.desk.workshop.folders
        await tell_of_gaps(call, frozenset(folders.source(one.document) for one in made if one.document))


async def tell_giver(call: Call, hand_in: HandIn, *, approved: bool) -> None:
    """Tells who handed something in what became of it, where they did and in their words' language."""
    files = call.means.files
    if files is None or hand_in.person == call.person.key:
        return
    speaker = files.speaker(await _heard(call, hand_in))
    answer = hand_in.shelf is Shelf.ANSWERS
    values = {"title": hand_in.title}
    if approved:
        text = call.means.wording.say(
            ExpertSay.TOLD_APPROVED if answer else DocSay.TOLD_APPROVED, speaker.language, **values
        )
        await files.tell(hand_in, Reply(text=text, visibility=Visibility.PRIVATE, language=speaker.language))
        return
    values["reason"] = hand_in.reason
    declined = ExpertSay.TOLD_DECLINED if answer else DocSay.TOLD_DECLINED
    text = call.means.wording.say(declined, speaker.language, **values)
    revise = speaker.button(Verb.HAND_IN_REVISE, DocSay.REVISE, hand_in.id)
    reply = Reply(text=text, actions=((revise,),), visibility=Visibility.PRIVATE, language=speaker.language)
    await files.tell(hand_in, reply)


async def _heard(call: Call, hand_in: HandIn) -> Language:
    """The language that was last spoken where something was handed in, else that of what was."""
    conversation = await call.means.store.conversations.get(hand_in.place.key)
    if conversation is not None and conversation.language in LANGUAGES:
        return conversation.language
    return spoken(f"{hand_in.title} {hand_in.text}", call.language)


def busy(call: Call) -> str:
    """That somebody else works on the index."""
    files = call.means.files
    holder = files.desk.workshop.index.holder if files and files.desk.workshop.index else None
    if holder is None:
        return call.words(Say.REINDEX_GONE)
    return call.words(DocSay.BUSY, who=inert(holder.who), since=f"{holder.since:%H:%M}", usage=call.typed("proposals"))


async def note(call: Call, action: str, subject: str, details: dict[str, str]) -> None:
    """Notes an act in the audit log."""
    actor = call.means.pseudonym(call.person.key)
    entry = AuditEntry(at=call.means.now(), actor=actor, action=action, subject=subject, details=details)
    await call.means.store.audit.append(entry)


def _told(call: Call, made: Published) -> str:
    hand_in, speaker = made.hand_in, speaker_of(call)
    if made.decided:
        return call.words(ExpertSay.DECIDED)
    if made.problem is not None:
        line = call.words(
            DocSay.FAILED_LINE,
            file=inert(hand_in.file),
            problem=speaker.mend(made.problem.problem, made.problem.remedy),
        )
        return f"{call.words(DocSay.FAILED)}\n- {line}"
    version = made.document.shown if made.document else None
    if made.document is None or version is None:
        raise PublishingFailed(f"the hand-in {hand_in.id!r} has become no document")
    readers = speaker.readers(version.audience)
    if hand_in.shelf is Shelf.ANSWERS:
        return call.words(ExpertSay.APPROVED, title=version.title, readers=readers)
    blocks = [
        call.words(DocSay.PUBLISHED, title=inert(version.title), facts=speaker.facts(hand_in), readers=readers),
        call.words(DocSay.EXAMPLE, question=inert(speaker.example(hand_in, version))),
    ]
    if version.version > 1:
        usage = call.typed("admin", guarded=True, action="documents", what=version.title)
        blocks.append(call.words(DocSay.VERSION, version=version.version, usage=inert(usage)))
    return "\n\n".join(blocks)
