"""`admin eval`: labelled questions asked of the live library beside the answering, compared with the last time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from bot.chat import MessageRef, Press
from bot.commands.call import Call
from bot.commands.run_messages import keep_shown, show_surely
from bot.errors import Busy
from bot.expert_cards import one_line
from bot.measuring import EvaluationRun, Measuring, Tally, Worse, tally, worsened
from bot.offers import Verb
from bot.oversight_records import Evaluation
from bot.payloads import Payload
from bot.records import AuditEntry
from bot.replies import Button, Reply
from bot.saying_oversight import OverSay
from bot.wording import LANGUAGES, Say
from rag.errors import InvalidInput

_NAMED, _QUESTION = 10, 160


async def start(call: Call, what: str) -> None:
    """Asks the questions of a set, the first one where none is named, and shows what came of it."""
    measuring = call.means.oversight.measuring if call.means.oversight else None
    names = await measuring.sets.names() if measuring else ()
    if measuring is None or not names:
        await call.refuse(call.words(OverSay.EVAL_NONE))
        return
    name = _named(call, what.strip(), names)
    if name not in names:
        listed = call.words(Say.LIST_SEPARATOR).join(_title(call, each) for each in names)
        await call.refuse(call.words(OverSay.EVAL_UNKNOWN, name=what.strip()[:_QUESTION], names=listed))
        return
    try:
        run = await _started(call, measuring, name)
    except InvalidInput as error:
        # The error tells of the operator's own file and of nothing else.
        await call.refuse(call.words(OverSay.EVAL_BROKEN, problem=str(error)))
        return
    except Busy:
        await call.refuse(_busy(call, measuring))
        return
    await _show(call, run)


async def cancel(call: Call, press: Press) -> None:
    """Breaks a run off."""
    measuring = call.means.oversight.measuring if call.means.oversight else None
    if measuring is None or not measuring.cancel(press.payload.subject):
        await call.refuse(call.words(Say.REINDEX_GONE))
        return
    await _note(call, "eval-cancel", "")


async def _started(call: Call, measuring: Measuring, name: str) -> EvaluationRun:
    chosen = await measuring.sets.read(name)
    run = measuring.start(call.means.new_id(), call.person.name or call.person.id, chosen)
    await _note(call, "eval", name)
    return run


async def _show(call: Call, run: EvaluationRun) -> None:
    """Follows a run to its end. Being cancelled breaks it off."""
    earlier = [*await call.means.store.oversight.evaluations(run.name, limit=1)]
    try:
        message = await call.adapter.post(call.place, _running(call, run), nonce=run.id)
        await keep_shown(call, message, run, _running)
    finally:
        run.task.cancel()
        await asyncio.wait({run.task})
    await _finish(call, run, message, earlier)


async def _finish(call: Call, run: EvaluationRun, message: MessageRef, earlier: Sequence[Evaluation]) -> None:
    """The figures for everybody; which questions fare worse, for whoever asked."""
    if run.task.cancelled():
        await show_surely(call, message, call.words(OverSay.EVAL_CANCELLED), refused=True)
        return
    if error := run.task.exception():
        await show_surely(call, message, call.words(OverSay.EVAL_FAILED))
        raise error
    made, before = run.task.result(), next(iter(earlier), None)
    await show_surely(call, message, _figures(call, made, before), rows=(_row(made, before),))
    if before is not None:
        await call.whisper(_worse(call, worsened(before.marks, made.marks)))


def _figures(call: Call, made: Evaluation, before: Evaluation | None) -> str:
    new, old = tally(made.marks), tally(before.marks) if before else None
    hits = [_share(new.hits[most], old.hits[most] if old else None, known=old) for most in new.hits]
    lines = [
        call.words(OverSay.EVAL_TITLE, name=_title(call, made.name), questions=new.questions),
        "",
        call.words(OverSay.EVAL_HITS, one=hits[0], three=hits[1], five=hits[2]),
        call.words(
            OverSay.EVAL_VERDICTS,
            answered=_share(new.answered, old.answered if old else None, known=old),
            refused=_share(new.refused, old.refused if old else None, known=old),
        ),
    ]
    if new.failed:
        lines.append(call.words(OverSay.EVAL_FAILURES, count=new.failed))
    since = call.words(OverSay.EVAL_SINCE, day=before.at.date().isoformat()) if before else ""
    return "\n".join([*lines, since or call.words(OverSay.EVAL_FIRST)])


def _row(made: Evaluation, before: Evaluation | None) -> Mapping[str, Any]:
    """The same as plain values; a share of nothing is null."""

    def told(each: Evaluation) -> dict[str, Any]:
        counted = tally(each.marks)
        hits = {f"hit@{most}": value for most, value in counted.hits.items()}
        return {**hits, "answered": counted.answered, "refused": counted.refused, "failed": counted.failed}

    row = {"set": made.name, "questions": len(made.marks), **told(made)}
    if before is None:
        return row
    worse = worsened(before.marks, made.marks)
    names = {name: list(getattr(worse, name)) for name in ("lost", "unanswered", "overanswered")}
    return {**row, "before": {"at": before.at.isoformat(), **told(before)}, **names}


def _share(new: float | None, old: float | None, *, known: Tally | None) -> str:
    told = "–" if new is None else f"{new:.3f}"
    return told if known is None or old is None else f"{told} ({old:.3f})"


def _worse(call: Call, worse: Worse) -> str:
    if not worse.any:
        return call.words(OverSay.EVAL_SAME)
    groups = (
        (OverSay.EVAL_LOST, worse.lost),
        (OverSay.EVAL_UNANSWERED, worse.unanswered),
        (OverSay.EVAL_OVERANSWERED, worse.overanswered),
    )
    blocks = []
    for say, questions in groups:
        if questions:
            lines = [f"- {one_line(question, _QUESTION)}" for question in questions[:_NAMED]]
            if len(questions) > _NAMED:
                lines.append(call.words(Say.REINDEX_MORE, more=len(questions) - _NAMED))
            blocks.append("\n".join([call.words(say, count=len(questions)), *lines]))
    return "\n\n".join(blocks)


def _running(call: Call, run: EvaluationRun) -> Reply:
    payload = Payload(verb=Verb.EVAL_CANCEL, subject=run.id, argument=call.language.value)
    button = Button(label=call.words(Say.REINDEX_CANCEL), payload=payload)
    text = call.words(OverSay.EVAL_RUNNING, done=run.done_count, total=run.total)
    return Reply(text="", status=text, actions=((button,),), language=call.language)


def _busy(call: Call, measuring: Measuring) -> str:
    run = measuring.running
    if run is None:
        return call.words(Say.REINDEX_GONE)
    return call.words(OverSay.EVAL_BUSY, who=run.who, since=f"{run.since:%H:%M}")


def _named(call: Call, typed: str, names: Sequence[str]) -> str:
    """The set that is meant: by its identifier, or by its name in either language."""
    if not typed:
        return names[0]
    for language in LANGUAGES:
        words = call.means.wording.words("sets", language)
        if found := next((key for key, word in words.items() if typed.casefold() in {key, word.casefold()}), None):
            return found
    return typed


def _title(call: Call, name: str) -> str:
    words = call.means.wording.words("sets", call.language)
    return f"{words.get(name, name)} (`{name}`)"


async def _note(call: Call, action: str, name: str) -> None:
    actor = call.means.pseudonym(call.person.key)
    details = {"set": name} if name else {}
    await call.means.store.audit.append(AuditEntry(at=call.means.now(), actor=actor, action=action, details=details))
