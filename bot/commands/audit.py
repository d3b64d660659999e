"""`audit`: what admins did and what was refused, for admins."""

from __future__ import annotations

from collections.abc import Mapping

from bot.commands.call import Call
from bot.commands.registry import Argument, ArgumentKind, Command, Level
from bot.commands.settings import hidden_topics
from bot.records import OPERATOR, AuditEntry
from bot.rights import Role
from bot.wording import Say

_SHOWN, _MOST = 15, 100
_LOOKED_AT = 2_000
_HASH_CHARACTERS = 8
_SET_UP = frozenset({"settings", "rights"})


def command() -> Command:
    """The command."""
    return Command(
        name="audit", run=show, level=Level.ADMIN, arguments=(Argument(name="count", kind=ArgumentKind.WORD),)
    )


async def show(call: Call, arguments: Mapping[str, str]) -> None:
    """Lists the last entries that concern the workspace; an owner sees those of all."""
    typed = arguments.get("count", str(_SHOWN))
    if not (typed.isdecimal() and 0 < int(typed) <= _MOST):
        await call.whisper(call.words(Say.AUDIT_COUNT, value=typed, most=_MOST))
        return
    entries = await call.means.store.audit.latest(limit=_LOOKED_AT)
    seen = [entry for entry in entries if _concerns(call, entry)][: int(typed)]
    if not seen:
        await call.whisper(call.words(Say.AUDIT_EMPTY))
        return
    hidden = await hidden_topics(call)
    lines = [_line(call, entry, hidden) for entry in seen]
    await call.whisper("\n".join([call.words(Say.AUDIT_TITLE, count=len(lines)), "", *lines]))


def _concerns(call: Call, entry: AuditEntry) -> bool:
    """Entries without a place are of the program, which all workspaces share; how it is set up concerns its owners."""
    if call.means.role(call.person) >= Role.OWNER:
        return True
    own = f"{call.place.platform}/{call.place.workspace}/"
    return entry.action not in _SET_UP and (not entry.subject or entry.subject.startswith(own))


def _line(call: Call, entry: AuditEntry, hidden: frozenset[str]) -> str:
    actor = entry.actor if entry.actor == OPERATOR else entry.actor[:_HASH_CHARACTERS]
    separator = call.words(Say.LIST_SEPARATOR)
    told = {name: _veiled(value, hidden) for name, value in entry.details.items() if value}
    details = separator.join(f"{name} = {value}" for name, value in told.items())
    parts = [f"{entry.at:%Y-%m-%d %H:%M}", f"**{entry.action}**", entry.subject, f"`{actor}`", details]
    return "- " + " · ".join(part for part in parts if part)


def _veiled(value: str, hidden: frozenset[str]) -> str:
    """A value without topics that may not be shown here: a channel with more labels may have set them."""
    return ", ".join("…" if each in hidden else each for each in value.split(", "))
