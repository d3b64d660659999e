"""Puts the conversation engine together: delivery, handlers, time and ids around an open library and an open store."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from bot.board import Pacing
from bot.chat import ChatAdapter
from bot.commands.books import Books
from bot.commands.call import Means
from bot.commands.handling import Handler
from bot.commands.registry import Registry
from bot.delivery import Delivery, Voice
from bot.documents.opening import Trade, open_shop
from bot.engine.engine import Engine
from bot.engine.welcoming import Welcome
from bot.engine.wiring import Parts, Times, Unwatched, Watching
from bot.expert_desk import ExpertDesk
from bot.gap_report import GapReport
from bot.index_effects import IndexEffects
from bot.index_journal import IndexJournal
from bot.indexing import IndexGate, IndexRuns
from bot.inputs.desk import InputDesk, Surroundings
from bot.inputs.values import InputRules
from bot.inputs.web import Web
from bot.introducing import Introducer
from bot.limits import EngineSettings
from bot.measuring import Measuring
from bot.oversight import Gauges, Oversight
from bot.privacy_settings import SILENT, PrivacySettings
from bot.rights import Rights
from bot.schedule_settings import ScheduleSettings
from bot.scheduling import Materials, Scheduling, make_scheduling
from bot.steering import Steering
from bot.store.keys import people_key, pseudonym
from bot.upload_settings import UploadSettings
from bot.usage import UsageMeter
from bot.wording import Wording
from rag.assess import load_axes
from rag.errors import RagError
from rag.kinds.resource import load_resources
from rag.kinds.risk import Risk, load_risks
from rag.resources import data_folder
from rag.types import Language

if TYPE_CHECKING:
    from rag.build import Rag

Failure = Callable[[RagError, Language], str]
"""What a person may read of an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """What an engine is put together from. `adapters` are by platform and may be added while it runs."""

    rag: Rag
    store: Books
    adapters: Mapping[str, ChatAdapter]
    registry: Registry
    wording: Wording
    settings: EngineSettings
    failure: Failure
    rights: Rights
    scheduling: Scheduling
    index: IndexRuns | None = None
    inputs: InputDesk | None = None
    privacy: PrivacySettings = SILENT
    oversight: Oversight | None = None
    watching: Watching = field(default_factory=Unwatched)
    uploads: UploadSettings = field(default_factory=UploadSettings)


def new_id() -> str:
    """An id that nobody guesses: 24 characters, since Discord takes 25 for a nonce."""
    return secrets.token_hex(12)


def now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


def schedules_of(
    rag: Rag,
    store: Books,
    wording: Wording,
    settings: ScheduleSettings | None = None,
    *,
    adapters: Mapping[str, ChatAdapter],
) -> Scheduling:
    """What is posted at set times, over a library and a store. Raises InvalidSettings."""
    return make_scheduling(
        Materials(
            books=store,
            library=rag.catalogue,
            digests=rag.digests,
            wording=wording,
            settings=settings or ScheduleSettings(),
            now=now,
            new_id=new_id,
            risks=shipped_risks(),
            adapters=adapters,
        )
    )


def shipped_risks() -> tuple[Risk, ...]:
    """The records of the register that ships with the product. Raises InvalidSettings."""
    return load_risks(data_folder("corpus") / "risks")


def assemble(assembly: Assembly, *, means: Means | None = None) -> Engine:
    """An engine that answers from a library and remembers in a store. Raises InvalidSettings, StoreFailed.

    Whatever posts and reminds beside the engine gets `means_of` first and hands the same `means` in: posted lists are
    then edited by one after the other.
    """
    pacing, means = _pacing(), means or means_of(assembly)
    posts = assembly.store.posts
    experts = experts_of(assembly.store, assembly.adapters, assembly.wording)
    introducer = Introducer(assembly.store.profiles, assembly.wording)
    voice = Voice(
        wording=assembly.wording,
        failure=assembly.failure,
        notice=assembly.rag.replies.notice,
        expert_in=experts.offered,
        company=introducer.told,
    )
    delivery = Delivery(assembly.adapters, posts, voice=voice, pacing=pacing, new_id=new_id, now=now)
    engine = Engine(
        Parts(
            store=assembly.store,
            adapters=assembly.adapters,
            answers=assembly.rag.answers,
            delivery=delivery,
            overhearing=experts,
            taking=means.files,
            handling=Handler(assembly.registry, means, failure=assembly.failure),
            times=Times(now=now, clock=time.monotonic, sleep=asyncio.sleep, new_id=new_id),
            settings=assembly.settings,
            watching=assembly.watching,
            rights=assembly.rights,
            steering=assembly.oversight.steering if assembly.oversight else None,
            greeting=_welcome(assembly, delivery),
            company=introducer.company,
        )
    )
    if assembly.oversight is not None:
        assembly.oversight.gauges.queue = lambda: (engine.depth, engine.running)
    return engine


