"""`admin`: the state of the library, what is registered, and bringing it up to date without leaving the chat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from bot.chat import Press
from bot.commands import basic, documents, proposals
from bot.commands.call import Call
from bot.commands.registry import Argument, ArgumentKind, Command, Level, Registry
from bot.commands.reindexing import show_run
from bot.indexing import IndexRuns
from bot.records import AuditEntry
from bot.replies import Reply
from bot.wording import LANGUAGES, Say
from rag.errors import IndexLocked

if TYPE_CHECKING:
    from rag.catalogue import Input

_FULL = "full"
_COMPLETIONS = 25


def command(registry: Callable[[], Registry]) -> Command:
    """The command. The registry is handed in late, for it holds it."""
    admin = Admin(registry)
    return Command(
        name="admin",
        run=admin.run,
        level=Level.ADMIN,
        arguments=(
            Argument(
                name="action", kind=ArgumentKind.CHOICE, choices=("status", "reindex", "inputs", "review", "documents")
            ),
            Argument(name="what", complete=complete_input),
        ),
    )


class Admin:
    """What the command does."""

    def __init__(self, registry: Callable[[], Registry]) -> None:
        self._registry = registry

    async def run(self, call: Call, arguments: Mapping[str, str]) -> None:
        """Shows the state, lists what is registered, or starts a run."""
        runs = call.means.index
        if runs is None:
            await call.whisper(call.words(Say.ADMIN_ELSEWHERE))
            return
        match arguments.get("action", "status"):
            case "reindex":
                await self._reindex(call, runs, arguments.get("what", ""))
            case "review":
                await proposals.show(call, arguments.get("what", ""))
            case "documents":
                await documents.show(call, arguments.get("what", ""))
            case "inputs":
                await call.whisper(await _inputs(call, runs))
            case _:
                await call.whisper(await _status(call, runs))

    async def _reindex(self, call: Call, runs: IndexRuns, what: str) -> None:
        registered = await runs.library.inputs()
        if not registered:
            await call.whisper(call.words(Say.ADMIN_NO_INPUTS))
            return
        name, full = _read(call, what)
        chosen = [each for each in registered if name.casefold() in _names(each)] if name else []
        if name and not chosen:
            found = self._registry().find("admin")
            usage = basic.usage_of(call, self._registry(), found.command) if found else ""
            listed = call.words(Say.LIST_SEPARATOR).join(f"`{_shown(each)}`" for each in registered)
            await call.whisper(call.words(Say.ADMIN_UNKNOWN_INPUT, name=name, inputs=listed, usage=usage))
            return
        try:
            run = runs.start(call.means.new_id(), call.person.name or call.person.id, chosen, full=full)
        except IndexLocked:
            await call.whisper(_busy(call, runs))
            return
        await _note(call, "reindex", {"inputs": ", ".join(map(_shown, chosen)), "full": str(full)})
        await show_run(call, run)


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
    return [_shown(each) for each in await runs.library.inputs() if wanted in _shown(each).casefold()][:_COMPLETIONS]


async def _status(call: Call, runs: IndexRuns) -> str:
    counts, inputs = await runs.library.counts(), await runs.library.inputs()
    told = call.words(Say.ADMIN_STATUS, documents=counts.documents, chunks=counts.chunks, inputs=len(inputs))
    return f"{told}\n{_busy(call, runs)}" if runs.holder else told


async def _inputs(call: Call, runs: IndexRuns) -> str:
    registered = await runs.library.inputs()
    if not registered:
        return call.words(Say.ADMIN_NO_INPUTS)
    lines = [f"- `{_shown(each)}`{'' if each.path.exists() else call.words(Say.ADMIN_GONE)}" for each in registered]
    return "\n".join([call.words(Say.ADMIN_INPUTS), *lines])


def _busy(call: Call, runs: IndexRuns) -> str:
    holder = runs.holder
    if holder is None:
        return call.words(Say.REINDEX_GONE)
    return call.words(Say.REINDEX_BUSY, who=holder.who, since=f"{holder.since:%H:%M}")


def _read(call: Call, what: str) -> tuple[str, bool]:
    """The input that is named, "" for all, and whether everything is to be read again."""
    words = {_FULL, *(call.means.wording.word("every", _FULL, language).casefold() for language in LANGUAGES)}
    given = what.split()
    full = bool(given) and given[-1].casefold() in words
    return " ".join(given[:-1] if full else given), full


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
