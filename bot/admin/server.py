"""Serves /healthz, /readyz and /metrics. aiohttp does it: the vector store's client brings it, and chat SDKs use it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from bot.hosting import AdminSettings
from rag.errors import InvalidSettings

_CLOSE_S = 1.0
"""Longest wait for a look at the figures that is under way when the program ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether the bot can take questions, and the state of each of its parts in a word."""

    ready: bool
    parts: Mapping[str, str] = field(default_factory=dict)


class AdminSite:
    """The pages of the admin port."""

    def __init__(
        self,
        *,
        registry: CollectorRegistry,
        readiness: Callable[[], Readiness],
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        self._registry = registry
        self._readiness = readiness
        self._refresh = refresh

    def application(self) -> web.Application:
        """The pages by their addresses."""
        application = web.Application()
        application.add_routes(
            [
                web.get("/healthz", self._healthz),
                web.get("/readyz", self._readyz),
                web.get("/metrics", self._metrics),
            ]
        )
        return application

    async def _healthz(self, _: web.Request) -> web.Response:
        """That this is answered at all says that the loop turns."""
        return web.Response(text="ok\n")

    async def _readyz(self, _: web.Request) -> web.Response:
        state = self._readiness()
        record = {"ready": state.ready, "parts": dict(state.parts)}
        return web.json_response(record, status=200 if state.ready else 503)

    async def _metrics(self, request: web.Request) -> web.Response:
        await self._refresh()
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(self._registry), headers={"Content-Type": content_type})


@asynccontextmanager
async def open_admin(settings: AdminSettings, site: AdminSite) -> AsyncIterator[int]:
    """Serves the pages until the end of the block, on the port that is yielded.

    Raises:
        InvalidSettings: the address cannot be listened on.
    """
    runner = web.AppRunner(site.application(), access_log=None, shutdown_timeout=_CLOSE_S)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
        except OSError as error:
            raise InvalidSettings(
                f"the admin port {settings.host}:{settings.port} cannot be listened on: {error.strerror}; set"
                " ADVISOR_ADMIN_PORT to a free one, or to 0 for none"
            ) from error
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def is_public(host: str) -> bool:
    """Whether more than this machine can reach what listens on a host."""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"
