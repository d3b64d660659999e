"""Slack over HTTP: signed requests to three paths, which Bolt checks."""

from __future__ import annotations

import asyncio
import logging
import time

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from bot.errors import AdapterFailed
from bot.slack_settings import SlackSettings
from rag.ports import Clock

log = logging.getLogger(__name__)

PATHS = ("/slack/events", "/slack/interactive", "/slack/commands")
_LARGEST_BYTES = 4 * 1024 * 1024
_CLOSE_S = 3.0
_BOLT_CHECKS = "slack_bolt.RequestVerification"
"""Bolt's logger, which writes down all of a refused request: what people said, where the secret is a wrong one."""

_TOLD_EVERY_S = 60.0


async def listen_on_http(app: AsyncApp, settings: SlackSettings) -> None:
    """Answers requests until cancelled. Raises AdapterFailed when the port cannot be had."""

    logging.getLogger(_BOLT_CHECKS).setLevel(logging.WARNING)
    refusals = _Refusals(clock=time.monotonic)

    async def answer(request: web.Request) -> web.Response:
        response = await app.async_dispatch(await to_bolt_request(request))
        if response.status == web.HTTPUnauthorized.status_code:
            refusals.note()
        return await to_aiohttp_response(response)

    site = web.Application(client_max_size=_LARGEST_BYTES)
    site.add_routes([web.post(path, answer) for path in PATHS])
    runner = web.AppRunner(site, shutdown_timeout=_CLOSE_S, access_log=None)
    await runner.setup()
    try:
        await _bind(runner, settings)
        await asyncio.get_running_loop().create_future()
    finally:
        await runner.cleanup()


class _Refusals:
    """Requests that Slack has not signed, told to the operator once a minute however many come."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._not_before = clock()

    def note(self) -> None:
        """One more was refused."""
        if self._clock() < self._not_before:
            return
        self._not_before = self._clock() + _TOLD_EVERY_S
        mend = "where they come from Slack, compare ADVISOR_SLACK_SIGNING_SECRET with the page “Basic Information”"
        log.warning("requests_refused", extra={"reason": f"not signed by Slack, or too old; {mend}, and the clock"})


async def _bind(runner: web.AppRunner, settings: SlackSettings) -> None:
    host, port = settings.http_host, settings.http_port
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        problem = f"cannot listen on {host!r}, port {port}: {error.strerror or error}"
        raise AdapterFailed(f"{problem}; set slack.http_port to a free one", retryable=True) from error
    log.info("slack_requests_are_taken", extra={"host": host, "port": runner.addresses[0][1]})
