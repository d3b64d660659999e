"""Discord's gateway: hello, identify, heartbeats, dispatch, resume and close codes, compressed as the client asks."""

from __future__ import annotations

import asyncio
import itertools
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import zstandard
from aiohttp import WSMsgType, web

from .names import APP, DIRECT, GRANTED, ME, MESSAGE_CONTENT
from .world import World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
_KNOWN_INTENTS = (1 << 26) - 1
_GUILDS, _GUILD_MESSAGES, _DIRECT_MESSAGES = 1 << 0, 1 << 9, 1 << 12
_IGNORED = {3, 4, 8, 31}
_NEEDS = {"THREAD_CREATE": _GUILDS, "GUILD_CREATE": _GUILDS}


@dataclass
class Session:
    """What survives a lost connection: what was told, and since when it is missing."""

    id: str
    intents: int
    shard: tuple[int, int]
    told: list[str] = field(default_factory=list)
    socket: Socket | None = None


class Socket:
    """One connection with its compression."""

    def __init__(self, ws: web.WebSocketResponse, compress: str) -> None:
        self.ws = ws
        self.beats: list[float] = []
        self.session: Session | None = None
        self.silent = False
        """Whether nothing arrives any more, though the connection stands."""

        self._pack = _packer(compress)

    def send(self, op: int, data: Any = None, **more: Any) -> str:
        """Sends without waiting: what cannot be sent any more is lost, as on a broken line."""
        text = json.dumps({"op": op, "d": data, "s": None, "t": None, **more})
        self.send_text(text)
        return text

    def send_text(self, text: str) -> None:
        """Sends any text at all."""
        if self.ws.closed or self.silent:
            return
        packed = self._pack(text)
        writer = self.ws._writer
        if writer is not None:
            asyncio.ensure_future(_written(self.ws, packed))  # noqa: RUF006 - it ends with the socket


