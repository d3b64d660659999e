"""A Discord of one's own over real sockets: REST and gateway on one port, as the documentation has them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .buckets import Buckets
from .gateway import Gateway
from .limits import Invalid, check_commands
from .messages import Files, Messages
from .names import APP, ME
from .people import People
from .responses import Responses
from .things import Refused
from .world import World

Do = Callable[[dict[str, Any]], Any]
Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]
_API = "/api/v10"


@dataclass
class Fault:
    """What a route answers instead of doing its work, or `after` it; `path` is a piece of its address."""

    method: str
    path: str
    status: int
    code: int = 0
    after: bool = False
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    page: str = ""
    """What is answered instead of Discord's JSON, as by whatever stands before it."""


class DiscordServer:
    """The double. Tests look at `world`, act through `people`, break things by `gateway`, `buckets` and `faults`."""

    def __init__(self, world: World, *, interval_s: float) -> None:
        self.world = world
        self.gateway = Gateway(world, interval_s=interval_s)
        self.buckets = Buckets(world.clock)
        self.messages = Messages(world)
        self.responses = Responses(world, self.messages)
        self.people = People(world)
        self.faults: list[Fault] = []
        self.calls: list[tuple[str, str]] = []
        self.received: list[tuple[Any, Files]] = []
        """What came over the wire: the content of each call, and its files."""

        self.told_of_gateway: dict[str, Any] | None = None
        """What is told of the gateway besides its address, where it is not all."""

        self.untold_of_application: set[str] = set()
        self.headers: dict[str, str | None] = {}
        """Headers that all answers have otherwise, or lack."""

        self.held: asyncio.Event | None = None
        """While it is set and not yet opened, no call is answered."""

        self.address = ""

    @property
    def api(self) -> str:
        """Where the REST interface is."""
        return f"{self.address.rstrip('/')}{_API}"

    def called(self, method: str, piece: str) -> int:
        """How often a route was called."""
        return sum(each == method and piece in path for each, path in self.calls)

    def routes(self) -> list[web.RouteDef]:
        """All routes."""
        routes = [web.route(method, _API + path, self._route(kind, do)) for method, path, kind, do in self._table()]
        return [*routes, web.get("/gateway/", self.gateway.handle), web.get("/attachments/{file}/{name}", self._file)]

    def _table(self) -> list[tuple[str, str, str, Do]]:
        """Method, path, what shares a rate limit, and what is done."""
        said, hook = self.messages, self.responses
        channel, webhook = "/channels/{channel}", f"/webhooks/{APP}/{{token}}"
        message, response = f"{channel}/messages/{{message}}", f"{webhook}/messages/{{message}}"
        return [
            ("GET", "/users/@me", "", lambda q: self.world.user(ME) | {"flags": 0}),
            ("GET", "/users/@me/guilds", "", lambda q: self.world.own_servers()),
            ("GET", "/guilds/{guild}/channels", "", lambda q: self.world.guild(q["guild"])["channels"]),
            ("GET", "/guilds/{guild}/members/{user}", "", lambda q: self.world.member(q["user"], whole=True)),
            ("GET", "/users/{user}", "", lambda q: self.world.user(q["user"])),
            ("GET", "/oauth2/applications/@me", "", lambda q: self._application()),
            ("GET", "/applications/@me", "", lambda q: self._application()),
            ("GET", "/gateway/bot", "", lambda q: self._gateway()),
            ("PUT", f"/applications/{APP}/commands", "", lambda q: self._register(q["body"])),
            ("GET", channel, "", lambda q: said.channel(q["channel"])),
            ("POST", "/users/@me/channels", "", lambda q: said.direct(str(q["body"]["recipient_id"]))),
            ("POST", f"{channel}/typing", "typing", lambda q: self.world.typing.append(q["channel"])),
            ("GET", f"{channel}/messages", "history", self._history),
            ("POST", f"{channel}/messages", "messages", lambda q: said.post(q["channel"], q["body"], q["files"])),
            ("GET", message, "message", lambda q: said.one(q["channel"], q["message"])),
            ("PATCH", message, "messages", lambda q: said.patch(q["channel"], q["message"], q["body"], q["files"])),
            ("DELETE", message, "deletes", lambda q: said.delete(q["channel"], q["message"])),
            ("POST", f"{message}/threads", "threads", lambda q: said.thread(q["channel"], q["message"], q["body"])),
            ("POST", "/interactions/{id}/{token}/callback", "", self._callback),
            ("POST", webhook, "", lambda q: hook.follow(q["token"], q["body"], q["files"])),
            ("PATCH", response, "", lambda q: hook.patch(q["token"], q["message"], q["body"], q["files"])),
            ("GET", response, "", lambda q: hook.get(q["token"], q["message"])),
            ("DELETE", response, "", lambda q: hook.delete(q["token"], q["message"])),
        ]

    def _route(self, kind: str, do: Do) -> Handle:
        async def handle(request: web.Request) -> web.Response:
            self.calls.append((request.method, request.path))
            if self.held is not None:
                await self.held.wait()
            free = "/interactions/" in request.path or "/webhooks/" in request.path
            token = request.headers.get("authorization", "").removeprefix("Bot ")
            if not free and token not in self.world.tokens:
                return _refusal(Refused(401, 0, "401: Unauthorized"))
            headers, wait = self.buckets.take(kind, request.match_info.get("channel", "")) if not free else ({}, 0.0)
            if wait:
                told = {
                    "message": "You are being rate limited.",
                    "retry_after": wait,
                    "global": "X-RateLimit-Global" in headers,
                }
                return _answer(told, status=429, headers=headers)
            query = {**request.match_info, **request.query, "files": ()}
            query["body"], query["files"] = await _body(request)
            self.received.append((query["body"], query["files"]))
            return self._answered(request, do, query, headers)

        return handle

    def _answered(self, request: web.Request, do: Do, query: dict[str, Any], headers: dict[str, str]) -> web.Response:
        fault = next(
            (each for each in self.faults if each.method == request.method and each.path in request.path), None
        )
        try:
            if fault is not None:
                fault.times -= 1
                if not fault.times:
                    self.faults.remove(fault)
                if fault.after:
                    do(query)
                if fault.page:
                    return web.Response(
                        text=fault.page, status=fault.status, headers=fault.headers, content_type="text/html"
                    )
                return _refusal(Refused(fault.status, fault.code, "injected", headers=fault.headers))
            told = do(query)
        except Refused as refused:
            return _refusal(refused)
        except Invalid as invalid:
            return _refusal(Refused(400, 50035, f"Invalid Form Body: {invalid}"))
        if told is None:
            return web.Response(status=204, headers=headers)
        return _answer(told, headers=headers)

    def _application(self) -> dict[str, Any]:
        told = {
            "id": APP,
            "name": "Advisor",
            "icon": None,
            "description": "",
            "bot_public": self.world.public,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": self.world.flags,
            "owner": self.world.user(self.world.owner),
            "team": None,
        }
        return {key: value for key, value in told.items() if key not in self.untold_of_application}

    def _gateway(self) -> dict[str, Any]:
        if self.told_of_gateway is not None:
            return {"url": self.gateway.url, **self.told_of_gateway}
        left = self.gateway.most - len(self.gateway.identified)
        limit = {"total": 1000, "remaining": max(0, left), "reset_after": 3_600_000, "max_concurrency": 16}
        return {"url": self.gateway.url, "shards": self.gateway.shards, "session_start_limit": limit}

    def _register(self, commands: list[dict[str, Any]]) -> list[dict[str, Any]]:
        check_commands(commands)
        self.world.registrations += 1
        self.world.commands = [
            {**each, "id": self.world.next_id(), "application_id": APP, "version": "1"} for each in commands
        ]
        return self.world.commands

    def _history(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        return self.messages.history(
            query["channel"], limit=int(query.get("limit", 50)), before=query.get("before", "")
        )

    def _callback(self, query: dict[str, Any]) -> dict[str, Any] | None:
        told = self.responses.callback(query["id"], query["token"], query["body"], query["files"])
        return told if query.get("with_response") in {"1", "true", "True"} else None

    async def prepare(self, request: web.Request, response: web.StreamResponse) -> None:
        """Gives an answer the headers that tests want."""
        for name, value in self.headers.items():
            if name in response.headers:
                response.headers.popall(name)
                if value is not None:
                    response.headers[name] = value

    async def _file(self, request: web.Request) -> web.Response:
        content = self.world.files.get(request.match_info["file"])
        return web.Response(body=content) if content is not None else web.Response(status=404)


@asynccontextmanager
async def discord_server(*, world: World | None = None, interval_s: float = 0.5) -> AsyncIterator[DiscordServer]:
    """A Discord on a free port; `interval_s` is that of heartbeats, Discord's own is 41 s."""
    discord = DiscordServer(world or World(), interval_s=interval_s)
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app.add_routes(discord.routes())
    app.on_response_prepare.append(discord.prepare)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    discord.address = discord.messages.address = f"http://{host}:{port}/"
    discord.gateway.url = f"ws://{host}:{port}/gateway/"
    try:
        yield discord
    finally:
        await discord.gateway.close(1001)
        await runner.cleanup()


async def _body(request: web.Request) -> tuple[Any, Files]:
    if not request.can_read_body:
        return {}, ()
    if request.content_type == "application/json":
        return json.loads(await request.text()), ()
    form = await request.post()
    files = [(each.filename, each.file.read()) for name, each in form.items() if isinstance(each, web.FileField)]
    return json.loads(str(form["payload_json"])), files


def _refusal(refused: Refused) -> web.Response:
    return _answer({"message": refused.message, "code": refused.code}, status=refused.status, headers=refused.headers)


def _answer(told: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # The library takes the type of the content by the letter, and a 429 without `Via` for one that is not Discord's.
    more = {"Content-Type": "application/json", "Via": "1.1 google", **(headers or {})}
    return web.Response(body=json.dumps(told).encode(), status=status, headers=more)