def _welcome(assembly: Assembly, delivery: Delivery) -> Welcome:
    return Welcome(
        assembly.store.privacy,
        delivery,
        adapters=assembly.adapters,
        wording=assembly.wording,
        settings=assembly.privacy,
        now=now,
    )


def experts_of(store: Books, adapters: Mapping[str, ChatAdapter], wording: Wording) -> ExpertDesk:
    """What speaks with experts over the platforms that are connected."""
    return ExpertDesk(store=store, adapters=adapters, wording=wording, new_id=new_id)


def _pacing() -> Pacing:
    return Pacing(clock=time.monotonic, sleep=asyncio.sleep)


def means_of(assembly: Assembly) -> Means:
    """What handlers share, and what posts and reminds by itself."""
    files, keeper = open_shop(
        Trade(
            store=assembly.store,
            library=assembly.rag,
            index=assembly.index,
            settings=assembly.uploads,
            adapters=assembly.adapters,
            wording=assembly.wording,
            rights=assembly.rights,
            now=now,
            new_id=new_id,
        )
    )
    return Means(
        store=assembly.store,
        library=assembly.rag.catalogue,
        retriever=assembly.rag.retriever,
        files=files,
        keeper=keeper,
        axes=load_axes(data_folder("corpus")),
        resources=load_resources(data_folder("corpus") / "resources"),
        risks=assembly.scheduling.materials.risks,
        pacing=_pacing(),
        pseudonym=partial(pseudonym, people_key(assembly.rag.home)),
        engine=assembly.settings,
        index=assembly.index,
        inputs=assembly.inputs,
        wording=assembly.wording,
        adapters=assembly.adapters,
        new_id=new_id,
        now=now,
        rights=assembly.rights,
        privacy=assembly.privacy,
        oversight=assembly.oversight,
        forget_answers=partial(_forget_answers, assembly.rag),
        schedules=assembly.scheduling.desk,
        telling=assembly.scheduling.telling,
    )


def oversight_of(rag: Rag, store: Books, settings: EngineSettings, *, usage_days: int = 0) -> Oversight:
    """What admins see and steer of a library, a store and an engine."""
    return Oversight(
        meter=UsageMeter(store.usage, pseudonym=partial(pseudonym, people_key(rag.home)), now=now),
        steering=Steering(store.oversight, settings, now=now),
        gaps=gaps_of(rag, store),
        gauges=Gauges(),
        measuring=_measuring(rag, store),
        usage_days=usage_days,
    )


def gaps_of(rag: Rag, store: Books) -> GapReport:
    """What people could not find, asked again of a library."""
    return GapReport(store, search=rag.retriever, quoting=rag.quoting or rag.answers, likeness=rag.likeness)


def effects_of(rag: Rag, store: Books, inputs: InputDesk) -> IndexEffects:
    """What notes what an index run did to inputs and gaps."""
    return IndexEffects(store, gaps_of(rag, store), noted=inputs.noted)


def _measuring(rag: Rag, store: Books) -> Measuring | None:
    if rag.questions is None:
        return None
    return Measuring(
        rag.questions,
        retriever=rag.retriever,
        answers=rag.answers,
        book=store.oversight,
        clock=time.perf_counter,
        now=now,
    )


def runs_of(rag: Rag, gate: IndexGate | None = None) -> IndexRuns:
    """What starts runs on a library of this process; `gate` where others work on its index as well."""
    gate = gate or IndexGate(now=now)
    return IndexRuns(rag.indexer, rag.catalogue, gate=gate, journal=IndexJournal(rag.home), now=now)


def inputs_of(rag: Rag, store: Books, runs: IndexRuns, rules: InputRules) -> InputDesk:
    """Where what the library is kept current from is changed; each index run is noted there."""
    desk = InputDesk(
        Surroundings(
            library=rag,
            book=store.inputs,
            audit=store.audit,
            runs=runs,
            web=Web(rag.home, rules, now=now),
            rules=rules,
            now=now,
        )
    )
    runs.on_report(desk.noted)
    return desk


async def _forget_answers(rag: Rag) -> None:
    if rag.cache is not None:
        await rag.cache.clear()
