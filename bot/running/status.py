"""How the running program fares: which parts are open, which platforms are connected, what the library holds."""

from __future__ import annotations

from bot.admin.server import Readiness
from bot.indexing import IndexGate
from bot.library import Shelf
from bot.metrics import Metrics
from bot.running.connecting import Connection, State
from bot.steering import Steering
from rag.errors import RagError

_PARTS = ("library", "store", "engine")
_OPENING, _UP, _STOPPING = "opening", "up", "stopping"


class Status:
    """Collects what the admin port tells; parts report here as they open."""

    def __init__(self, metrics: Metrics, gate: IndexGate) -> None:
        self._metrics = metrics
        self._gate = gate
        self._parts = dict.fromkeys(_PARTS, _OPENING)
        self._connections: tuple[Connection, ...] = ()
        self._shelf: Shelf | None = None
        self._stopping = False
        self._steering: Steering | None = None

    def up(self, part: str) -> None:
        """A part is open."""
        self._parts[part] = _UP

    def watch(self, connections: tuple[Connection, ...], shelf: Shelf) -> None:
        """Tell of these platforms and this library from now on."""
        self._connections, self._shelf = connections, shelf

    def steered_by(self, steering: Steering) -> None:
        """Tell of maintenance from now on: it leaves the bot ready, for what comes in has to be answered somehow."""
        self._steering = steering

    def stopping(self) -> None:
        """Nothing more is taken in."""
        self._stopping = True
        self._parts["engine"] = _STOPPING

    def readiness(self) -> Readiness:
        """Ready means that all parts are open, and that a platform is connected where one is wanted."""
        states = {each.name: each.state for each in self._connections}
        connected = not states or State.UP in states.values()
        opened = all(state == _UP for state in self._parts.values())
        return Readiness(
            ready=opened and connected and not self._stopping,
            parts={**self._parts, **self._maintenance(), **{name: state.value for name, state in states.items()}},
        )

    def _maintenance(self) -> dict[str, str]:
        paused = self._steering.maintenance if self._steering else None
        return {"maintenance": f"since {paused.since}"} if paused else {}

    async def refresh(self) -> None:
        """Bring the figures of the library up to date; those of one that cannot be read stay as they were."""
        if self._shelf is None:
            return
        try:
            counts = await self._shelf.counts()
        except RagError:
            return
        self._metrics.index_state(documents=counts.documents, chunks=counts.chunks, busy=bool(self._gate.holder))
