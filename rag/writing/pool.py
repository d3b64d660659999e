"""Several language models behind one door: the first that works writes, and nobody waits for one that does not.

The budget for the first word is shared: each endpoint that may still be tried gets an equal part of what is left, so
one that accepts and never answers cannot use up the time of the next.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace

from rag.errors import ModelRefused, ModelUnavailable
from rag.ports import ChatModel, Clock, ModelInfo, Piece, PromptFor
from rag.settings import ModelSettings
from rag.writing.breaker import Admission, Breaker
from rag.writing.events import OnPoolEvent, PoolEvent, PoolEventKind

Sleep = Callable[[float], Awaitable[None]]

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 1.0
_FAIR_SHARE = 0.5
"""Of an equal part of the time for the first word: an endpoint that got less had no fair chance."""

log = logging.getLogger(__name__)


class _TooSlow(ModelUnavailable):
    """An endpoint used up its time: asking it again would use up that of the others."""


class _Rushed(_TooSlow):
    """So little of the time was left when its turn came that being late says nothing about an endpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One endpoint and what is known of its health."""

    model: ChatModel
    breaker: Breaker


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What a caller wants written."""

    prompt: PromptFor
    most_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A stream whose first piece has come."""

    line: _Line
    admission: Admission
    info: ModelInfo
    first: Piece
    rest: AsyncGenerator[Piece, None]


class FailoverPool:
    """Tries language models in order; implements `rag.ports.ModelPool`.

    Args:
        models: the endpoints, best first.
        settings: budgets, attempts and the breakers' numbers.
        clock: for the breakers.
        sleep: for the pause before the same endpoint is asked again.
        jitter: a number in 0..1 that spreads those pauses.
        on_event: gets every event that is logged.
    """

    def __init__(
        self,
        models: Sequence[ChatModel],
        settings: ModelSettings,
        *,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        on_event: OnPoolEvent = lambda _: None,
    ) -> None:
        self._lines = tuple(
            _Line(
                model=model,
                breaker=Breaker(open_after=settings.open_after, probe_after_s=settings.probe_after_s, clock=clock),
            )
            for model in models
        )
        self._settings = settings
        self._sleep = sleep
        self._jitter = jitter
        self._on_event = on_event
        self._slots = asyncio.Semaphore(settings.concurrency)

    async def stream(self, prompt: PromptFor, *, most_tokens: int) -> AsyncGenerator[Piece, None]:
        """What the first working model writes; see `rag.ports.ModelPool`. Whoever leaves early closes it."""
        asked_at = asyncio.get_running_loop().time()
        begin_by, end_by = asked_at + self._settings.first_token_s, asked_at + self._settings.total_s
        async with self._slot(begin_by):
            begun = await self._begin(_Order(prompt=prompt, most_tokens=most_tokens), min(begin_by, end_by))
            async with aclosing(self._pieces(begun, end_by)) as pieces:
                async for piece in pieces:
                    yield piece

    @asynccontextmanager
    async def _slot(self, begin_by: float) -> AsyncGenerator[None, None]:
        try:
            async with asyncio.timeout_at(begin_by):
                await self._slots.acquire()
        except TimeoutError as error:
            busy = f"{self._settings.concurrency} answers are being written and none has ended in time"
            raise ModelUnavailable(f"{busy}; raise ADVISOR_LLM_CONCURRENCY if the servers can take more") from error
        try:
            yield
        finally:
            self._slots.release()

    async def _begin(self, order: _Order, begin_by: float) -> _Begun:
        """The stream of the first endpoint that writes something."""
        failures: list[ModelUnavailable] = []
        for place, line in enumerate(self._lines):
            left = 1 + sum(later.breaker.ready for later in self._lines[place + 1 :])
            now = asyncio.get_running_loop().time()
            try:
                return await self._begin_at(line, order, now + (begin_by - now) / left)
            except ModelUnavailable as error:
                failures.append(error)
                if place + 1 < len(self._lines):
                    self._tell(PoolEventKind.SWITCHED, line, error)
        raise self._exhausted(failures)

    async def _begin_at(self, line: _Line, order: _Order, begin_by: float) -> _Begun:
        """The stream of one endpoint, which is asked again after a failure that may pass."""
        failure: ModelUnavailable | None = None
        for attempt in range(self._settings.attempts):
            if failure:
                await self._sleep(self._pause(attempt))
            admission = line.breaker.admit()
            if admission is None:
                raise failure or _left_alone(line)
            try:
                with self._judged(line, admission, PoolEventKind.FAILED):
                    return await self._first(line, admission, order, begin_by)
            except (ModelRefused, _TooSlow):
                raise
            except ModelUnavailable as error:
                failure = error
        raise failure or _left_alone(line)

    def _pause(self, attempt: int) -> float:
        return min(_LONGEST_PAUSE_S, math.ldexp(_FIRST_PAUSE_S, attempt - 1)) * (0.5 + self._jitter())

    async def _first(self, line: _Line, admission: Admission, order: _Order, begin_by: float) -> _Begun:
        given_s = begin_by - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(begin_by):
                messages = await order.prompt(line.model)
                info = await line.model.info()
                rest = line.model.stream(messages, most_tokens=order.most_tokens)
                first = await anext(rest, Piece())
        except TimeoutError as error:
            late = f"the language model at {line.model.endpoint!r} wrote nothing in the time it was given"
            kind = _Rushed if given_s < _FAIR_SHARE * self._settings.first_token_s / len(self._lines) else _TooSlow
            raise kind(f"{late}; look at its load, or raise ADVISOR_LLM_FIRST_TOKEN_S") from error
        if line.breaker.began(admission):
            self._tell(PoolEventKind.CLOSED, line)
        return _Begun(line=line, admission=admission, info=info, first=first, rest=rest)

    async def _pieces(self, begun: _Begun, end_by: float) -> AsyncGenerator[Piece, None]:
        with self._judged(begun.line, begun.admission, PoolEventKind.BROKE_OFF):
            async with aclosing(begun.rest):
                yield replace(begun.first, info=begun.info)
                while piece := await self._next(begun, end_by):
                    yield piece
            begun.line.breaker.succeeded()

    async def _next(self, begun: _Begun, end_by: float) -> Piece | None:
        silent_by = asyncio.get_running_loop().time() + self._settings.stall_s
        try:
            async with asyncio.timeout_at(min(silent_by, end_by)):
                return await anext(begun.rest, None)
        except TimeoutError as error:
            what = "was silent for too long" if silent_by < end_by else "took too long for the whole answer"
            setting = "ADVISOR_LLM_STALL_S" if silent_by < end_by else "ADVISOR_LLM_TOTAL_S"
            told = f"the language model at {begun.line.model.endpoint!r} {what}"
            raise ModelUnavailable(f"{told}; look at its load, or raise {setting}") from error

    @contextmanager
    def _judged(self, line: _Line, admission: Admission, kind: PoolEventKind) -> Iterator[None]:
        """Tells the breaker how a request went, whichever way it ends; not of what is no fault of the endpoint."""
        try:
            yield
        except ModelUnavailable as error:
            if isinstance(error, ModelRefused | _Rushed):
                raise
            opened = line.breaker.failed(admission)
            self._tell(kind, line, error)
            if opened:
                self._tell(PoolEventKind.OPENED, line, error)
            raise
        finally:
            line.breaker.released(admission)

    def _exhausted(self, failures: Sequence[ModelUnavailable]) -> ModelUnavailable:
        """The error for all failures together; a refusal only if every endpoint refused."""
        if failures and all(isinstance(failure, ModelRefused) for failure in failures):
            error = failures[-1]  # itself, for its class and what it tells a person; the others are in the log
        else:
            text = "; ".join(str(failure) for failure in failures)
            error = ModelUnavailable(text or "no language model is configured; ADVISOR_LLM_BASE_URL names a server")
            error.__cause__ = failures[-1] if failures else None
        if self._lines:
            self._tell(PoolEventKind.EXHAUSTED, self._lines[-1], error)
        return error

    def _tell(self, kind: PoolEventKind, line: _Line, error: ModelUnavailable | None = None) -> None:
        event = PoolEvent(kind=kind, endpoint=line.model.endpoint, error=type(error).__name__ if error else "")
        details = {"endpoint": event.endpoint, "error": event.error, "reason": str(error or "")}
        log.log(logging.INFO if kind is PoolEventKind.CLOSED else logging.WARNING, kind.value, extra=details)
        self._on_event(event)


def _left_alone(line: _Line) -> ModelUnavailable:
    return ModelUnavailable(
        f"the language model at {line.model.endpoint!r} is left alone for a while after it failed repeatedly"
    )
