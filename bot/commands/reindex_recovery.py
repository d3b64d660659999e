"""Tells the readers of an index run that it was broken off when the program went down."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime

from bot.chat import ChatAdapter, MessageRef, Place, PlaceKind
from bot.commands.call import Means
from bot.errors import DeliveryFailed
from bot.index_journal import RunNote
from bot.records import SHELL
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
    """Says in the message of a run, and in the admins' channel, that it was broken off; called now and then.

    Each is told once, as soon as its platform is connected. Where the message cannot be edited any more, or was not
    known yet, a new one says it.
    """
    note = await _broken(means)
    if note is None or means.index is None:
        return
    now = replace(note, told=note.told or await _reader_told(means, note))
    now = replace(now, announced=now.announced or await _admins_told(means, note))
    if now != note:
        await means.index.journal.tell(now)


async def _broken(means: Means) -> RunNote | None:
    """The run that was broken off, and is none of this process."""
    note = await means.index.journal.left() if means.index else None
    return None if note is None or means.index is None or note.id == means.index.current else note


async def _reader_told(means: Means, note: RunNote) -> bool:
    adapter = means.adapters.get(note.platform)
    if adapter is None:
        return False  # it is not connected yet
    say = Say.REINDEX_BROKEN if note.platform == SHELL else Say.REINDEX_INTERRUPTED
    return await _tried(_tell(adapter, note, _reply(means, adapter, note, say)))


async def _admins_told(means: Means, note: RunNote) -> bool:
    place = means.rights.channel
    if place is None:
        return False  # one may be named later
    if place.channel_key == f"{note.platform}/{note.workspace}/{note.channel}":
        return True  # they read it there
    adapter = means.adapters.get(place.platform)
    if adapter is None:
        return False
    nonce = f"{note.id[1:]}{note.id[:1]}"
    return await _tried(adapter.post(place, _reply(means, adapter, note, Say.REINDEX_BROKEN), nonce=nonce))


async def _tried(telling: Awaitable[object]) -> bool:
    """Whether it is over: done, or not to be done at all."""
    try:
        await telling
    except DeliveryFailed as error:
        log.warning("broken_run_not_told", extra={"error": str(error)})
        return not error.retryable
    return True


def _reply(means: Means, adapter: ChatAdapter, note: RunNote, say: Say) -> Reply:
    usage = typed(adapter.capabilities, means.wording, "admin", note.language, guarded=True, action="reindex")
    text = means.wording.say(say, note.language, since=f"{note.since:%Y-%m-%d %H:%M}", usage=usage)
    return Reply(text=text, language=note.language)


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
