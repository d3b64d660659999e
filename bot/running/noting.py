"""What whoever has the machine does is in the audit log, too: work through the control socket, changed settings."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import Any

from bot.control.server import Respond
from bot.control.wire import Backup, Envelope, Remove, Update, decode
from bot.ledgers import AuditBook
from bot.records import OPERATOR, AuditEntry
from bot.rights import Rights
from bot.settings import LoadedSettings, Settings, setting_names
from rag.errors import RagError

log = logging.getLogger(__name__)

_RIGHTS, _SETTINGS = "rights", "settings"
_LOOKED_BACK = 1_000
"""Entries in which the last ones on rights and settings are looked for."""

_COUNTED = ("added", "updated", "removed", "failed")


def noted(respond: Respond, audit: AuditBook, *, now: Callable[[], datetime]) -> Respond:
    """A responder whose work on the index and whose backups are noted when they have ended, however they did."""

    async def reply(envelope: Envelope) -> AsyncGenerator[bytes, None]:
        request = envelope.request
        result, last = "broken off", b""
        try:
            async with aclosing(respond(envelope)) as lines:
                async for line in lines:
                    last = line
                    yield line
            result = "done"
        except RagError as error:
            result = f"failed: {type(error).__name__}"
            raise
        finally:
            if isinstance(request, Update | Remove | Backup):
                details = {**_asked(request), "result": result, **(_counts(last) if result == "done" else {})}
                action = "backup" if isinstance(request, Backup) else "index"
                await _append(audit, AuditEntry(at=now(), actor=OPERATOR, action=action, details=details))

    return reply


async def note_rights(
    audit: AuditBook, rights: Rights, *, pseudonym: Callable[[str], str], now: Callable[[], datetime]
) -> None:
    """Note who holds which role and label, where settings say otherwise than at the last start; people as hashes."""
    await _note_change(audit, _RIGHTS, _told(rights, pseudonym), now=now)


async def note_settings(audit: AuditBook, settings: Settings, *, now: Callable[[], datetime]) -> None:
    """Note which settings are not as they ship, where that is otherwise than at the last start; secrets as stars."""
    await _note_change(audit, _SETTINGS, _changed(settings), now=now)


async def _note_change(audit: AuditBook, action: str, after: dict[str, str], *, now: Callable[[], datetime]) -> None:
    """Adds what holds now and what held before, where the two differ."""
    entries = await audit.latest(limit=_LOOKED_BACK)
    last = next((each for each in entries if each.action == action), None)
    before = {} if last is None else {name: each for name, each in last.details.items() if not name.startswith("was ")}
    if before == after:
        return
    changed = {
        f"was {name}": before.get(name, "") for name in {**before, **after} if before.get(name) != after.get(name)
    }
    await _append(audit, AuditEntry(at=now(), actor=OPERATOR, action=action, details={**after, **changed}))


async def _append(audit: AuditBook, entry: AuditEntry) -> None:
    """Adds an entry about what has been done already; where the store fails, the log has it."""
    try:
        await audit.append(entry)
    except RagError as error:
        log.warning("not_audited", extra={"action": entry.action, "error": error.logged})


def _asked(request: Update | Remove | Backup) -> dict[str, str]:
    match request:
        case Update():
            names = ", ".join(each.name or each.path.name for each in request.inputs)
            return {"inputs": names or "all", **_how(request)}
        case Remove():
            return {"removed": request.path.name}
        case _:
            return {"keys": "yes" if request.keys else "no"}


def _how(request: Update) -> dict[str, str]:
    return {name: "yes" for name, asked in (("full", request.full), ("force", request.force)) if asked}


def _counts(line: bytes) -> dict[str, str]:
    """How many documents a run has changed, from the last line of its reply."""
    report: Any = decode(line).content if line else None
    if not isinstance(report, Mapping):
        return {}
    held = {"held": "yes"} if isinstance(fall := report.get("fall"), Mapping) and fall.get("held") else {}
    return held | {name: str(len(report[name])) for name in _COUNTED if isinstance(report.get(name), list)}


def _changed(settings: Settings) -> dict[str, str]:
    """Settings that are not as they ship. Rights are noted as hashes, and the home is where the log lies."""
    now, shipped = _values(settings), _values(Settings(home=settings.home))
    told = (name for name in now if name != "home" and not name.startswith("rights."))
    return {name: now[name] for name in told if now[name] != shipped[name]}


def _values(settings: Settings) -> dict[str, str]:
    loaded = LoadedSettings(settings=settings, origins=dict.fromkeys(setting_names(), ""), config=None)
    return {name: value for name, value, _ in loaded.rows()}


def _told(rights: Rights, pseudonym: Callable[[str], str]) -> dict[str, str]:
    held = {role.name.lower(): holders for role, holders in rights.roles.items()}
    held |= {f"label {label}": holders for label, holders in rights.labels.items()}
    return {
        name: ", ".join(
            sorted(
                f"{each.platform} group {each.id}"
                if each.is_group
                else pseudonym(f"{each.platform}/{each.workspace}/{each.id}")
                for each in holders
            )
        )
        for name, holders in held.items()
        if holders
    }
