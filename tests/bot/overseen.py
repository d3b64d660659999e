"""A home with open gaps, and a running bot's control socket over it, for what admins do on the command line."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.assembly import Assembly, effects_of, inputs_of, means_of, now, oversight_of, schedules_of
from bot.chat import Place, PlaceKind
from bot.commands.catalogue import all_commands
from bot.control.server import open_control
from bot.control.service import Clerks, ControlService
from bot.index_journal import IndexJournal
from bot.indexing import IndexGate, IndexRuns
from bot.inputs.values import InputRules
from bot.limits import EngineSettings
from bot.records import QuestionState
from bot.rights import Rights
from bot.shell.clerk import ShellClerk
from bot.store.opening import SqlStore, open_store
from rag.build import Rag, open_rag
from rag.settings import EmbeddingSettings, QualitySettings, RagSettings, RetrievalSettings

from .bench import WORDING
from .samples import question

ASKED = "Which orchards grow quinces?"
ANSWER = f"# {ASKED}\n\nThe orchards of the valley grow quinces."
CHANNEL = Place(platform="slack", workspace="T1", channel="C1", thread="1", kind=PlaceKind.THREAD)
DIRECT = Place(platform="slack", workspace="T1", channel="D1", kind=PlaceKind.DM)


def settings_of(home: Path) -> RagSettings:
    """A library that the memory double embeds."""
    home.mkdir(parents=True, exist_ok=True)
    return RagSettings(
        home=home,
        embedding=EmbeddingSettings(embedder="memory"),
        retrieval=RetrievalSettings(threshold=0.35, per_document=12),
        quality=QualitySettings(guard_questions=0),
    )


async def refuse(store: SqlStore, text: str, *, name: str, place: Place = CHANNEL) -> None:
    """Leaves a gap."""
    asked = question(text, name=name, place=place)
    assert await store.questions.admit(asked, claim=[name])
    await store.questions.finish(asked.id, QuestionState.REFUSED)


async def with_gaps(home: Path) -> None:
    """A store in which somebody asked for quinces in a channel and in a direct message, and for cats in a channel."""
    home.mkdir(parents=True, exist_ok=True)
    async with open_store(None, home=home) as store:
        await refuse(store, ASKED, name="q1")
        await refuse(store, f"{ASKED} I ask in secret.", name="q2", place=DIRECT)
        await refuse(store, "Who feeds the office cat?", name="q3")


@dataclass
class RunningBot:
    """What a test may do to a bot behind its control socket."""

    store: SqlStore
    gate: IndexGate


@asynccontextmanager
async def controlled(rag: Rag, gate: IndexGate, clerks: Clerks, *, version: str = "1") -> AsyncIterator[None]:
    """The control socket of a bot over a library, which makes no backups."""

    async def none(_: object) -> None:
        raise AssertionError("no backup was asked for")

    service = ControlService(
        rag,
        version=version,
        process=os.getpid(),
        gate=gate,
        backup=none,  # type: ignore[arg-type]
        clerks=clerks,
    )
    async with open_control(rag.home, service.reply, process=os.getpid()):
        yield


@asynccontextmanager
async def running(home: Path, *, version: str = "1") -> AsyncIterator[RunningBot]:
    """A bot that is connected to no chat."""
    async with open_rag(settings_of(home)) as rag, open_store(None, home=home) as store:
        gate = IndexGate(now=now)
        runs = IndexRuns(rag.indexer, rag.catalogue, gate=gate, journal=IndexJournal(rag.home), now=now)
        inputs, registry = inputs_of(rag, store, runs, InputRules()), all_commands(WORDING)
        oversight = oversight_of(rag, store, EngineSettings())
        await oversight.steering.load()
        assembly = Assembly(
            rag=rag,
            store=store,
            adapters={},
            registry=registry,
            wording=WORDING,
            settings=EngineSettings(),
            failure=rag.answers.failure_text,
            rights=Rights(),
            scheduling=schedules_of(rag, store, WORDING, adapters={}),
            index=runs,
            inputs=inputs,
            oversight=oversight,
        )
        means = means_of(assembly)

        clerks = Clerks(effects=effects_of(rag, store, inputs), shell=lambda who: ShellClerk(means, who=who))
        async with controlled(rag, gate, clerks, version=version):
            yield RunningBot(store=store, gate=gate)
