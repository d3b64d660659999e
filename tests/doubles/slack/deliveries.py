"""How Slack hands things over: in Socket Mode's envelopes or as signed requests, again where nothing came back."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from .workspace import SECRET, Workspace

_PATHS = {"events_api": "events", "interactive": "interactive", "slash_commands": "commands"}


@dataclass
class Delivery:
    """One thing handed over; `answer` is what came with the acknowledgement."""

    kind: str
    payload: dict[str, Any]
    attempts: int = 0
    acknowledged_s: float | None = None
    answer: Any = None
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def acknowledged(self) -> bool:
        """Whether the app took it."""
        return self.acknowledged_s is not None


class Deliveries:
    """The sockets of the app, or the address that it listens on, and what was handed over."""

    def __init__(self, workspace: Workspace, *, retries: tuple[float, ...], ack_s: float) -> None:
        self.sockets: list[web.WebSocketResponse] = []
        self.connections = 0
        self.all: list[Delivery] = []
        self.http_target = ""
        self.mute = False
        """Whether sockets stay open and say nothing, not even to a ping."""

        self._workspace = workspace
        self._retries = retries
        self._ack_s = ack_s
        self._waiting: dict[str, tuple[Delivery, asyncio.Future[Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._connected = asyncio.Event()

    def hand_over(self, kind: str, payload: dict[str, Any], *, again: bool = True) -> Delivery:
        """Begins to deliver; what is no event is not tried again."""
        delivery = Delivery(kind=kind, payload=payload)
        self.all.append(delivery)
        delays = self._retries if again and kind == "events_api" else ()
        task = asyncio.create_task(self._deliver(delivery, (0.0, *delays)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return delivery

    async def connected(self) -> None:
        """Returns when the app has a socket open."""
        await self._connected.wait()

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Asks the app to connect anew, and closes what it had, as Slack does every few hours."""
        for socket in list(self.sockets):
            self._drop(socket)
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "double"}})

    async def cut(self) -> None:
        """Breaks all connections without a word."""
        for socket in list(self.sockets):
            self._drop(socket)
            await socket.close()

    async def close(self) -> None:
        """Ends everything."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.cut()

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        """One socket, for as long as it lasts."""
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self.connections += 1
        self.sockets.append(socket)
        info = {"host": "double", "build_number": 1, "approximate_connection_time": 18060}
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.sockets),
                "connection_info": {"app_id": "A"},
                "debug_info": info,
            }
        )
        self._connected.set()
        async for message in socket:
            if message.type is aiohttp.WSMsgType.PING and not self.mute:
                await socket.pong(message.data)
            elif message.type is aiohttp.WSMsgType.TEXT:
                self._acknowledge(json.loads(message.data))
        self._drop(socket)
        return socket

    def _drop(self, socket: web.WebSocketResponse) -> None:
        if socket in self.sockets:
            self.sockets.remove(socket)
        if not self.sockets:
            self._connected.clear()

    def _acknowledge(self, answer: dict[str, Any]) -> None:
        known = self._waiting.pop(answer["envelope_id"], None)
        if known and not known[1].done():
            known[1].set_result(answer.get("payload"))

    async def _deliver(self, delivery: Delivery, delays: tuple[float, ...]) -> None:
        send = self._send_request if self.http_target else self._send_envelope
        for attempt, delay in enumerate(delays):
            await asyncio.sleep(delay)
            delivery.attempts += 1
            begun = time.monotonic()
            try:
                async with asyncio.timeout(self._ack_s):
                    delivery.answer = await send(delivery, attempt)
            except (TimeoutError, ConnectionError, aiohttp.ClientError):
                continue
            delivery.acknowledged_s = time.monotonic() - begun
            break
        delivery.done.set()

    async def _send_envelope(self, delivery: Delivery, attempt: int) -> Any:
        await self.connected()
        envelope_id = self._workspace.next_id("env")
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = (delivery, waiting)
        envelope = {"envelope_id": envelope_id, "type": delivery.kind, "payload": delivery.payload}
        envelope |= {"accepts_response_payload": delivery.kind != "events_api"}
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
        await random.choice(self.sockets).send_json(envelope)
        return await waiting

    async def _send_request(self, delivery: Delivery, attempt: int) -> Any:
        if delivery.kind == "events_api":
            body, content_type = json.dumps(delivery.payload), "application/json"
        else:
            form = delivery.payload if delivery.kind == "slash_commands" else {"payload": json.dumps(delivery.payload)}
            body, content_type = urlencode(form), "application/x-www-form-urlencoded"
        stamp = str(int(time.time()))
        digest = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "content-type": content_type,
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={digest}",
        }
        if attempt:
            headers |= {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": "http_timeout"}
        url = f"{self.http_target}/slack/{_PATHS[delivery.kind]}"
        async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
            if response.status != 200:
                raise ConnectionError(f"the app answered {response.status}")
            return await response.text()
