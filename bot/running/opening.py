"""Opens everything that a running program needs, in the order in which the parts need each other."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from importlib import metadata
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.admin.server import AdminSite, is_public, open_admin
from bot.assembly import effects_of, inputs_of, new_id, now, oversight_of, runs_of, schedules_of
from bot.chat import ChatAdapter
from bot.commands.call import Means
from bot.commands.reindex_recovery import tell_of_broken_run
from bot.commands.risk_reminders import remind
from bot.control.server import ControlServer, open_control
from bot.control.service import Clerks, ControlService
from bot.control.wire import Backup
from bot.engine.engine import Engine
from bot.hosting import AdminSettings, ConnectionSettings
from bot.indexing import IndexGate, IndexRuns
from bot.inputs.acting import InputClerk
from bot.inputs.desk import InputDesk
from bot.inputs.keeping import Times, keep_inputs, wait_for
from bot.inputs.values import InputRules
from bot.limits import EngineSettings
from bot.metrics import Metrics
from bot.oversight import Oversight, keep_overseeing, tidy_oversight
from bot.rights import Rights, rights_of
from bot.running.connecting import Connection, Rhythm, Surroundings
from bot.running.housekeeping import forget_old, keep_house
from bot.running.inquiries import Inquiries
from bot.running.keeping import documents_kept
from bot.running.noting import note_rights, note_settings, noted
from bot.running.plugging import AdapterFactory, House
from bot.running.reminding import Remind, keep_reminding
from bot.running.status import Status
from bot.running.talking import Rules, build_talk
from bot.schedule_settings import DigestEntry, FeedSettings, ScheduleSettings
from bot.scheduler import keep_schedules
from bot.schedules.keeper import Watch
from bot.scheduling import Scheduling, settle_file
from bot.settings import Settings
from bot.shell.clerk import ShellClerk
from bot.store.backup import BackupJob, BackupReport, make_backup
from bot.store.kept_answers import SqlAnswerCache
from bot.store.keys import people_key, pseudonym
from bot.store.opening import SqlStore, open_store
from bot.store.settling import settle_home
from bot.wording import load_wording
from rag.resources import data_folder
from rag.settings import RagSettings
from rag.types import Language
from rag.writing.events import PoolEvent

if TYPE_CHECKING:
    from rag.build import Rag

VERSION = metadata.version("startup-advisor")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """What `advisor run` needs of the settings; `everything` is for the platforms."""

    everything: Settings
    rag: RagSettings
    engine: EngineSettings
    admin: AdminSettings
    connections: ConnectionSettings
    database_url: SecretStr | None = None
    schedules: ScheduleSettings = field(default_factory=ScheduleSettings)
    digests: tuple[DigestEntry, ...] = ()
    feeds: FeedSettings = field(default_factory=FeedSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """What is open while the program runs."""

    engine: Engine
    control: ControlServer
    connections: tuple[Connection, ...]
    begin_schedules: Callable[[], None]


class Opener:
    """Opens the parts of one run; `status` learns of each."""

    def __init__(self, settings: RunSettings, factories: Sequence[AdapterFactory]) -> None:
        self._settings = settings
        self._factories = tuple(each for each in factories if each.wanted(settings.everything))
        self._metrics = Metrics(version=VERSION)
        self._metrics.models(each.base_url for each in settings.rag.model.endpoints)
        self._events: list[Callable[[PoolEvent], None]] = [self._metrics.model_event]
        self._gate = IndexGate(now=now)
        self._kept = SqlAnswerCache(keep=timedelta(minutes=settings.rag.writing.cache_minutes), now=now)
        self.status = Status(self._metrics, self._gate)

    async def open(self, stack: AsyncExitStack) -> Bot:
        """Everything but the platforms' connections, which begin when the engine does. Raises RagError."""
        home = self._settings.rag.home
        await stack.enter_async_context(self._open_admin())
        # The lock of the index comes first: what a second program does to the store would harm the first one.
        rag = await stack.enter_async_context(self._open_rag())
        self.status.up("library")
        store = await stack.enter_async_context(open_store(self._settings.database_url, home=home))
        self._kept.attach(store.database)
        self.status.up("store")
        await note_settings(store.audit, self._settings.everything, now=now)
        adapters: dict[str, ChatAdapter] = {}
        scheduling = self._scheduling(rag, store, adapters)
        oversight = await self._oversight(rag, store)
        runs, inputs = self._inputs(rag, store)
        rules = Rules(
            rights=await self._rights(store),
            privacy=self._settings.everything.privacy,
            index=runs,
            inputs=inputs,
            scheduling=scheduling,
            oversight=oversight,
            uploads=self._settings.everything.uploads,
        )
        engine, means = build_talk(
            store,
            rag,
            adapters=adapters,
            settings=self._settings.engine,
            metrics=self._metrics,
            rules=rules,
        )
        connections = self._connections(engine, adapters, Inquiries(engine, store.settings))
        self.status.watch(connections, rag.catalogue)
        self._metrics.watch_queue(lambda: engine.depth, lambda: engine.running)
        await self._keep(stack, store, means, oversight)
        control = await stack.enter_async_context(self._open_control(store, rag, means, runs=runs, inputs=inputs))
        await stack.enter_async_context(keep_inputs(inputs, runs, Times(now=now, new_id=new_id, wait=wait_for)))
        begin = await stack.enter_async_context(self._keep_schedules(scheduling, means))
        return Bot(engine=engine, control=control, connections=connections, begin_schedules=begin)

    async def _rights(self, store: SqlStore) -> Rights:
        """Who may do what, in the audit log before it holds."""
        rights, key = rights_of(self._settings.everything.rights), people_key(self._settings.rag.home)
        await note_rights(store.audit, rights, pseudonym=partial(pseudonym, key), now=now)
        return rights

    async def _keep(self, stack: AsyncExitStack, store: SqlStore, means: Means, oversight: Oversight) -> None:
        """What goes on beside the conversations: tidying up, reminding, taking up what was left."""
        privacy = self._settings.everything.privacy
        chores, takers = await documents_kept(means)
        sweep = partial(forget_old, store.privacy, days=privacy.keep_days, now=now)
        tidy = partial(tidy_oversight, store.usage, store.oversight, days=oversight.usage_days, now=now)
        self.status.steered_by(oversight.steering)
        house = keep_house(store.events, now=now, sleep=asyncio.sleep, chores=(sweep, tidy, *chores))
        await stack.enter_async_context(house)
        await stack.enter_async_context(keep_overseeing(oversight))
        reminders: tuple[Remind, ...] = (
            partial(remind, means),
            means.experts.remind,
            partial(tell_of_broken_run, means),
            *takers,
        )
        await stack.enter_async_context(keep_reminding(*reminders, now=now, sleep=asyncio.sleep))

    async def _oversight(self, rag: Rag, store: SqlStore) -> Oversight:
        """What admins have set holds before the first question comes in."""
        usage_days = self._settings.everything.privacy.usage_days
        oversight = oversight_of(rag, store, self._settings.engine, usage_days=usage_days)
        await oversight.steering.load()
        self._events.append(oversight.meter.model_event)
        return oversight

    def _model_event(self, event: PoolEvent) -> None:
        for listener in self._events:
            listener(event)

    @asynccontextmanager
    async def _open_admin(self) -> AsyncIterator[None]:
        """First of all, so that it can be seen from outside that the program is opening."""
        admin = self._settings.admin
        if not admin.port:
            yield
            return
        site = AdminSite(registry=self._metrics.registry, readiness=self.status.readiness, refresh=self.status.refresh)
        async with open_admin(admin, site) as port:
            log.info("admin_port_open", extra={"host": admin.host, "port": port})
            if is_public(admin.host):
                log.warning("admin_port_is_public", extra={"host": admin.host})
            yield

    @asynccontextmanager
    async def _open_rag(self) -> AsyncIterator[Rag]:
        from rag.build import open_rag
        from rag.settings import Loading

        settings, event = self._settings.rag, self._model_event
        await settle_home(settings)
        async with open_rag(settings, on_model_event=event, cache=self._kept, loading=Loading.APART) as rag:
            yield rag

    def _connections(self, engine: Engine, adapters: dict[str, ChatAdapter], house: House) -> tuple[Connection, ...]:
        around = Surroundings(
            adapters=adapters,
            catch_up=engine.catch_up,
            receive=engine.receive,
            settings=self._settings.everything,
            pauses=self._settings.connections,
            rhythm=Rhythm(clock=time.monotonic, sleep=asyncio.sleep, jitter=random.random),
            metrics=self._metrics,
            house=house,
        )
        return tuple(Connection(each, around) for each in self._factories)

    def _scheduling(self, rag: Rag, store: SqlStore, adapters: Mapping[str, ChatAdapter]) -> Scheduling:
        wording = load_wording(data_folder("prompts"))
        return schedules_of(rag, store, wording, self._settings.schedules, adapters=adapters)

    def _inputs(self, rag: Rag, store: SqlStore) -> tuple[IndexRuns, InputDesk]:
        settings = self._settings.everything.inputs
        rules = InputRules(settings=settings, feeds=self._settings.feeds, ingest=self._settings.rag.ingest)
        runs = runs_of(rag, self._gate)
        return runs, inputs_of(rag, store, runs, rules)

    @asynccontextmanager
    async def _keep_schedules(self, scheduling: Scheduling, means: Means) -> AsyncIterator[Callable[[], None]]:
        settings = self._settings.schedules
        await settle_file(scheduling.desk, self._settings.digests)
        keeper = scheduling.keeper(means, Watch(now=now, sleep=asyncio.sleep, new_id=new_id))
        async with keep_schedules(keeper, scheduling.desk.changed, every_s=settings.look_every_s) as begin:
            yield begin

    def _open_control(
        self, store: SqlStore, rag: Rag, means: Means, *, runs: IndexRuns, inputs: InputDesk
    ) -> AbstractAsyncContextManager[ControlServer]:
        remote = store.database if self._settings.database_url is not None else None

        async def backup(request: Backup) -> BackupReport:
            job = BackupJob(home=rag.home, file=request.path, remote=remote, with_keys=request.keys)
            return await make_backup(job, at=now())

        clerk = partial(InputClerk, desk=inputs, runs=runs, wording=means.wording)
        service = ControlService(
            rag,
            version=VERSION,
            process=os.getpid(),
            gate=self._gate,
            backup=backup,
            clerks=Clerks(
                inputs=lambda who: clerk(who=who, language=Language.EN),
                effects=effects_of(rag, store, inputs),
                shell=lambda who: ShellClerk(means, who=who),
            ),
        )
        return open_control(rag.home, noted(service.reply, store.audit, now=now), process=os.getpid())
