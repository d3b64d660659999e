"""The admin port: health, readiness and metrics as a probe or Prometheus reads them."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse

from bot.admin.server import AdminSite, Readiness, is_public, open_admin
from bot.hosting import AdminSettings
from bot.metrics import Metrics
from rag.errors import InvalidSettings


@dataclass
class Watched:
    """A program whose state a test sets."""

    metrics: Metrics = field(default_factory=lambda: Metrics(version="1"))
    ready: Readiness = field(default_factory=lambda: Readiness(ready=False, parts={"library": "opening"}))
    documents: int = 0

    async def refresh(self) -> None:
        self.documents += 1
        self.metrics.index_state(documents=self.documents, chunks=2, busy=True)


@dataclass
class Site:
    watched: Watched
    url: str
    session: aiohttp.ClientSession

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.session.get(self.url + path, headers=headers) as response:
            return response.status, await response.text()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    watched = Watched()
    pages = AdminSite(registry=watched.metrics.registry, readiness=lambda: watched.ready, refresh=watched.refresh)
    async with open_admin(AdminSettings(port=0), pages) as port, aiohttp.ClientSession() as session:
        yield Site(watched, f"http://127.0.0.1:{port}", session)


async def test_health_is_told_while_the_program_opens(site: Site) -> None:
    assert await site.get("/healthz") == (200, "ok\n")


async def test_readiness_is_503_until_all_parts_are_up(site: Site) -> None:
    assert await site.get("/readyz") == (503, '{"ready": false, "parts": {"library": "opening"}}')
    site.watched.ready = Readiness(ready=True, parts={"library": "up"})
    assert await site.get("/readyz") == (200, '{"ready": true, "parts": {"library": "up"}}')


@pytest.mark.parametrize(
    ("accept", "parser"),
    [
        pytest.param("*/*", parse, id="text"),
        pytest.param("application/openmetrics-text; version=1.0.0", parse_openmetrics, id="OpenMetrics"),
    ],
)
async def test_metrics_are_fresh_and_can_be_parsed(site: Site, accept: str, parser: object) -> None:
    for look in (1, 2):
        status, text = await site.get("/metrics", Accept=accept)
        families = {family.name: family for family in parser(text)}  # type: ignore[operator]
        assert status == 200
        assert families["advisor_index_documents"].samples[0].value == look
    assert families["advisor_build_info"].samples[0].labels == {"version": "1"}


async def test_nothing_else_is_served(site: Site) -> None:
    assert (await site.get("/"))[0] == 404
    async with site.session.post(site.url + "/metrics") as response:
        assert response.status == 405


async def test_port_that_is_taken_is_told() -> None:
    watched = Watched()
    pages = AdminSite(registry=watched.metrics.registry, readiness=lambda: watched.ready, refresh=watched.refresh)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InvalidSettings, match=rf"127\.0\.0\.1:{port} cannot .* ADVISOR_ADMIN_PORT"):
            async with open_admin(AdminSettings(port=port), pages):
                pass


@pytest.mark.parametrize(
    ("host", "public"),
    [("127.0.0.1", False), ("::1", False), ("localhost", False), ("0.0.0.0", True), ("bot.example", True)],
)
def test_address_beyond_this_machine_is_recognised(host: str, public: bool) -> None:
    assert is_public(host) is public
