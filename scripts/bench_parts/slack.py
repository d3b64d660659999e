"""The bot on Slack under load: Socket Mode and the Web API of the double, which runs in a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bench_parts.figures import resident_mb
from bench_parts.load import InstantAnswers, engine_over
from bot.limits import EngineSettings
from bot.running.pauses import spare_pauses
from bot.settings import Settings
from bot.slack_app.connection import SlackFactory
from bot.slack_settings import SlackSettings
from bot.store.opening import open_store

SCENARIOS: dict[str, dict[str, Any]] = {
    "300 mentions a second for 10 s, methods take 50 ms": {
        "rate": 300,
        "mentions": 3_000,
        "channels": 1_000,
        "people": 300,
    },
    "4 channels, a mention a second in each, one message a second with 429s": {
        "rate": 4,
        "mentions": 120,
        "channels": 4,
        "people": 60,
        "post_interval_s": 1.0,
        "workers": 32,
    },
    "100 mentions a second, the socket is exchanged midway": {
        "rate": 100,
        "mentions": 500,
        "channels": 500,
        "people": 500,
        "disconnect_at": 250,
    },
}
_DEFAULTS = {"call_s": 0.05, "post_interval_s": 0.0, "disconnect_at": -1, "workers": 8}
_BOT_TOKEN, _APP_TOKEN = "xoxb-1-good", "xapp-1-good"
_LAG_EVERY_S = 0.02


async def measure(home: Path, name: str) -> dict[str, object]:
    """The figures of one scenario on a store in `home`. Fails when a mention was lost or answered twice."""
    scenario = {**_DEFAULTS, **SCENARIOS[name]}
    async with _server() as server:
        api = json.loads(await server.stdout.readline())["api"]
        before = resident_mb()
        lags: list[float] = []
        async with _bot(home, api, scenario), _lag(lags):
            server.stdin.write(json.dumps(scenario).encode() + b"\n")
            await server.stdin.drain()
            begun, used = time.perf_counter(), time.process_time()
            told: dict[str, Any] = json.loads(await server.stdout.readline())
            wall, used = time.perf_counter() - begun, time.process_time() - used
            after = resident_mb()
    wrong = {figure: told[figure] for figure in ("neither", "answered twice", "not acknowledged") if told[figure]}
    if wrong:
        raise AssertionError(f"{name}: {wrong} of {told}")
    return {
        "measured": name,
        **told,
        # Acknowledgements come late where other programs take the processor: what it needs tells more than what it got.
        "processor ms a mention": round(1000 * used / told["mentions"], 2),
        "share of a core that it got": round(used / wall, 2),
        "loop's longest stall ms": round(1000 * max(lags, default=0.0)),
        "resident MB before": before,
        "resident MB after": after,
    }


@asynccontextmanager
async def _server() -> AsyncIterator[Any]:
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench_parts.slack_server", cwd=Path(__file__).parents[1], stdin=pipe, stdout=pipe
    )
    try:
        yield server
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()


@asynccontextmanager
async def _bot(home: Path, api: str, scenario: dict[str, Any]) -> AsyncIterator[None]:
    slack = SlackSettings(bot_token=SecretStr(_BOT_TOKEN), app_token=SecretStr(_APP_TOKEN), api_base_url=api)
    limits = EngineSettings(
        workers=scenario["workers"],
        person_per_minute=600,
        person_burst=100,
        lines_per_minute=600,
        lines_burst=100,
        channel_per_minute=6000,
        channel_burst=1000,
    )
    async with open_store(None, home=home) as store, SlackFactory().open(Settings(home=home, slack=slack)) as slack_bot:
        engine = engine_over(store, {"slack": slack_bot.chat}, InstantAnswers(), limits)
        running = asyncio.create_task(engine.run())
        listening = asyncio.create_task(slack_bot.listen(engine.receive))
        spare_pauses()
        try:
            yield
            await engine.settled()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            engine.close()
            await running


@asynccontextmanager
async def _lag(lags: list[float]) -> AsyncIterator[None]:
    """Notes for how long the event loop did not come round."""

    async def watch() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(_LAG_EVERY_S)
            lags.append(time.perf_counter() - begun - _LAG_EVERY_S)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
