"""What `advisor doctor` says of the library: what is indexed, from what, and whether the index is of this version."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from datetime import datetime
from importlib import metadata
from typing import TYPE_CHECKING

from bot.doctor_models import examine_models
from bot.findings import Finding, Status
from bot.index_journal import IndexJournal
from rag.errors import IndexLocked, RagError

if TYPE_CHECKING:
    from bot.control.client import RemoteLibrary
    from rag.build import Rag
    from rag.catalogue import Generation, Input
    from rag.settings import RagSettings

_PROBE = "How do startups find their first customers?"
_REBUILD = "advisor index rebuilds it; what answers now goes on until that is done"


async def examine_library(settings: RagSettings, *, now: datetime) -> AsyncIterator[Finding]:
    """What the catalogue holds, how old it is, and what it is kept current from."""
    from rag.build import open_catalogue

    settings.home.mkdir(parents=True, exist_ok=True)
    async with open_catalogue(settings) as catalogue:
        generation, inputs = await catalogue.live(), await catalogue.inputs()
        if generation is None:
            mend = "advisor index PATH, or advisor index --starter"
            yield Finding(check="index", status=Status.WARN, text="nothing is indexed yet", mend=mend)
        else:
            counts = await catalogue.counts()
            text = _told(generation, counts.documents, counts.chunks, now=now)
            yield Finding(check="index", status=Status.OK, text=text)
        sizes = await catalogue.sizes()
        for each in inputs:
            yield _input(each, documents=sizes.get(each.key, 0))


def _input(each: Input, *, documents: int) -> Finding:
    """Whether what the library is kept current from is there."""
    from rag.ingest.files import is_bare

    if not each.path.exists():
        mend = "bring it back, or take it out: advisor index --remove PATH"
        return Finding(check="input", status=Status.WARN, text=f"{each.path} is gone", mend=mend)
    if documents and not each.name and is_bare(each.path):
        mend = "bring its files back, or let its documents go: advisor index --force"
        text = f"{each.path} is empty, as the folder of a disk is that is not mounted"
        return Finding(check="input", status=Status.WARN, text=text, mend=mend)
    return Finding(check="input", status=Status.OK, text=str(each.path))


def _told(generation: Generation, documents: int, chunks: int, *, now: datetime) -> str:
    days = max((now - generation.created).days, 0)
    made = f"{generation.created:%Y-%m-%d %H:%M} ({days} days ago)"
    return f"{documents} documents, {chunks} chunks, generation {generation.id} made {made} by {generation.identity}"


async def examine_engine(settings: RagSettings) -> AsyncIterator[Finding]:
    """Opens the whole core, as an answer does, and embeds a probe; where a bot has it open, that bot is asked."""
    from rag.build import open_rag

    began = time.perf_counter()
    try:
        async with open_rag(settings) as rag:
            yield Finding(check="lock", status=Status.OK, text="no other process owns the index")
            for finding in await _broken(settings):
                yield finding
            vectors = await rag.embedder.embed_queries([_PROBE])
            text = f"{rag.embedder.identity}, {vectors.shape[1]} numbers, {time.perf_counter() - began:.1f} s to open"
            yield Finding(check="embedder", status=Status.OK, text=text)
            yield _calibrated(rag.calibration.fitted_on)
            live = await rag.catalogue.live()
            yield _match(live, rag.embedder.identity, rag.indexer.identity())
            yield await _vectors(rag, live, settings.chroma.url)
            async for finding in examine_models(rag.models, settings.model, clock=time.perf_counter):
                yield finding
    except IndexLocked as error:
        async for finding in _beside(settings, error):
            yield finding


async def _beside(settings: RagSettings, error: IndexLocked) -> AsyncIterator[Finding]:
    """What can be seen while another process has the index: whether it is the bot, and the language models."""
    from bot.control.reaching import open_remote
    from rag.build import open_models

    version = metadata.version("startup-advisor")
    try:
        async with open_remote(settings.home, version=version, process=os.getpid()) as remote:
            if remote is None:
                mend = "wait until it is done, or end it; the embedder is checked when the index is free"
                yield Finding(check="lock", status=Status.WARN, text=str(error), mend=mend)
            else:
                for finding in await _asked(remote):
                    yield finding
    except RagError as failed:
        problem, _, mend = str(failed).partition("; ")
        mend = mend or "look at the running bot's log, or restart it"
        yield Finding(check="lock", status=Status.WARN, text=problem, mend=mend)
    async with open_models(settings.model) as models:
        async for finding in examine_models(models, settings.model, clock=time.perf_counter):
            yield finding


async def _asked(remote: RemoteLibrary) -> list[Finding]:
    """What the running bot says of itself."""
    counts = await remote.catalogue.counts()
    text = (
        f"the running bot (process {remote.process}) has the index and answers; it holds {counts.documents} documents"
    )
    return [
        Finding(check="lock", status=Status.OK, text=text),
        Finding(check="embedder", status=Status.OK, text=f"{remote.embedder.identity}, opened by the running bot"),
        _calibrated(remote.calibration.fitted_on),
    ]


async def _broken(settings: RagSettings) -> list[Finding]:
    """An index run that went down with its program: nobody else can be at work while the index is this process's."""
    note = await IndexJournal(settings.home).left()
    if note is None:
        return []
    text = f"an index run that began {note.since:%Y-%m-%d %H:%M} UTC was broken off; what was there before answers"
    return [Finding(check="index", status=Status.WARN, text=text, mend="advisor index goes on where it stopped")]


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


def _match(generation: Generation | None, embedder: str, identity: str) -> Finding:
    if generation is None or generation.identity == identity:
        return Finding(check="match", status=Status.OK, text="the index fits this version and its embedder")
    if generation.embedder == embedder:
        text = f"the index was made as {generation.identity}, this version makes it as {identity}"
        return Finding(check="match", status=Status.WARN, text=text, mend=_REBUILD)
    return Finding(
        check="match",
        status=Status.FAIL,
        text=f"the index was made by the embedder {generation.embedder}, {embedder} is configured",
        mend="advisor index rebuilds it; or set the embedder back",
    )
