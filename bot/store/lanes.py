"""Two lanes into the threads that a database has: what a platform waits for passes ahead of what nobody waits for.

Neither lane starves: one that was passed over has its turn next. What is in a lane keeps its order.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any


@dataclass(slots=True, eq=False, kw_only=True)
class Task:
    """A blocking function whose outcome somebody on an event loop waits for."""

    work: Callable[..., Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None


class Lanes:
    """Runs tasks on threads of its own, which start with the first task.

    Args:
        run: runs tasks on one of the threads and leaves in each its result or its error; it raises nothing.
            It draws them one by one: a turn of the slow lane ends as soon as the urgent one has something to do.
        name: what the threads are called.
        threads: how many there are.
        most: how many tasks one turn has at most.
    """

    def __init__(self, run: Callable[[Iterator[Task]], None], *, name: str, threads: int, most: int) -> None:
        self._run = run
        self._most = most
        self._urgent: deque[Task] = deque()
        self._usual: deque[Task] = deque()
        self._passed_over = False
        self._turns = Lock()
        self._closed = False
        self._signals: SimpleQueue[None] = SimpleQueue()
        self._threads = [Thread(target=self._serve, name=f"{name}-{number}", daemon=True) for number in range(threads)]
        self._started = False

    async def run(self, work: Callable[..., Any], *, urgent: bool) -> Any:
        """What a function returns or raises. Cancelled before its turn, it does not run."""
        if self._closed:
            raise RuntimeError("the database is closed; nothing can be read or written any more")
        if not self._started:
            self._start()
        task = Task(work=work, future=asyncio.get_running_loop().create_future())
        (self._urgent if urgent else self._usual).append(task)
        self._signals.put(None)
        return await task.future

    def close(self) -> None:
        """Run what waits, then end the threads. It blocks."""
        self._closed = True
        if self._started:
            for _ in self._threads:
                self._signals.put(None)
            for thread in self._threads:
                thread.join()

    def _start(self) -> None:
        self._started = True
        for thread in self._threads:
            thread.start()

    def _serve(self) -> None:
        while True:
            self._signals.get()
            while begun := self._turn():
                deliver(begun)
            if self._closed:
                return

    def _turn(self) -> list[Task]:
        begun: list[Task] = []

        def noted() -> Iterator[Task]:
            for task in self._drawn():
                begun.append(task)
                yield task

        self._run(noted())
        return begun

    def _drawn(self) -> Iterator[Task]:
        with self._turns:
            usual = bool(self._usual) and (self._passed_over or not self._urgent)
            self._passed_over = not usual and bool(self._usual)
        lane = self._usual if usual else self._urgent
        for number in range(self._most):
            if usual and number and self._urgent:
                return
            try:
                task = lane.popleft()
            except IndexError:
                return
            if not task.future.cancelled():
                yield task


def deliver(tasks: Sequence[Task]) -> None:
    """Hand outcomes over to the loops that wait for them: one wake-up for many, as each costs a system call."""
    for loop in {task.future.get_loop() for task in tasks}:
        # A loop that has been closed has nobody left who waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, [task for task in tasks if task.future.get_loop() is loop])


def _settle(tasks: Sequence[Task]) -> None:
    for task in tasks:
        if task.future.cancelled():
            continue
        if task.error is not None:
            task.future.set_exception(task.error)
        else:
            task.future.set_result(task.result)