class Gateway:
    """All connections. `interval_s` is that of heartbeats; `most` is how many sessions may begin a day."""

    def __init__(self, world: World, *, interval_s: float = 0.5, most: int = 1000) -> None:
        self.world = world
        self.interval_s = interval_s
        self.most = most
        self.shards = 1
        self.url = ""
        self.sessions: dict[str, Session] = {}
        self.sockets: list[Socket] = []
        self.identified: list[dict[str, Any]] = []
        self.resumed: list[dict[str, Any]] = []
        self.refuse_resume = False
        self.withheld: set[str] = set()
        """Servers of which nothing is told when a session begins; of `unnamed` ones not even that there are any."""

        self.unnamed: set[str] = set()
        self.untold_of_ready: set[str] = set()
        """What is left out where a session begins."""

        self._ids = itertools.count(1)
        self._changed = asyncio.Event()
        world.tell = self.dispatch

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One connection from its beginning to its end."""
        ws = web.WebSocketResponse(max_msg_size=0)
        await ws.prepare(request)
        socket = Socket(ws, request.query.get("compress", ""))
        self.sockets.append(socket)
        socket.send(HELLO, {"heartbeat_interval": int(self.interval_s * 1000)})
        try:
            async for message in ws:
                if message.type is not WSMsgType.TEXT:
                    continue
                if code := self._heard(socket, message.data):
                    await ws.close(code=code)
        finally:
            if socket.session is not None and socket.session.socket is socket:
                socket.session.socket = None
        return ws

    def dispatch(self, event: str, data: dict[str, Any], channel: str) -> None:
        """Tells all sessions that want it of an event; those without a connection get it when they resume."""
        guild = (self.world.channels.get(channel) or {}).get("guild_id")
        if guild and guild not in self.world.guilds and event != "INTERACTION_CREATE":
            # The bot is no member there: people who have installed it use it, and nothing else is told.
            return
        for session in self.sessions.values():
            if _wants(session, event, self.world.channels.get(channel) or {}):
                self._tell(session, event, _hidden(data, session.intents, self.world) if "content" in data else data)

    def tell_raw(self, event: str, data: Any) -> None:
        """Tells of something that Discord's documentation does not know."""
        for session in self.sessions.values():
            self._tell(session, event, data)

    async def close(self, code: int) -> None:
        """Closes all connections."""
        for socket in self.sockets:
            if not socket.ws.closed:
                await socket.ws.close(code=code)

    async def ready(self, count: int = 1) -> None:
        """Returns when so many sessions have a connection."""
        async with asyncio.timeout(10):
            while sum(each.socket is not None for each in self.sessions.values()) < count:
                self._changed.clear()
                await self._changed.wait()

    @property
    def connected(self) -> list[Session]:
        """Sessions with a connection."""
        return [each for each in self.sessions.values() if each.socket is not None]

    @property
    def latest_beat_s(self) -> float:
        """The longest time between two heartbeats of a connection."""
        gaps = [b - a for each in self.sockets for a, b in itertools.pairwise(each.beats)]
        return max(gaps, default=0.0)

    def _heard(self, socket: Socket, text: str) -> int:
        """Does what a client says; the code with which the connection is closed, or 0."""
        try:
            said = json.loads(text)
            op, data = said["op"], said.get("d")
        except (ValueError, LookupError, TypeError):
            return 4002
        match op:
            case _ if op == HEARTBEAT:
                socket.beats.append(self.world.clock())
                socket.send(ACK)
            case _ if op == IDENTIFY:
                return 4005 if socket.session else self._identify(socket, data)
            case _ if op == RESUME:
                return self._resume(socket, data)
            case _ if op in _IGNORED:
                return 0 if socket.session else 4003
            case _:
                return 4001
        return 0

    def _identify(self, socket: Socket, data: dict[str, Any]) -> int:
        self.identified.append(data)
        if data["token"] not in self.world.tokens:
            return 4004
        number, shards = data.get("shard") or (0, 1)
        if not 0 <= number < shards:
            return 4010
        if data["intents"] & ~_KNOWN_INTENTS:
            return 4013
        if data["intents"] & MESSAGE_CONTENT and not self.world.flags & GRANTED:
            return 4014
        session = Session(f"session-{next(self._ids)}", data["intents"], (number, shards), socket=socket)
        self.sessions[session.id] = session
        socket.session = session
        guilds = [guild for guild in sorted(self.world.guilds) if (int(guild) >> 22) % shards == number]
        ready = {
            "v": 10,
            "user": self.world.user(ME),
            "guilds": [{"id": guild, "unavailable": True} for guild in guilds if guild not in self.unnamed],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": [number, shards],
            "application": {"id": APP, "flags": self.world.flags},
        }
        self._tell(session, "READY", {name: told for name, told in ready.items() if name not in self.untold_of_ready})
        for guild in sorted(set(guilds) - self.withheld - self.unnamed):
            self._tell(session, "GUILD_CREATE", self.world.guild(guild))
        self._changed.set()
        return 0

    def _resume(self, socket: Socket, data: dict[str, Any]) -> int:
        self.resumed.append(data)
        session = self.sessions.get(data["session_id"])
        if data["token"] not in self.world.tokens:
            return 4004
        if session is None or self.refuse_resume:
            socket.send(INVALID, False)
            return 0
        socket.session, session.socket = session, socket
        for text in session.told[data["seq"] :]:
            socket.send_text(text)
        self._tell(session, "RESUMED", {})
        self._changed.set()
        return 0

    def _tell(self, session: Session, event: str, data: Any) -> None:
        text = json.dumps({"op": DISPATCH, "d": data, "s": len(session.told) + 1, "t": event})
        session.told.append(text)
        if session.socket is not None:
            session.socket.send_text(text)


def _wants(session: Session, event: str, channel: dict[str, Any]) -> bool:
    number, shards = session.shard
    guild = channel.get("guild_id")
    if event.startswith("MESSAGE_"):
        direct = channel.get("type") == DIRECT
        needed = _DIRECT_MESSAGES if direct else _GUILD_MESSAGES
    else:
        needed = _NEEDS.get(event, 0)
    # Direct messages and interactions in them reach the first shard alone.
    own = (int(guild) >> 22) % shards == number if guild else number == 0
    return own and session.intents & needed == needed


def _hidden(data: dict[str, Any], intents: int, world: World) -> dict[str, Any]:
    """A message without what is kept from a bot that lacks the intent for the content of messages."""
    mentioned = ME in {user["id"] for user in data["mentions"]}
    open_to_bot = data["author"]["id"] == ME or mentioned or "guild_id" not in data
    if intents & MESSAGE_CONTENT or open_to_bot:
        return data
    return data | {"content": "", "embeds": [], "attachments": [], "components": []}


def _packer(compress: str) -> Callable[[str], str | bytes]:
    """One stream for the whole connection, flushed behind each message."""
    if compress == "zlib-stream":
        deflate = zlib.compressobj()
        return lambda text: deflate.compress(text.encode()) + deflate.flush(zlib.Z_SYNC_FLUSH)
    if compress == "zstd-stream":
        pack = zstandard.ZstdCompressor().compressobj()
        return lambda text: pack.compress(text.encode()) + pack.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    return lambda text: text


async def _written(ws: web.WebSocketResponse, packed: str | bytes) -> None:
    try:
        await (ws.send_str(packed) if isinstance(packed, str) else ws.send_bytes(packed))
    except (ConnectionError, RuntimeError):
        return
