"""Listens on the control socket: who may ask, how many at once, and what ends when a client leaves or the bot does."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.control.address import bind, new_address, remove_address, write_address
from bot.control.service import is_long
from bot.control.wire import MOST_REQUEST_BYTES, Envelope, Trouble, decode_request, encode, trouble
from bot.errors import Busy, ControlFailed
from rag.errors import RagError, StorageFailed

Respond = Callable[[Envelope], AsyncGenerator[bytes, None]]

_STOPPING = "the bot is stopping; try again when it has started"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlLimits:
    """How much the socket takes on at a time."""

    connections: int = 64
    """More are turned away."""

    requests: int = 4
    """More wait for their turn."""

    request_s: float = 10.0
    """Longest wait for a client to say what it wants."""

    write_s: float = 120.0
    """Longest wait for a client to read."""


class ControlServer:
    """Answers the connections of one socket."""

    def __init__(self, respond: Respond, *, token: str, limits: ControlLimits) -> None:
        self._respond = respond
        self._token = token
        self._limits = limits
        self._turns = asyncio.Semaphore(limits.requests)
        self._tasks: dict[asyncio.Task[None], Envelope | None] = {}
        self._stopping = False

    async def stop(self, *, within_s: float) -> None:
        """Take on nothing more. Long work is broken off at once, the rest when it has not ended in time."""
        self._stopping = True
        for task, envelope in self._tasks.items():
            if envelope is None or is_long(envelope.request):
                task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within_s)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one connection: one request, one reply."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks[task] = None
        try:
            await self._guarded(task, reader, writer)
        finally:
            del self._tasks[task]
            await self._close(writer)

    async def _guarded(
        self, task: asyncio.Task[None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """The outermost place of a connection: whatever goes wrong is told to the client on one line."""
        try:
            envelope = self._tasks[task] = await self._admitted(reader)
            await self._unless_gone(self._answer(envelope, writer), reader)
        except (ConnectionError, TimeoutError):
            return
        except asyncio.CancelledError:
            await self._tell(writer, trouble(Busy(_STOPPING, retry_after_s=5.0)))
        except RagError as error:
            await self._tell(writer, trouble(error))
        except Exception as error:
            log.exception("a request at the control socket failed")
            problem = f"the running bot failed ({type(error).__name__}); its log says where"
            await self._tell(writer, trouble(StorageFailed(problem)))

    async def _admitted(self, reader: asyncio.StreamReader) -> Envelope:
        """The request of a client that knows the token. Raises Busy, ControlFailed, TimeoutError, ConnectionError."""
        if self._stopping or len(self._tasks) > self._limits.connections:
            problem = _STOPPING if self._stopping else f"{len(self._tasks) - 1} commands ask the running bot already"
            raise Busy(problem, retry_after_s=5.0)
        try:
            line = await asyncio.wait_for(reader.readuntil(), self._limits.request_s)
        except asyncio.IncompleteReadError as error:
            raise ConnectionError("the client left") from error
        except asyncio.LimitOverrunError as error:
            raise ControlFailed(f"the request is longer than {MOST_REQUEST_BYTES} bytes; ask for less") from error
        envelope = decode_request(line)
        if not hmac.compare_digest(envelope.token.encode(errors="replace"), self._token.encode()):
            raise ControlFailed("the token is wrong; run the command over the home of the running bot")
        return envelope

    async def _answer(self, envelope: Envelope, writer: asyncio.StreamWriter) -> None:
        async with self._turns, aclosing(self._respond(envelope)) as lines:
            async for line in lines:
                writer.write(line)
                await asyncio.wait_for(writer.drain(), self._limits.write_s)

    async def _unless_gone(self, work: Coroutine[Any, Any, None], reader: asyncio.StreamReader) -> None:
        """Does the work to its end, or until the client closes its side. Raises ConnectionError then."""
        working, leaving = asyncio.create_task(work), asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise ConnectionError("the client left")
            working.result()
        finally:
            working.cancel()
            leaving.cancel()
            await asyncio.gather(working, leaving, return_exceptions=True)

    async def _close(self, writer: asyncio.StreamWriter) -> None:
        """Lets the client read what is left, unless it takes too long over it."""
        writer.close()
        try:
            await asyncio.wait_for(writer.wait_closed(), self._limits.write_s)
        except (OSError, TimeoutError):
            writer.transport.abort()

    async def _tell(self, writer: asyncio.StreamWriter, told: Trouble) -> None:
        with suppress(OSError, TimeoutError):
            writer.write(encode("error", told))
            await asyncio.wait_for(writer.drain(), 1.0)


@asynccontextmanager
async def open_control(
    home: Path, respond: Respond, *, process: int, limits: ControlLimits | None = None
) -> AsyncIterator[ControlServer]:
    """Listens for commands over a home until the end of the block. Whoever opens it owns the index of that home.

    Raises:
        StorageFailed: the socket or the file with its address cannot be made.
    """
    address = new_address(home, process=process)
    control = ControlServer(respond, token=address.token, limits=limits or ControlLimits())
    try:
        bound = await asyncio.to_thread(bind, address)
        server = await asyncio.start_unix_server(control.serve, sock=bound, limit=MOST_REQUEST_BYTES)
        await asyncio.to_thread(write_address, home, address)
    except OSError as error:
        place = str(address.socket)
        raise StorageFailed(f"no control socket at {place!r}: {error.strerror}; make its folder writable") from error
    try:
        yield control
    finally:
        server.close()
        await control.stop(within_s=0)
        await asyncio.to_thread(remove_address, home, address)
