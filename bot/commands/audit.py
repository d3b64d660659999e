"""`audit`: what admins did and what was refused, for admins, to read and as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace

from bot.commands.call import Call
from bot.commands.registry import Argument, ArgumentKind, Command, Level
from bot.commands.settings import hidden_topics
from bot.records import OPERATOR, AuditEntry
from bot.replies import File
from bot.rights import Role
from bot.wording import Say

_SHOWN, _MOST = 15, 100
_LOOKED_AT, _ALL = 2_000, 2**31 - 1
_FILE = "advisor-audit.jsonl"
_HASH_CHARACTERS = 8
_SET_UP = frozenset({"settings", "rights"})


def command() -> Command:
    """The command."""
    action = Argument(name="action", kind=ArgumentKind.CHOICE, choices=("show", "export"))
    count = Argument(name="count", kind=ArgumentKind.WORD)
    return Command(name="audit", run=run, level=Level.ADMIN, arguments=(action, count))


async def run(call: Call, arguments: Mapping[str, str]) -> None:
    """Lists the last entries that concern the workspace, or hands all of them over; an owner sees those of all."""
    if arguments.get("action") == "export":
        await _export(call)
        return
    typed = arguments.get("count", str(_SHOWN))
    if not (typed.isdecimal() and 0 < int(typed) <= _MOST):
        await call.whisper(call.words(Say.AUDIT_COUNT, value=typed, most=_MOST))
        return
    seen = (await _entries(call, limit=_LOOKED_AT))[: int(typed)]
    if not seen:
        await call.whisper(call.words(Say.AUDIT_EMPTY))
        return
    lines = [_line(call, entry) for entry in seen]
    await call.whisper("\n".join([call.words(Say.AUDIT_TITLE, count=len(lines)), "", *lines]))


async def _export(call: Call) -> None:
    if not call.is_private:
        await call.whisper(call.words(Say.PRIVACY_DIRECT))
        return
    entries = await _entries(call, limit=_ALL)
    lines = [json.dumps({**asdict(entry), "at": entry.at.isoformat()}, ensure_ascii=False) for entry in entries[::-1]]
    file = File(name=_FILE, content="\n".join([*lines, ""]).encode(errors="replace"), media_type="application/json")
    await call.whisper(call.words(Say.AUDIT_EXPORTED, count=len(lines)), files=(file,))


async def _entries(call: Call, *, limit: int) -> list[AuditEntry]:
    """What concerns the reader, the latest first, without topics that may not be shown here."""
    entries = await call.means.store.audit.latest(limit=limit)
    hidden = await hidden_topics(call)
    return [
        replace(entry, details={name: _veiled(value, hidden) for name, value in entry.details.items()})
        for entry in entries
        if _concerns(call, entry)
    ]


def _concerns(call: Call, entry: AuditEntry) -> bool:
    """Entries without a place are of the program, which all workspaces share; how it is set up concerns its owners."""
    if call.means.role(call.person) >= Role.OWNER:
        return True
    own = f"{call.place.platform}/{call.place.workspace}/"
    return entry.action not in _SET_UP and (not entry.subject or entry.subject.startswith(own))


def _line(call: Call, entry: AuditEntry) -> str:
    actor = entry.actor if entry.actor == OPERATOR else entry.actor[:_HASH_CHARACTERS]
    separator = call.words(Say.LIST_SEPARATOR)
    details = separator.join(f"{name} = {value}" for name, value in entry.details.items() if value)
    parts = [f"{entry.at:%Y-%m-%d %H:%M}", f"**{entry.action}**", entry.subject, f"`{actor}`", details]
    return "- " + " · ".join(part for part in parts if part)


def _veiled(value: str, hidden: frozenset[str]) -> str:
    """A value without topics that may not be shown here: a channel with more labels may have set them."""
    return ", ".join("…" if each in hidden else each for each in value.split(", "))
