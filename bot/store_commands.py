"""The commands of operators over what the program keeps: `advisor db upgrade`, `advisor backup`, `advisor restore`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from bot.operations import DONE, Terminal
from bot.output import write_line
from bot.store.backup import BackupJob, BackupReport, make_backup
from bot.store.database import Database
from bot.store.migrating import upgrade
from bot.store.opening import open_database
from bot.store.restore import restore_backup, settle
from bot.store.settling import settle_home
from bot.store.urls import store_url
from bot.terminal import printable
from rag.build import own_index
from rag.settings import RagSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept and where: the core's settings, and `ADVISOR_DATABASE_URL`."""

    rag: RagSettings
    database_url: SecretStr | None = None


async def run_upgrade(kept: Kept, terminal: Terminal) -> int:
    """Brings the store to the newest schema. Raises StoreFailed, InvalidSettings."""
    await settle_home(kept.rag)
    async with open_database(store_url(kept.database_url, home=kept.rag.home)) as database:
        before, after = await upgrade(database)
    if terminal.json:
        write_line(terminal.lines, {"before": before, "after": after})
        return DONE
    done = f"is at revision {after} already" if before == after else f"went from {before or 'nothing'} to {after}"
    terminal.out.print(f"The store {done}.")
    return DONE


async def run_backup(kept: Kept, terminal: Terminal, file: Path, *, with_keys: bool) -> int:
    """Makes a backup while no program runs. Raises IndexLocked beside one, BackupFailed, StoreFailed."""
    async with own_index(kept.rag), _remote(kept) as remote:
        await settle(kept.rag.home)
        job = BackupJob(home=kept.rag.home, file=file, remote=remote, with_keys=with_keys)
        report = await make_backup(job, at=datetime.now(UTC))
    show_backup(report, terminal)
    if kept.rag.chroma.url is not None:
        terminal.complain("The vectors lie on the Chroma server and are not in the backup; back that server up, too.")
    return DONE


async def run_restore(kept: Kept, terminal: Terminal, file: Path) -> int:
    """Replaces what is kept by a backup. Raises IndexLocked while a program runs, BackupFailed, StoreFailed."""
    async with own_index(kept.rag), _remote(kept) as remote:
        manifest = await restore_backup(kept.rag.home, file, remote=remote)
    made = manifest.made_at.astimezone(UTC)
    if terminal.json:
        write_line(terminal.lines, {"file": str(file), "made_at": made.isoformat(), "files": len(manifest.files)})
        return DONE
    terminal.out.print(printable(f"Restored {str(file)!r}, made on {made:%Y-%m-%d at %H:%M} UTC."), soft_wrap=True)
    if kept.rag.chroma.url is not None:
        terminal.complain("The vectors lie on the Chroma server: run 'advisor index --full', or restore it, too.")
    return DONE


def show_backup(report: BackupReport, terminal: Terminal) -> None:
    """Tells of a backup that was made, here or by a running program."""
    if terminal.json:
        record = {"file": str(report.file), "sha256": report.sha256, "files": report.files, "bytes": report.file_bytes}
        write_line(terminal.lines, record)
        return
    size = f"{report.file_bytes / 1_000_000:.1f} MB"
    terminal.out.print(printable(f"Backed up to {str(report.file)!r} ({size})."), soft_wrap=True)
    terminal.out.print(f"sha256 {report.sha256}", soft_wrap=True)


@asynccontextmanager
async def _remote(kept: Kept) -> AsyncIterator[Database | None]:
    """The store's database where it is none of the home's files."""
    if kept.database_url is None:
        yield None
        return
    async with open_database(store_url(kept.database_url, home=kept.rag.home)) as database:
        yield database
