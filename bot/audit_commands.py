"""`advisor audit`: the audit log on the command line, listed or written to a file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.errors import StoreFailed
from bot.operations import DONE, Terminal
from bot.output import write_line
from bot.records import AuditEntry
from bot.store.ledgers import SqlAudit
from bot.store.opening import open_database
from bot.store.urls import FILE_NAME, store_url
from bot.store_commands import Kept
from bot.terminal import printable
from rag.errors import InvalidInput

_ALL = 2**31 - 1


async def run_audit_list(kept: Kept, terminal: Terminal, *, limit: int) -> int:
    """Prints the last entries, the latest first. Raises StoreFailed."""
    for entry in await _entries(kept, limit=limit):
        if terminal.json:
            write_line(terminal.lines, _record(entry))
            continue
        details = ", ".join(f"{name} = {value}" for name, value in entry.details.items() if value)
        parts = (f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.action, entry.subject, entry.actor, details)
        terminal.out.print(printable("  ".join(part for part in parts if part)), soft_wrap=True)
    return DONE


async def run_audit_export(kept: Kept, terminal: Terminal, file: Path) -> int:
    """Writes all entries to a new file, the earliest first, as JSON lines. Raises StoreFailed, InvalidInput."""
    entries = await _entries(kept, limit=_ALL)
    lines = [json.dumps(_record(entry), ensure_ascii=False) + "\n" for entry in reversed(entries)]
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as target:
            target.writelines(lines)
    except OSError as error:
        raise InvalidInput(
            f"the file {str(file)!r} cannot be made: {error.strerror}; name one that does not exist, in a folder that"
            " this user can write"
        ) from error
    if terminal.json:
        write_line(terminal.lines, {"file": str(file), "entries": len(lines)})
        return DONE
    terminal.out.print(printable(f"Wrote {len(lines)} entries to {str(file)!r}."), soft_wrap=True)
    return DONE


async def _entries(kept: Kept, *, limit: int) -> tuple[AuditEntry, ...]:
    """Read as the store stands: a running bot's store is not to be upgraded beneath it."""
    if kept.database_url is None and not (kept.rag.home / FILE_NAME).exists():
        raise StoreFailed(f"nothing has been kept in {str(kept.rag.home)!r} yet; 'advisor run' begins to")
    async with open_database(store_url(kept.database_url, home=kept.rag.home)) as database:
        return await SqlAudit(database).latest(limit=limit)


def _record(entry: AuditEntry) -> Mapping[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "details": dict(entry.details),
    }
