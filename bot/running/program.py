"""The running program from its start to its end, which is always in the same order and never takes for ever."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack

from bot.running.connecting import Connection, State
from bot.running.loops import run_served
from bot.running.opening import Bot, Opener, RunSettings
from bot.running.pauses import spare_pauses
from bot.running.plugging import AdapterFactory
from bot.running.stopping import LastResort, Stop

log = logging.getLogger(__name__)

_DONE, _FAILED = 0, 1
_MARGIN_S = 5.0
"""What a part gets beyond its own limit before it is broken off."""


def run_bot(settings: RunSettings, factories: Sequence[AdapterFactory]) -> int:
    """Runs until SIGTERM or SIGINT. The exit status is 1 when the program could not go on by itself.

    Raises:
        RagError: something cannot be opened.
    """
    with LastResort() as last_resort:
        return run_served(Program(settings, factories, last_resort=last_resort).run())


class Program:
    """One run."""

    def __init__(self, settings: RunSettings, factories: Sequence[AdapterFactory], *, last_resort: LastResort) -> None:
        self._settings = settings
        self._opener = Opener(settings, factories)
        self._last_resort = last_resort
        self._stop = Stop()

    async def run(self) -> int:
        """Opens everything, serves, and closes everything."""
        with self._stop.on_signals():
            try:
                async with AsyncExitStack() as stack:
                    bot = await self._unless_stopped(stack)
                    return _DONE if bot is None else await self._serve(bot)
            finally:
                log.info("stopped")

    async def _unless_stopped(self, stack: AsyncExitStack) -> Bot | None:
        """What is open, or None where the program was told to stop before it was."""
        opening, stopping = asyncio.create_task(self._opener.open(stack)), asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not self._stop.asked:
                return opening.result()
            self._closing()
            return None
        finally:
            opening.cancel()
            stopping.cancel()
            await asyncio.gather(opening, stopping, return_exceptions=True)

    async def _serve(self, bot: Bot) -> int:
        """Until the program is told to stop, or the engine breaks."""
        for connection in bot.connections:
            connection.start()
        if not bot.connections:
            log.warning("no_platform_is_set_up")
        stopping = asyncio.create_task(self._stop.wait())
        await self._first_connections(bot, stopping)
        engine = asyncio.create_task(bot.engine.run())
        spare_pauses()
        self._opener.status.up("engine")
        bot.begin_schedules()
        there = {state: [each.name for each in bot.connections if each.state is state] for state in State}
        refused = {"refused": ",".join(there[State.REFUSED])} if there[State.REFUSED] else {}
        log.info("ready", extra={"platforms": ",".join(there[State.UP]), **refused})
        try:
            await asyncio.wait({engine, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            await self._close(bot, engine)
        return self._status(engine)

    async def _first_connections(self, bot: Bot, stopping: asyncio.Task[None]) -> None:
        """Returns when it is known which platforms can be posted to, or when that takes too long."""
        settled = asyncio.create_task(_all_settled(bot.connections))
        await asyncio.wait(
            {settled, stopping}, timeout=self._settings.connections.start_s, return_when=asyncio.FIRST_COMPLETED
        )
        settled.cancel()
        await asyncio.gather(settled, return_exceptions=True)

    async def _close(self, bot: Bot, engine: asyncio.Task[None]) -> None:
        """Intake first, then the answers, then the platforms; the rest is closed by whoever opened it."""
        self._closing()
        seconds = self._settings.engine.shutdown_seconds
        for connection in bot.connections:
            connection.stop_intake()
        bot.engine.close()
        await asyncio.gather(bot.control.stop(within_s=seconds), asyncio.wait({engine}, timeout=seconds + _MARGIN_S))
        engine.cancel()
        await asyncio.gather(engine, return_exceptions=True)
        await asyncio.gather(*(connection.close() for connection in bot.connections))

    def _closing(self) -> None:
        self._opener.status.stopping()
        seconds = self._settings.engine.shutdown_seconds + 2 * self._settings.connections.close_s
        self._last_resort.arm(seconds + 2 * _MARGIN_S)

    def _status(self, engine: asyncio.Task[None]) -> int:
        if self._stop.asked:
            return _DONE
        error = None if engine.cancelled() else engine.exception()
        log.error("engine_broke", exc_info=error)
        return _FAILED


async def _all_settled(connections: Sequence[Connection]) -> None:
    for connection in connections:
        await connection.settled.wait()
