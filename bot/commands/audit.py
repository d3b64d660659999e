"""`audit`: what admins did and what was refused, for admins, to read and as a file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta

from bot.commands.audit_lines import line, spoken
from bot.commands.call import Call
from bot.commands.input_rights import hidden_names, may_know
from bot.commands.registry import Argument, ArgumentKind, Command, Level
from bot.commands.settings import hidden_topics
from bot.records import AuditEntry
from bot.replies import File
from bot.rights import Role
from bot.saying_oversight import OverSay
from bot.wording import Say

_SHOWN, _MOST = 15, 100
_LOOKED_AT, _ALL = 2_000, 2**31 - 1
_FILE = "advisor-audit.jsonl"
_BACK, _DATE = re.compile(r"\d{1,4}d"), re.compile(r"\d{4}-\d{2}(-\d{2})?")
_PLACE = re.compile(r"[a-z]+/[^/]*/")
"""The beginning of a channel's key; numbers of gaps, ids of documents and paths have none."""

_TARGET = "input"
"""The detail of an entry that names an address or a path: of an input that nobody has registered any more, too."""

_SET_UP = frozenset({"settings", "rights"})


def command() -> Command:
    """The command."""
    action = Argument(name="action", kind=ArgumentKind.CHOICE, choices=("show", "export"), implied="show")
    count = Argument(name="count", kind=ArgumentKind.WORD)
    wanted = Argument(name="filter")
    return Command(name="audit", run=run, level=Level.ADMIN, arguments=(action, count, wanted))


async def run(call: Call, arguments: Mapping[str, str]) -> None:
    """Lists the last entries that concern the workspace, or hands all of them over; an owner sees those of all."""
    typed, words = _read(arguments)
    if arguments.get("action") == "export":
        await _export(call, words)
        return
    if not (typed.isdecimal() and 0 < int(typed) <= _MOST):
        await call.whisper(call.words(Say.AUDIT_COUNT, value=typed, most=_MOST))
        return
    seen = _matching(call, await _entries(call, limit=_LOOKED_AT), words)[: int(typed)]
    filtered = " ".join(f"`{word}`" for word in words)
    if not seen:
        await call.whisper(call.words(OverSay.AUDIT_NONE, filter=filtered) if words else call.words(Say.AUDIT_EMPTY))
        return
    lines = [line(call, entry) for entry in seen]
    title = [call.words(Say.AUDIT_TITLE, count=len(lines))]
    if words:
        title.append(call.words(OverSay.AUDIT_FILTER, filter=filtered))
    await call.whisper("\n".join([*title, "", *lines]))


def _read(arguments: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """How many entries, and the words that they must match; a first word that is no number is one of these."""
    typed, words = arguments.get("count", ""), arguments.get("filter", "").replace("`", "").split()
    if typed and not typed.lstrip("-").isdecimal():
        return str(_SHOWN), (typed.replace("`", ""), *words)
    return typed or str(_SHOWN), tuple(words)


def _matching(call: Call, entries: Iterable[AuditEntry], words: Sequence[str]) -> list[AuditEntry]:
    """Entries that match every word: an action, a part of a place, the beginning of a hash, a day, or `7d` back."""
    return [entry for entry in entries if all(_matches(call, entry, word.casefold()) for word in words)]


def _matches(call: Call, entry: AuditEntry, word: str) -> bool:
    now = call.means.now()
    if _BACK.fullmatch(word):
        return entry.at >= now - timedelta(days=int(word[:-1]))
    if _DATE.fullmatch(word):
        return entry.at.date().isoformat().startswith(word)
    known = (*entry.details.keys(), *entry.details.values())
    return (
        entry.action == word
        or word in entry.subject.casefold()
        or entry.actor.startswith(word)
        or any(word == each.casefold() for each in known)
        or word in spoken(call, entry)
    )


async def _export(call: Call, words: Sequence[str]) -> None:
    if not call.is_private:
        await call.whisper(call.words(Say.PRIVACY_DIRECT))
        return
    entries = _matching(call, await _entries(call, limit=_ALL), words)
    lines = [json.dumps({**asdict(entry), "at": entry.at.isoformat()}, ensure_ascii=False) for entry in entries[::-1]]
    file = File(name=_FILE, content="\n".join([*lines, ""]).encode(errors="replace"), media_type="application/json")
    await call.whisper(call.words(Say.AUDIT_EXPORTED, count=len(lines)), files=(file,))


async def _entries(call: Call, *, limit: int) -> list[AuditEntry]:
    """What concerns the reader, the latest first, without topics that may not be shown here."""
    entries = [entry for entry in await call.means.store.audit.latest(limit=limit) if _concerns(call, entry)]
    hidden = await hidden_topics(call) | await hidden_names(call)
    return [await _readable(call, entry, hidden) for entry in entries]


async def _readable(call: Call, entry: AuditEntry, hidden: frozenset[str]) -> AuditEntry:
    """An entry without what it names of documents that whoever reads along may not know of."""
    audience = frozenset(filter(None, entry.details.get("audience", "").split(", ")))
    named = frozenset(filter(None, (entry.details.get(_TARGET),)))
    target = frozenset() if await may_know(call, audience) else named
    details = {name: _veiled(value, hidden | target) for name, value in entry.details.items()}
    return replace(entry, details=details)


def _concerns(call: Call, entry: AuditEntry) -> bool:
    """Entries of no place are of the program, which all workspaces share; how it is set up concerns its owners."""
    if call.means.role(call.person) >= Role.OWNER:
        return True
    own = f"{call.place.platform}/{call.place.workspace}/"
    return entry.action not in _SET_UP and (not _PLACE.match(entry.subject) or entry.subject.startswith(own))


def _veiled(value: str, hidden: frozenset[str]) -> str:
    """A value without topics and inputs that may not be shown here: a channel with more labels may have set them."""
    return "…" if value in hidden else ", ".join("…" if each in hidden else each for each in value.split(", "))
