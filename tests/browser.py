"""A Chromium without a window that pictures pages, spoken to by its DevTools protocol.

`scripts/test --all` puts one on the path where it can (`scripts/_chromium_env`).
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome", "chrome")
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--no-zygote",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
_START_S, _CALL_S = 60.0, 60.0


class BrowserFailed(Exception):
    """The browser does not start, or does not answer."""


def installed() -> str | None:
    """A Chromium that is on the path."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def running(program: str, profile: Path) -> Iterator[int]:
    """A browser for as long as the block lasts; its port. Raises BrowserFailed."""
    command = [program, *_OPTIONS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield _port(process, profile / "DevToolsActivePort")
    finally:
        process.kill()
        process.wait()


def _port(process: subprocess.Popen[bytes], told: Path) -> int:
    begun = time.monotonic()
    while not told.exists() or not told.read_text().strip():
        if process.poll() is not None or time.monotonic() - begun > _START_S:
            raise BrowserFailed(f"{process.args!r} does not tell its port; its exit status is {process.poll()}")
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    return int(told.read_text().splitlines()[0])


async def picture(port: int, page: Path, *, width: int) -> bytes:
    """The whole of a page as a PNG of this width. Raises BrowserFailed."""
    try:
        async with asyncio.timeout(_CALL_S):
            return await _pictured(port, page, width)
    except (aiohttp.ClientError, TimeoutError, OSError, KeyError, TypeError) as error:
        raise BrowserFailed(f"{page.name!r} could not be pictured: {type(error).__name__} {error}") from error


async def _pictured(port: int, page: Path, width: int) -> bytes:
    async with aiohttp.ClientSession() as session:
        async with session.put(f"http://127.0.0.1:{port}/json/new?about:blank") as response:
            target = await response.json()
        async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            numbers = itertools.count(1)

            async def call(method: str, **params: Any) -> dict[str, Any]:
                number = next(numbers)
                await socket.send_json({"id": number, "method": method, "params": params})
                while (answer := await socket.receive_json()).get("id") != number:
                    pass
                return dict(answer["result"])

            await call("Emulation.setDeviceMetricsOverride", width=width, height=200, deviceScaleFactor=1, mobile=False)
            await call("Page.enable")
            await call("Page.navigate", url=page.as_uri())
            ready = "new Promise(done => document.readyState == 'complete' ? done() : onload = done)"
            await call("Runtime.evaluate", expression=ready, awaitPromise=True)
            size = (await call("Page.getLayoutMetrics"))["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": width, "height": size["height"], "scale": 1}
            shot = await call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        await (await session.put(f"http://127.0.0.1:{port}/json/close/{target['id']}")).read()
    return base64.b64decode(shot["data"])
