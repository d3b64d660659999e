"""A server on the loopback interface that speaks Slack's wire protocol, and people who use it.

It answers as Slack's documentation says: the Web API with scopes, limits and errors, Socket Mode with acknowledgements
in three seconds and deliveries tried again, or signed requests. Every message that appears is told of in an event.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from .deliveries import Deliveries
from .limits import Refused, check_message
from .methods import Methods
from .people import People
from .workspace import Refusal, Said, Workspace


class SlackServer:
    """The double as a test holds it: its `workspace`, its `people`, and what was handed over."""

    def __init__(self, *, retries: tuple[float, ...], ack_s: float) -> None:
        self.workspace = Workspace()
        self.deliveries = Deliveries(self.workspace, retries=retries, ack_s=ack_s)
        self.address = ""
        self.people = People(self.workspace, self.deliveries, base=lambda: self.address)
        self._methods = Methods(self.workspace, base=lambda: self.address, watch=self._told)

    @property
    def api(self) -> str:
        """Where the methods are."""
        return f"{self.address}api/"

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [
            web.post("/api/{method}", self._method),
            web.get("/api/{method}", self._method),
            web.get("/link", self.deliveries.link),
            web.post("/upload/{file}", self._upload),
            web.get("/files/{file}", self._download),
            web.post("/response/{user}", self._response),
        ]

    def _told(self, said: Said, *, before: dict[str, Any] | None = None, gone: bool = False) -> None:
        self.people.tell_of(said, before=before, gone=gone)

    async def _method(self, request: web.Request) -> web.Response:
        name, token = request.match_info["method"], request.headers.get("authorization", "").removeprefix("Bearer ")
        arguments = await _arguments(request)
        if self.workspace.call_s:
            await asyncio.sleep(self.workspace.call_s)
        if planned := self.workspace.refusals.get(name):
            refusal = planned[0]
            refusal.times -= 1
            if refusal.times <= 0:
                planned.pop(0)
            if refusal.after:
                self._methods.call(name, arguments, token=token)
            else:
                self.workspace.calls.append((name, arguments))
            return _refused(refusal)
        try:
            answer = self._methods.call(name, arguments, token=token)
        except Refused as refused:
            more = dict(refused.more)
            status, retry_after = more.pop("status", 200), more.pop("retry_after", None)
            return _refused(Refusal(refused.error, status=status, retry_after=retry_after, more=more))
        scopes = ",".join(sorted(self.workspace.tokens.get(token, ())))
        return web.json_response({"ok": True, **self.workspace.adorned, **answer}, headers={"x-oauth-scopes": scopes})

    async def _upload(self, request: web.Request) -> web.Response:
        file = self.workspace.files[request.match_info["file"]]
        content = await request.read()
        if len(content) != file["length"]:
            return web.Response(status=400, text="length does not match")
        file["content"] = content
        return web.Response(text=f"OK - {len(content)}")

    async def _download(self, request: web.Request) -> web.Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.workspace.tokens:
            return web.Response(text="<html>sign in</html>", content_type="text/html")
        return web.Response(body=self.workspace.files[request.match_info["file"]]["content"])

    async def _response(self, request: web.Request) -> web.Response:
        body = await request.json()
        try:
            check_message(body.get("text") or "", body.get("blocks") or [])
        except Refused as refused:
            return web.Response(status=400, text=refused.error)
        self.workspace.replies.append((request.match_info["user"], body))
        return web.Response(text="ok")


@asynccontextmanager
async def slack_server(
    *, retries: tuple[float, ...] = (0.0, 0.05, 0.05), ack_s: float = 3.0
) -> AsyncIterator[SlackServer]:
    """A workspace on a free port; `retries` are the pauses before an unacknowledged event comes again.

    Slack's own are 0, 60 and 300 seconds.
    """
    slack = SlackServer(retries=retries, ack_s=ack_s)
    app = web.Application()
    app.add_routes(slack.routes())
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    slack.address = f"http://{host}:{port}/"
    try:
        yield slack
    finally:
        await slack.deliveries.close()
        await runner.cleanup()


def _refused(refusal: Refusal) -> web.Response:
    headers = {} if refusal.retry_after is None else {"Retry-After": str(refusal.retry_after)}
    if refusal.page is not None:
        return web.Response(text=refusal.page, content_type=refusal.page_type, status=refusal.status, headers=headers)
    body = {"ok": False, "error": refusal.error, **refusal.more}
    return web.json_response(body, status=refusal.status, headers=headers)


async def _arguments(request: web.Request) -> dict[str, Any]:
    """Arguments from wherever Slack takes them: the query, a form or JSON; nested ones may be JSON in a string."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        given |= await request.json()
    elif request.can_read_body:
        given |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    for name in ("blocks", "metadata", "view", "files", "chunks", "prompts"):
        if isinstance(given.get(name), str):
            given[name] = json.loads(given[name])
    return given
