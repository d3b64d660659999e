"""The line of waiting questions: bounded, first come first served, one at a time for each conversation."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.records import QuestionRecord

_FIRST_GUESS_S = 5.0
_WEIGHT = 0.1
_LONGEST_WAIT_S = 120


class Ending(StrEnum):
    """Why a question is given up."""

    DELETED = "deleted"
    REPLACED = "replaced"
    STOPPED = "stopped"
    SHUTDOWN = "shutdown"


@dataclass(slots=True, eq=False, kw_only=True)
class Job:
    """A question on its way through this process.

    `parts` are the messages that it was put together from, beneath the `title` of a forum's post; `started` says that
    the store has it as being answered; `first` that its conversation has no history; `summoned` that the thread's past
    is to be read, None that nobody knows; `lock` is held while something is said about it; `ended` is set when its end
    is stored.
    """

    record: QuestionRecord
    since: float
    parts: dict[str, str] = field(default_factory=dict)
    title: str = ""
    expired: bool = False
    started: bool = False
    fresh: bool = False
    first: bool = False
    summoned: bool | None = False
    ahead_shown: int | None = None
    ending: Ending | None = None
    closing: bool = False
    task: asyncio.Task[None] | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def id(self) -> str:
        """The question's id."""
        return self.record.id

    @property
    def thread(self) -> str:
        """The conversation in which one question is answered at a time."""
        return self.record.place.key

    def worded(self, parts: Mapping[str, str]) -> str:
        """What these messages ask together."""
        return titled(self.title, "\n".join(parts.values()))

    def rewrite(self, parts: dict[str, str]) -> None:
        """Ask something else, put together from these messages."""
        self.record = replace(self.record, text=self.worded(parts))
        self.parts = parts

    def stop(self, ending: Ending) -> bool:
        """Break off the answer; False when its end has been decided already."""
        if self.closing or self.ending:
            return False
        self.ending = ending
        if self.task:
            self.task.cancel()
        return True


def titled(title: str, text: str) -> str:
    """A text beneath its title, where it has one."""
    return f"{title}\n{text}".strip()


class Line:
    """Who waits and who is being answered."""

    def __init__(self, *, size: int, workers: int) -> None:
        self._size = size
        self._workers = workers
        self._waiting: dict[str, Job] = {}
        self._running: dict[str, Job] = {}
        self._threads: dict[str, dict[str, Job]] = {}
        self._busy: set[str] = set()
        self._reserved = 0
        self._closed = False
        self._changed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._seconds_each = _FIRST_GUESS_S

    def resize(self, size: int) -> None:
        """Let so many wait from now on; who waits already stays."""
        self._size = size

    @property
    def depth(self) -> int:
        """How many questions wait."""
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether nobody else may wait."""
        return len(self._waiting) + self._reserved >= self._size

    @property
    def running(self) -> tuple[Job, ...]:
        """The questions that are being answered."""
        return tuple(self._running.values())

    @property
    def retry_after_s(self) -> int:
        """Whole seconds after which a place is likely to be free."""
        seconds = self._seconds_each * (len(self._waiting) + 1) / self._workers
        return min(_LONGEST_WAIT_S, max(1, math.ceil(seconds)))

    def find(self, question_id: str) -> Job | None:
        """A question that waits or is being answered."""
        return self._waiting.get(question_id) or self._running.get(question_id)

    def of_thread(self, thread: str) -> tuple[Job, ...]:
        """The questions of one conversation, in their order."""
        return tuple(self._threads.get(thread, {}).values())

    def waits(self, job: Job) -> bool:
        """Whether a question still waits."""
        return job.id in self._waiting

    def ahead(self) -> Iterator[tuple[Job, int]]:
        """Who waits, with how many are ahead of them."""
        return iter([(job, number) for number, job in enumerate(self._waiting.values())])

    def reserve(self) -> bool:
        """Keep a place free for a question that is being stored; False when there is none."""
        if self.full:
            return False
        self._reserved += 1
        return True

    def release(self) -> None:
        """Give a reserved place back."""
        self._reserved -= 1

    def enter(self, job: Job) -> None:
        """Put a question at the end. One that the store holds enters even where the line is full."""
        self._waiting[job.id] = job
        self._threads.setdefault(job.thread, {})[job.id] = job
        self._idle.clear()
        self._changed.set()

    def remove(self, job: Job) -> bool:
        """Take a waiting question out; False when it does not wait any more."""
        removed = self._waiting.pop(job.id, None) is not None
        if removed:
            self._forget(job)
        return removed

    async def take(self) -> Job | None:
        """The first question whose conversation is free, waiting for one; None once the line is closed."""
        while not self._closed:
            for job in self._waiting.values():
                if job.thread not in self._busy:
                    return self._begin(job)
            self._changed.clear()
            await self._changed.wait()
        return None

    def leave(self, job: Job, *, seconds: float) -> None:
        """Note that a question was worked on, and for how long."""
        if self._running.pop(job.id, None):
            self._busy.discard(job.thread)
            self._forget(job)
        self._seconds_each += _WEIGHT * (seconds - self._seconds_each)
        self._changed.set()

    def close(self) -> None:
        """Let nobody begin any more; whoever waits goes on waiting in the store."""
        self._closed = True
        self._changed.set()

    async def idle(self) -> None:
        """Returns when nobody waits or is being answered."""
        await self._idle.wait()

    def _begin(self, job: Job) -> Job:
        del self._waiting[job.id]
        self._running[job.id] = job
        self._busy.add(job.thread)
        return job

    def _forget(self, job: Job) -> None:
        jobs = self._threads[job.thread]
        del jobs[job.id]
        if not jobs:
            del self._threads[job.thread]
        if not self._waiting and not self._running:
            self._idle.set()
