"""Opens everything that a running program needs, in the order in which the parts need each other."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.admin.server import AdminSite, is_public, open_admin
from bot.assembly import now
from bot.chat import ChatAdapter
from bot.control.gate import IndexGate
from bot.control.server import ControlServer, open_control
from bot.control.service import ControlService
from bot.control.wire import Backup
from bot.engine.engine import Engine
from bot.hosting import AdminSettings, ConnectionSettings
from bot.limits import EngineSettings
from bot.metrics import Metrics
from bot.running.connecting import Connection, Rhythm, Surroundings
from bot.running.housekeeping import keep_house
from bot.running.inquiries import Inquiries
from bot.running.plugging import AdapterFactory, House
from bot.running.status import Status
from bot.running.talking import build_engine
from bot.settings import Settings
from bot.store.backup import BackupJob, BackupReport, make_backup
from bot.store.opening import SqlStore, open_store
from bot.store.restore import settle, unsettled
from rag.settings import RagSettings

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """What is open while the program runs."""

    engine: Engine
    control: ControlServer
    connections: tuple[Connection, ...]


class Opener:
    """Opens the parts of one run; `status` learns of each."""

    def __init__(self, settings: RunSettings, factories: Sequence[AdapterFactory]) -> None:
        self._settings = settings
        self._factories = tuple(each for each in factories if each.wanted(settings.everything))
        self._metrics = Metrics(version=VERSION)
        self._metrics.models(each.base_url for each in settings.rag.model.endpoints)
        self._gate = IndexGate(now=now)
        self.status = Status(self._metrics, self._gate)

    async def open(self, stack: AsyncExitStack) -> Bot:
        """Everything but the platforms' connections, which begin when the engine does. Raises RagError."""
        home = self._settings.rag.home
        await stack.enter_async_context(self._open_admin())
        # The lock of the index comes first: what a second program does to the store would harm the first one.
        rag = await stack.enter_async_context(self._open_rag())
        self.status.up("library")
        store = await stack.enter_async_context(open_store(self._settings.database_url, home=home))
        self.status.up("store")
        adapters: dict[str, ChatAdapter] = {}
        engine = build_engine(store, rag, adapters=adapters, settings=self._settings.engine, metrics=self._metrics)
        connections = self._connections(engine, adapters, Inquiries(engine, store.settings))
        self.status.watch(connections, rag.catalogue)
        await stack.enter_async_context(keep_house(store.events, now=now, sleep=asyncio.sleep))
        control = await stack.enter_async_context(self._open_control(store, rag))
        return Bot(engine=engine, control=control, connections=connections)

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
        from rag.build import open_rag, own_index

        settings = self._settings.rag
        if await asyncio.to_thread(unsettled, settings.home):
            async with own_index(settings):
                await settle(settings.home)
        async with open_rag(settings, on_model_event=self._metrics.model_event) as rag:
            yield rag

    def _connections(self, engine: Engine, adapters: dict[str, ChatAdapter], house: House) -> tuple[Connection, ...]:
        around = Surroundings(
            adapters=adapters,
            receive=engine.receive,
            settings=self._settings.everything,
            pauses=self._settings.connections,
            rhythm=Rhythm(clock=time.monotonic, sleep=asyncio.sleep, jitter=random.random),
            metrics=self._metrics,
            house=house,
        )
        return tuple(Connection(each, around) for each in self._factories)

    def _open_control(self, store: SqlStore, rag: Rag) -> AbstractAsyncContextManager[ControlServer]:
        remote = store.database if self._settings.database_url is not None else None

        async def backup(request: Backup) -> BackupReport:
            job = BackupJob(home=rag.home, file=request.path, remote=remote, with_keys=request.keys)
            return await make_backup(job, at=now())

        service = ControlService(rag, version=VERSION, process=os.getpid(), gate=self._gate, backup=backup)
        return open_control(rag.home, service.reply, process=os.getpid())
