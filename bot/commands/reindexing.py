"""One message that shows an index run from its begin to its end, with a button that breaks it off."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.chat import MessageRef
from bot.commands.call import Call
from bot.errors import DeliveryFailed
from bot.indexing import IndexRun
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Button, Reply
from bot.wording import Say

if TYPE_CHECKING:
    from rag.ingest.files import FileProblem
    from rag.ingest.index import IndexProgress, IndexReport

log = logging.getLogger(__name__)

_NAMES, _PROBLEMS = 10, 10
"""How many changed documents and how many problems are told in the chat."""
_FORESEEABLE_S = 2.0
"""After less time than this the pace says nothing of the time left."""


async def show_run(call: Call, run: IndexRun) -> None:
    """Follows a run to its end. Being cancelled breaks it off. Raises DeliveryFailed when nothing can be posted."""
    try:
        message = await call.adapter.post(call.place, _running(call, run), nonce=run.id)
        while not run.done:
            await run.changed.wait()
            run.changed.clear()
            if not run.done:
                await _show(call, message, _running(call, run))
                await asyncio.wait({run.task}, timeout=call.adapter.capabilities.edit_interval_s)
    finally:
        run.task.cancel()
        await asyncio.wait({run.task})
    await _finish(call, run, message)


async def _finish(call: Call, run: IndexRun, message: MessageRef) -> None:
    """The last state; what is in the library by name is for the admin alone, since not everybody may know of it."""
    if run.task.cancelled():
        await _surely(call, message, call.words(Say.REINDEX_CANCELLED))
        return
    error = run.task.exception()
    if error is not None:
        await _surely(call, message, call.words(Say.REINDEX_FAILED))
        raise error
    report = run.task.result()
    await _surely(call, message, counted(call, report))
    if details := _details(call, report):
        await call.whisper(details)


async def _show(call: Call, message: MessageRef, reply: Reply) -> None:
    try:
        await call.adapter.edit(message, reply)
    except DeliveryFailed as error:
        log.info("progress_not_shown", extra={"error": str(error)})


async def _surely(call: Call, message: MessageRef, text: str) -> None:
    """Shows the last state, in a new message where the old one cannot be edited."""
    reply = Reply(text=text, language=call.language)
    try:
        await call.adapter.edit(message, reply)
    except DeliveryFailed:
        await call.adapter.post(call.place, reply, nonce=call.means.new_id())


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


def counted(call: Call, report: IndexReport) -> str:
    """What a run did, in numbers."""
    return call.words(
        Say.REINDEX_DONE,
        added=len(report.added),
        updated=len(report.updated),
        removed=len(report.removed),
        unchanged=report.unchanged,
        failed=len(report.failed),
    )


def _details(call: Call, report: IndexReport) -> str:
    """The changed documents and the problems by name; "" where there are none."""
    changed = ((Say.REINDEX_ADDED, report.added), (Say.REINDEX_UPDATED, report.updated))
    blocks = [_named(call, title, names) for title, names in (*changed, (Say.REINDEX_REMOVED, report.removed)) if names]
    if problems := (*report.failed, *report.warned):
        blocks.append(_problems(call, problems))
    return "\n\n".join(blocks)


def _named(call: Call, title: Say, names: Sequence[str]) -> str:
    lines = [call.words(title), *(f"- `{_inert(name)}`" for name in names[:_NAMES])]
    if len(names) > _NAMES:
        lines.append(call.words(Say.REINDEX_MORE, more=len(names) - _NAMES))
    return "\n".join(lines)


def _problems(call: Call, problems: Sequence[FileProblem]) -> str:
    lines = [call.words(Say.REINDEX_PROBLEMS)]
    lines += [f"- `{_inert(each.source)}`: {each.problem}; {each.remedy}" for each in problems[:_PROBLEMS]]
    if len(problems) > _PROBLEMS:
        lines.append(call.words(Say.REINDEX_MORE, more=len(problems) - _PROBLEMS))
    return "\n".join(lines)


def _inert(name: str) -> str:
    """A file's name as code: nothing in it links or pings."""
    return name.replace("`", "'")
