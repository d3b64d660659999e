"""Keeps platforms connected: connects again after a failure, ever more slowly, and leaves alone what refuses us."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from bot.chat import ChatAdapter
from bot.errors import AdapterFailed
from bot.hosting import ConnectionSettings
from bot.metrics import Metrics
from bot.running.plugging import AdapterFactory, Asking, Counting, House, OpenAdapter, Receive
from bot.running.relay import ChatRelay
from bot.settings import Settings
from rag.errors import RagError
from rag.ports import Clock

log = logging.getLogger(__name__)


class State(StrEnum):
    """Where the connection to a platform stands."""

    CONNECTING = "connecting"
    UP = "up"
    WAITING = "waiting"
    """It failed, and is tried again after a pause."""

    REFUSED = "refused"
    """The platform does not take the token or a setting: it is tried again at the next start alone."""

    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """The time that connecting lives by. `jitter` gives a number in 0..1 that spreads the pauses of many programs."""

    clock: Clock
    sleep: Callable[[float], Awaitable[None]]
    jitter: Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all connections share.

    `adapters` gets a platform at its first connection and keeps it while it may come back; `catch_up` is called then,
    before anything is taken in; `receive` gets what people say; `settings` is for the factories; `pauses` says how long
    to wait between two tries; `house` is what adapters ask.
    """

    adapters: dict[str, ChatAdapter]
    catch_up: Callable[[], Awaitable[None]]
    receive: Receive
    settings: Settings
    pauses: ConnectionSettings
    rhythm: Rhythm
    metrics: Metrics
    house: House | None = None


class Connection:
    """Keeps one platform connected from `start` to `close`; `settled` is set once the first try is over."""

    def __init__(self, factory: AdapterFactory, around: Surroundings) -> None:
        self.name = factory.name
        self.settled = asyncio.Event()
        self._factory = factory
        self._around = around
        self._relay = ChatRelay(factory.name, patience_s=around.pauses.patience_s)
        self._state = State.CONNECTING
        self._listening: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def state(self) -> State:
        """Where it stands."""
        return self._state

    def start(self) -> None:
        """Begin to keep the platform connected."""
        self._task = asyncio.create_task(self._keep())

    async def finished(self) -> None:
        """Returns when the platform is not kept connected any more."""
        if self._task is not None:
            await asyncio.wait({self._task})

    def stop_intake(self) -> None:
        """Take nothing more in; what is connected can still be posted to, what is not is given up."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        if self._listening is not None:
            self._listening.cancel()
        elif self._task is not None:
            self._task.cancel()

    async def close(self) -> None:
        """Disconnect; a platform that does not let go in time is left as it is."""
        self.stop_intake()
        self._closing.set()
        if self._task is None:
            return
        _, late = await asyncio.wait({self._task}, timeout=self._around.pauses.close_s)
        if late:
            log.warning("adapter_does_not_close", extra={"adapter": self.name})
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=self._around.pauses.close_s)
        self._become(State.CLOSED)

    async def _keep(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            self._become(State.CONNECTING)
            begun = self._around.rhythm.clock()
            if not await self._survived():
                return
            lasted = self._around.rhythm.clock() - begun
            failures = 1 if lasted >= self._around.pauses.steady_s else failures + 1
            if self._stopping.is_set():
                return
            self._become(State.WAITING)
            await self._around.rhythm.sleep(self._pause(failures))

    async def _survived(self) -> bool:
        """One connection from its beginning to its end; False where another try is of no use."""
        try:
            await self._connect()
        except RagError as error:
            if self._stopping.is_set():
                return False
            self._around.metrics.adapter_failed(self.name)
            fields = {"adapter": self.name, "error": str(error)}
            if not error.retryable:
                self._around.adapters.pop(self.name, None)
                self._become(State.REFUSED)
                log.error("adapter_refused", extra=fields)
                return False
            log.warning("adapter_failed", extra=fields)
        except Exception:  # the outermost place: one platform's fault must not end the others
            self._around.metrics.adapter_failed(self.name)
            log.exception("adapter_broke", extra={"adapter": self.name})
        return True

    async def _connect(self) -> None:
        async with self._factory.open(self._around.settings) as adapter:
            if self._around.house is not None and isinstance(adapter, Asking):
                adapter.settle_in(self._around.house)
            if isinstance(adapter, Counting):
                self._around.metrics.watch_refused(self.name, adapter.refused_lately)
            self._relay.connect(adapter.chat)
            new = self.name not in self._around.adapters
            self._around.adapters[self.name] = self._relay
            self._become(State.UP)
            log.info("adapter_connected", extra={"adapter": self.name})
            try:
                if new:
                    await self._around.catch_up()
                await self._listen(adapter)
                await self._closing.wait()
            finally:
                self._relay.disconnect()

    async def _listen(self, adapter: OpenAdapter) -> None:
        """Returns when the intake was stopped. Raises AdapterFailed when it ended by itself."""
        if self._stopping.is_set():
            return
        self._listening = asyncio.create_task(adapter.listen(self._around.receive))
        try:
            await asyncio.wait({self._listening})
            if self._stopping.is_set():
                return
            with suppress(asyncio.CancelledError):
                self._listening.result()
            raise AdapterFailed(f"{self.name} ended its intake by itself", retryable=True)
        finally:
            listening, self._listening = self._listening, None
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    def _pause(self, failures: int) -> float:
        longest = min(
            self._around.pauses.longest_pause_s, self._around.pauses.first_pause_s * 2 ** min(failures - 1, 30)
        )
        return float(longest * (0.5 + 0.5 * self._around.rhythm.jitter()))

    def _become(self, state: State) -> None:
        self._state = state
        self._around.metrics.adapter_state(self.name, up=state is State.UP)
        if state is not State.CONNECTING:
            self.settled.set()
