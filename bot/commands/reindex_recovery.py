"""Tells the readers of an index run that it was broken off when the program went down."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from bot.chat import ChatAdapter, MessageRef, Place, PlaceKind
from bot.commands.call import Means
from bot.errors import DeliveryFailed
from bot.index_journal import RunNote
from bot.replies import Reply
from bot.usages import typed
from bot.wording import Say
from rag.types import Language

log = logging.getLogger(__name__)


def note_of(place: Place, *, run_id: str, since: datetime, language: Language) -> RunNote:
    """What the next start has to know of a run that is about to be shown in a place."""
    return RunNote(
        id=run_id,
        since=since,
        language=language,
        platform=place.platform,
        workspace=place.workspace,
        channel=place.channel,
        thread=place.thread,
        kind=place.kind.value,
        message="",
    )


def shown_by(note: RunNote, message: MessageRef) -> RunNote:
    """The same, once a message shows the run."""
    place = message.place
    return replace(note, channel=place.channel, thread=place.thread, kind=place.kind.value, message=message.id)


async def tell_of_broken_run(means: Means, _: datetime) -> None:
    """Says in the message of a run that it was broken off, once its platform is connected; called now and then.

    Where the message cannot be edited any more, or was not known yet, a new one says it.
    """
    if means.index is None:
        return
    note = await means.index.journal.left()
    if note is None or note.told or note.id == means.index.current:
        return
    adapter = means.adapters.get(note.platform)
    if adapter is None:
        return  # it is not connected yet
    usage = typed(adapter.capabilities, means.wording, "admin", note.language, guarded=True, action="reindex")
    since = f"{note.since:%Y-%m-%d %H:%M}"
    text = means.wording.say(Say.REINDEX_INTERRUPTED, note.language, since=since, usage=usage)
    try:
        await _tell(adapter, note, Reply(text=text, language=note.language))
    except DeliveryFailed as error:
        log.warning("broken_run_not_told", extra={"error": str(error)})
        if error.retryable:
            return
    await means.index.journal.tell(note)


async def _tell(adapter: ChatAdapter, note: RunNote, reply: Reply) -> None:
    place = Place(
        platform=note.platform,
        workspace=note.workspace,
        channel=note.channel,
        thread=note.thread,
        kind=PlaceKind(note.kind),
    )
    if not note.message:
        await adapter.post(place, reply, nonce=note.id[::-1])
        return
    try:
        await adapter.edit(MessageRef(place=place, id=note.message), reply)
    except DeliveryFailed as error:
        if error.retryable:
            raise
        await adapter.post(place, reply, nonce=note.id[::-1])
