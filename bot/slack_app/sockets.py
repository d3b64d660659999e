"""Socket Mode: keeps a socket open, and notices when it has gone silent."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.errors import AdapterFailed, StoreFailed
from bot.slack_app.doorstep import Take
from bot.slack_app.failures import CALL_FAILED, CROWDED, TOO_MANY_SOCKETS, refused_token
from bot.slack_settings import SlackSettings
from rag.ports import Clock

log = logging.getLogger(__name__)

_LONGEST_PING_S = 10.0
_CONNECT_S = 20.0
_SHORT = 1_000
_LAST = "link_disabled"
_CROWDED_MOST = 3
"""How often in a row Slack may find too many sockets: the SDK opens another one each time, at once and for ever."""

_OVER = {
    _LAST: "Socket Mode was switched off for the app; switch it on at api.slack.com/apps, on the page “Socket Mode”, "
    "or set slack.mode = 'http'",
    CROWDED: TOO_MANY_SOCKETS,
}
_CHECKS = 8
"""How often the connection is looked at within the time that it may be silent for."""


class _Handler(AsyncSocketModeHandler):
    """Bolt's, which acknowledges what the doorstep has, and not before.

    To have Bolt dispatch an event takes as long as all that we do with it until then, and there is nothing to find:
    one door takes all kinds, and nothing that comes by a socket of our own needs its signature checked.
    """

    def __init__(self, app: AsyncApp, take: Take, *, token: str, ping_s: float) -> None:
        super().__init__(app, token, ping_interval=ping_s)
        self._take = take

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        try:
            await self._take(req.payload)
        except StoreFailed as error:
            log.warning("not_taken_in", extra={"error": error.logged})
            return
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))


async def listen_on_socket(app: AsyncApp, take: Take, settings: SlackSettings, *, clock: Clock) -> None:
    """Hands over what comes until cancelled.

    Raises:
        AdapterFailed: the app token is refused, or the connection is lost and the SDK does not bring it back.
    """
    token = settings.app_token.get_secret_value() if settings.app_token else ""
    ping_s = min(_LONGEST_PING_S, settings.silence_s / _CHECKS)
    socket: SocketModeClient = _Handler(app, take, token=token, ping_s=ping_s).client
    try:
        await _connect(app, socket, token)
        await _watch(socket, settings, clock=clock)
    finally:
        await _close(socket)


async def _connect(app: AsyncApp, socket: SocketModeClient, token: str) -> None:
    # The SDK tries for ever, whatever Slack answers; asked here first, a refused token is told.
    try:
        opened = await app.client.apps_connections_open(app_token=token)
        socket.wss_uri = opened["url"]
        async with asyncio.timeout(_CONNECT_S):
            await socket.connect()  # type: ignore[no-untyped-call]
    except CALL_FAILED as error:
        raise refused_token(error, setting="ADVISOR_SLACK_APP_TOKEN") from error


async def _watch(socket: SocketModeClient, settings: SlackSettings, *, clock: Clock) -> None:
    """Raises AdapterFailed when the socket has been dead for too long; connects anew when it was idle for long."""
    alive_at = heard_at = clock()
    farewells = _Farewells()

    async def heard(message: aiohttp.WSMessage) -> None:
        nonlocal heard_at
        heard_at = clock()
        farewells.heed(message)

    socket.on_message_listeners.append(heard)
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(settings.silence_s / _CHECKS):
                await farewells.over.wait()
        now = clock()
        if farewells.over.is_set():
            raise AdapterFailed(farewells.reason, retryable=True)
        if await _is_alive(socket):
            alive_at = now
        if now - alive_at > settings.silence_s:
            problem = f"the connection to Slack has been silent for {now - alive_at:.0f} s"
            raise AdapterFailed(f"{problem}; it is opened anew", retryable=True)
        if now - heard_at > settings.idle_s:
            # A socket may answer pings and yet get no events any more.
            heard_at = now
            log.info("idle_socket_is_replaced")
            await _replace(socket)


class _Farewells:
    """What Slack says when it ends a socket: it wants a new one, or none, which the SDK would ask for for ever."""

    def __init__(self) -> None:
        self.over = asyncio.Event()
        self.reason = ""
        self._crowded = 0

    def heed(self, message: aiohttp.WSMessage) -> None:
        """Notes what a message says of the socket's end."""
        told = _told(message)
        if told.get("type") == "hello":
            return
        reason = told.get("reason") if told.get("type") == "disconnect" else None
        # What brings something to do is a socket that holds.
        self._crowded = self._crowded + 1 if reason == CROWDED else 0
        if reason == _LAST or self._crowded >= _CROWDED_MOST:
            self.reason = _OVER[str(reason)]
            self.over.set()


def _told(message: aiohttp.WSMessage) -> dict[str, Any]:
    """What a short message that may be a farewell says; nothing for all others, which are read elsewhere."""
    if message.type is not aiohttp.WSMsgType.TEXT or len(message.data) > _SHORT:
        return {}
    with suppress(ValueError):
        told = json.loads(message.data)
        return told if isinstance(told, dict) else {}
    return {}


async def _replace(socket: SocketModeClient) -> None:
    # Bounded, since the SDK tries a dead address for ever, and nothing watches the socket meanwhile.
    try:
        async with asyncio.timeout(_CONNECT_S):
            await socket.connect_to_new_endpoint(force=True)
    except CALL_FAILED as error:
        raise refused_token(error, setting="ADVISOR_SLACK_APP_TOKEN") from error


async def _is_alive(socket: SocketModeClient) -> bool:
    """Whether the socket is open, answers pings, and all of the SDK's tasks run that work on it."""
    tasks = (socket.message_processor, socket.current_session_monitor, socket.message_receiver)
    return await socket.is_connected() and all(task is not None and not task.done() for task in tasks)


async def _close(socket: SocketModeClient) -> None:
    """Closes the socket, and waits for the SDK's tasks, which it only cancels."""
    tasks = (socket.message_processor, socket.current_session_monitor, socket.message_receiver)
    with suppress(aiohttp.ClientError, OSError):
        await socket.close()  # type: ignore[no-untyped-call]
    running = [task for task in tasks if task is not None]
    await asyncio.gather(*running, return_exceptions=True)
