"""One message that shows an index run from its begin to its end, with a button that breaks it off."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.chat import MessageRef
from bot.commands.call import Call
from bot.commands.index_effects import fall_line, tell_of_gaps
from bot.commands.reindex_recovery import note_of, shown_by
from bot.commands.reindex_report import counted, details, report_files, titles_of
from bot.commands.run_messages import keep_shown, show_surely
from bot.errors import DeliveryFailed
from bot.index_journal import IndexJournal
from bot.indexing import IndexRun
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Button, File, Reply
from bot.wording import Say

if TYPE_CHECKING:
    from rag.ingest.index import IndexProgress

log = logging.getLogger(__name__)

_FORESEEABLE_S = 2.0
"""After less time than this the pace says nothing of the time left."""


async def show_run(call: Call, run: IndexRun, journal: IndexJournal) -> None:
    """Follows a run to its end. Being cancelled breaks it off, which the next start tells.

    Raises:
        DeliveryFailed: nothing can be posted.
    """
    try:
        message = await _begin(call, run, journal)
        await keep_shown(call, message, run, _running)
    finally:
        run.task.cancel()
        await asyncio.wait({run.task})
    await _finish(call, run, message, journal)


async def _begin(call: Call, run: IndexRun, journal: IndexJournal) -> MessageRef:
    """Notes the run before it is shown, so that no moment is left in which it can be broken off unknown."""
    shown = _running(call, run)
    note = note_of(call.place, run_id=run.id, since=run.since, language=shown.language)
    await journal.begin(note)
    try:
        message = await call.adapter.post(call.place, shown, nonce=run.id)
    except DeliveryFailed:
        await journal.end()
        raise
    await journal.begin(shown_by(note, message))
    return message


async def _finish(call: Call, run: IndexRun, message: MessageRef, journal: IndexJournal) -> None:
    """The last state; what is in the library by name is for the admin alone, since not everybody may know of it."""
    error = None if run.task.cancelled() else run.task.exception()
    try:
        await show_surely(call, message, _ended(call, run), rows=_rows(run), refused=not _is_whole(run))
    except DeliveryFailed:
        await journal.end()  # nobody can be told, neither now nor at the next start
        raise
    await journal.end()
    if error is not None:
        raise error
    if run.task.cancelled():
        return
    report = run.task.result()
    titles = await titles_of(call, report)
    if told := details(call, report, titles):
        await _hand_over(call, told, report_files(call, report, titles))
    await tell_of_gaps(call, frozenset((*report.added, *report.updated)))


def _ended(call: Call, run: IndexRun) -> str:
    if run.task.cancelled():
        return call.words(Say.REINDEX_CANCELLED)
    if run.task.exception() is not None:
        return call.words(Say.REINDEX_FAILED)
    report = run.task.result()
    told = fall_line(call, report.fall) if report.fall else ""
    held = report.fall is not None and report.fall.held
    return told if held else "\n".join(filter(None, (counted(call, report), told)))


def _is_whole(run: IndexRun) -> bool:
    """Whether all was read and is put to use."""
    if run.task.cancelled() or run.task.exception() is not None:
        return False
    report = run.task.result()
    return not report.failed and not (report.fall and report.fall.held)


def _rows(run: IndexRun) -> tuple[Mapping[str, Any], ...]:
    """What a run did, as plain values; nothing of one that did not come to its end."""
    if run.task.cancelled() or run.task.exception() is not None:
        return ()
    report = run.task.result()
    names = {name: list(getattr(report, name)) for name in ("added", "updated", "removed")}
    problems = {name: [asdict(each) for each in getattr(report, name)] for name in ("failed", "warned")}
    held = {"held": report.fall.held} if report.fall else {}
    return ({**names, "unchanged": report.unchanged, **problems, **held},)


async def _hand_over(call: Call, text: str, files: tuple[File, ...]) -> None:
    """The details; without the file where the platform does not take it."""
    try:
        await call.whisper(text, files=files)
    except DeliveryFailed as error:
        if not files:
            raise
        log.warning("report_not_handed_over", extra={"error": str(error)})
        await call.whisper(text)


def _running(call: Call, run: IndexRun) -> Reply:
    cancel = Button(
        label=call.words(Say.REINDEX_CANCEL),
        payload=Payload(verb=Verb.REINDEX_CANCEL, subject=run.id, argument=call.language.value),
    )
    text = step(call, run.progress, since=run.since, now=call.means.now())
    return Reply(text="", status=text, actions=((cancel,),), language=call.language)


def step(call: Call, progress: IndexProgress | None, *, since: datetime, now: datetime) -> str:
    """Where a run is, and how long it is likely to take."""
    if progress is None or progress.stage == "scan":
        return call.words(Say.REINDEX_SCANNING)
    if progress.stage == "sweep":
        return call.words(Say.REINDEX_SWEEPING)
    seconds = (now - since).total_seconds()
    told = call.words(Say.REINDEX_RUNNING, done=progress.done, total=progress.total)
    if seconds < _FORESEEABLE_S or not progress.done_bytes:
        return told
    left = seconds * (progress.total_bytes - progress.done_bytes) / progress.done_bytes
    rate = f"{progress.done * 60 / seconds:.0f}"
    return call.words(Say.REINDEX_PACE, told=told, rate=rate, left=f"{left / 60:.0f}" if left >= 60 else "1")
