"""`admin`: the state of the library, what is registered, and bringing it up to date without leaving the chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.chat import Press
from bot.commands import documents, inputs, proposals, quality, steering, usage
from bot.commands.call import Call
from bot.commands.input_rights import may_know
from bot.commands.registry import Argument, ArgumentKind, Command, Level
from bot.commands.reindex_recovery import tell_of_broken_run
from bot.commands.reindexing import show_run
from bot.indexing import IndexRuns
from bot.records import AuditEntry
from bot.replies import Reply
from bot.wording import LANGUAGES, Say
from rag.errors import IndexLocked

if TYPE_CHECKING:
    from rag.catalogue import Input

_FULL, _FORCE = "full", "force"
_LIBRARY = ("status", "reindex", "inputs", "review", "documents")
_OVERSIGHT: Mapping[str, Callable[[Call, str], Awaitable[None]]] = {
    "eval": quality.start,
    "usage": usage.show,
    "limits": steering.limits,
    "labels": steering.labels,
    "maintenance": steering.maintenance,
}
_COMPLETIONS = 25


def command() -> Command:
    """The command."""
    return Command(
        name="admin",
        run=run,
        level=Level.ADMIN,
        arguments=(
            Argument(name="action", kind=ArgumentKind.CHOICE, choices=(*_LIBRARY, *_OVERSIGHT)),
            Argument(name="what", complete=complete_input),
        ),
    )


async def run(call: Call, arguments: Mapping[str, str]) -> None:
    """Shows the state, lists what is registered, or starts a run."""
    if overseen := _OVERSIGHT.get(arguments.get("action", "")):
        await overseen(call, arguments.get("what", ""))
        return
    runs = call.means.index
    if runs is None:
        await call.refuse(call.words(Say.ADMIN_ELSEWHERE))
        return
    match arguments.get("action", "status"):
        case "reindex":
            await _reindex(call, runs, arguments.get("what", ""))
        case "review":
            await proposals.show(call, arguments.get("what", ""))
        case "documents":
            await documents.show(call, arguments.get("what", ""))
        case "inputs" if call.means.inputs is not None:
            await inputs.typed(call, arguments.get("what", ""))
        case "inputs":
            await call.whisper(await _inputs(call, runs))
        case _:
            await call.whisper(await status(call, runs), rows=(await _state(call, runs),))


async def _reindex(call: Call, runs: IndexRuns, what: str) -> None:
    everything = await runs.library.inputs()
    if not everything:
        await call.refuse(call.words(Say.ADMIN_NO_INPUTS))
        return
    registered = [each for each in everything if await may_know(call, each.filing.audience)]
    name, asked = _read(call, what)
    chosen = [each for each in registered if name.casefold() in _names(each)] if name else []
    if name and not chosen:
        usage = call.typed("admin", guarded=True, action="reindex", what="")
        listed = call.words(Say.LIST_SEPARATOR).join(f"`{_shown(each)}`" for each in registered)
        await call.refuse(call.words(Say.ADMIN_UNKNOWN_INPUT, name=name, inputs=listed, usage=usage))
        return
    # The note of a run that was broken off makes room for that of this one.
    await tell_of_broken_run(call.means, call.means.now())
    try:
        run = runs.start(
            call.means.new_id(),
            call.person.name or call.person.id,
            chosen,
            full=_FULL in asked,
            force=_FORCE in asked,
        )
    except IndexLocked:
        await call.refuse(_busy(call, runs))
        return
    await _note(call, "reindex", _noted(chosen, asked))
    await show_run(call, run, runs.journal)


async def cancel(call: Call, press: Press) -> None:
    """Breaks off the run that a message shows; where it does not run any more, the message says so."""
    runs = call.means.index
    if runs is not None and runs.cancel(press.payload.subject):
        await _note(call, "reindex-cancel", {})
        return
    gone = call.words(Say.REINDEX_GONE)
    if press.message is not None:
        await call.adapter.edit(press.message, Reply(text=gone, language=call.language))
    else:
        await call.whisper(gone)


async def complete_input(call: Call, typed: str) -> Sequence[str]:
    """Names of what is registered that hold what was typed; for admins alone."""
    runs = call.means.index
    if runs is None or not call.means.is_admin(call.person):
        return ()
    wanted = typed.strip().casefold()
    found = [each for each in await runs.library.inputs() if wanted in _shown(each).casefold()]
    return [_shown(each) for each in found if await may_know(call, each.filing.audience)][:_COMPLETIONS]


async def status(call: Call, runs: IndexRuns) -> str:
    """How much the library holds, and who is bringing it up to date at the moment."""
    counts, inputs = await runs.library.counts(), await runs.library.inputs()
    told = call.words(Say.ADMIN_STATUS, documents=counts.documents, chunks=counts.chunks, inputs=len(inputs))
    lines = [told, _busy(call, runs) if runs.holder else await _interrupted(call, runs), steering.paused_line(call)]
    return "\n".join(line for line in lines if line)


async def _state(call: Call, runs: IndexRuns) -> Mapping[str, Any]:
    """The same as plain values."""
    counts, inputs = await runs.library.counts(), await runs.library.inputs()
    busy = {"busy": runs.holder.who, "since": runs.holder.since.isoformat()} if runs.holder else {}
    sizes = {"documents": counts.documents, "chunks": counts.chunks, "inputs": len(inputs)}
    return {**sizes, **busy, **steering.paused_row(call)}


async def _interrupted(call: Call, runs: IndexRuns) -> str:
    broken = await runs.journal.left()
    if broken is None:
        return ""
    usage = call.typed("admin", guarded=True, action="reindex")
    return call.words(Say.ADMIN_INTERRUPTED, since=f"{broken.since:%Y-%m-%d %H:%M}", usage=usage)


async def _inputs(call: Call, runs: IndexRuns) -> str:
    everything = await runs.library.inputs()
    registered = [each for each in everything if await may_know(call, each.filing.audience)]
    if not registered:
        return call.words(Say.ADMIN_NO_INPUTS)
    lines = [f"- `{_shown(each)}`{'' if each.path.exists() else call.words(Say.ADMIN_GONE)}" for each in registered]
    return "\n".join([call.words(Say.ADMIN_INPUTS), *lines])


def _busy(call: Call, runs: IndexRuns) -> str:
    holder = runs.holder
    if holder is None:
        return call.words(Say.REINDEX_GONE)
    return call.words(Say.REINDEX_BUSY, who=holder.who, since=f"{holder.since:%H:%M}")


def _read(call: Call, what: str) -> tuple[str, frozenset[str]]:
    """The input that is named, "" for all, and how it is to be read: in full, or to be put to use by force."""
    words = {word: word for word in (_FULL, _FORCE)}
    for word in (_FULL, _FORCE):
        words |= {call.means.wording.word("every", word, language).casefold(): word for language in LANGUAGES}
    given, asked = what.split(), set[str]()
    while given and given[-1].casefold() in words:
        asked.add(words[given.pop().casefold()])
    name = " ".join(given)
    every = {call.means.wording.word("every", "all", language).casefold() for language in LANGUAGES}
    return "" if name.casefold() in every else name, frozenset(asked)


def _noted(chosen: Sequence[Input], asked: frozenset[str]) -> Mapping[str, str]:
    forced = {"force": "True"} if _FORCE in asked else {}
    return {"inputs": ", ".join(map(_shown, chosen)), "full": str(_FULL in asked), **forced}


def _names(each: Input) -> set[str]:
    return {name.casefold() for name in (each.key, str(each.path), each.path.name)}


def _shown(each: Input) -> str:
    return (each.name or str(each.path)).replace("`", "'")


async def _note(call: Call, action: str, details: Mapping[str, str]) -> None:
    entry = AuditEntry(
        at=call.means.now(),
        actor=call.means.pseudonym(call.person.key),
        action=action,
        subject="library",
        details=details,
    )
    await call.means.store.audit.append(entry)
