"""Parses hostile formats in a process of its own, so that no file can take the program down."""

from __future__ import annotations

import contextlib
import math
import signal
import subprocess
import sys
import threading
import weakref
from typing import IO, cast

from rag.errors import UnreadableDocument
from rag.ingest.blocks import ParsedFile
from rag.ingest.formats import parse_file, reader_of
from rag.ingest.worker import ANSWERS, REQUESTS, Answer, Request, read_frame, write_frame
from rag.settings import IngestSettings

_COMMAND = (sys.executable, "-P", "-m", "rag.ingest.worker")
"""`-P`: a folder named `rag` in the working directory is not ours."""
_LAST_BREATH_S = 2.0


class IsolatedParser:
    """Parses files, those of risky formats in one worker process that is started with the first of them.

    A worker that a file has ended is replaced at the next one; it ends with this object at the latest. Parsing blocks:
    call it through a thread. `close` may be called at any time from any thread and ends what is being parsed.
    """

    def __init__(self, settings: IngestSettings) -> None:
        self._seconds = settings.parser_seconds
        self._megabytes = settings.parser_megabytes
        self._one_at_a_time = threading.Lock()
        self._starting_or_closing = threading.Lock()
        self._closed = False
        self._running: list[subprocess.Popen[bytes]] = []
        self._finalizer = weakref.finalize(self, _end_all, self._running)

    def parse(self, data: bytes, source: str) -> ParsedFile:
        """What the bytes of a file hold, by the suffix of its name.

        Raises:
            UnreadableDocument: the file cannot be read, takes too long or too much memory, or crashes its parser.
        """
        found = reader_of(source)
        if found is None or not found.isolated or not data:
            return parse_file(data, source)
        with self._one_at_a_time:
            answer = self._ask(data, source)
        if answer.parsed is None:
            raise UnreadableDocument(source, problem=answer.problem, remedy=answer.remedy)
        return answer.parsed

    def close(self) -> None:
        """End the worker, and refuse all further files of risky formats."""
        with self._starting_or_closing:
            self._closed = True
        _end_all(self._running)

    def _ask(self, data: bytes, source: str) -> Answer:
        with self._starting_or_closing:
            worker = None if self._closed else self._worker()
        if worker is None:
            return Answer(problem="the run was ended before the file was read", remedy="run the index again")
        late = threading.Event()
        timer = threading.Timer(self._seconds, _end_late, (worker, late))
        timer.daemon = True
        timer.start()
        try:
            answer = self._exchange(worker, data, source)
        finally:
            timer.cancel()
        if answer is None:
            return self._obituary(worker, late=late.is_set())
        if answer.spent:
            _end_all(self._running)
        return answer

    def _exchange(self, worker: subprocess.Popen[bytes], data: bytes, source: str) -> Answer | None:
        request = Request(source=source, seconds=math.ceil(self._seconds), megabytes=self._megabytes)
        requests, replies = cast("IO[bytes]", worker.stdin), cast("IO[bytes]", worker.stdout)
        try:
            write_frame(requests, REQUESTS.dump_json(request))
            write_frame(requests, data)
            reply = read_frame(replies)
            return None if reply is None else ANSWERS.validate_json(reply)
        except (OSError, ValueError, OverflowError, MemoryError):  # it ended, or what it says is no answer
            return None

    def _worker(self) -> subprocess.Popen[bytes]:
        if self._running and self._running[-1].poll() is None:
            return self._running[-1]
        _end_all(self._running)
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        worker = subprocess.Popen(_COMMAND, stdin=pipe, stdout=pipe, stderr=nothing)
        self._running.append(worker)
        return worker

    def _obituary(self, worker: subprocess.Popen[bytes], *, late: bool) -> Answer:
        with contextlib.suppress(subprocess.TimeoutExpired):
            worker.wait(timeout=_LAST_BREATH_S)  # its own end tells more than our signal
        status = worker.returncode
        _end_all(self._running)
        if late or status == -signal.SIGXCPU:
            problem = f"reading it takes longer than the {self._seconds:g} seconds allowed"
            return Answer(problem=problem, remedy="split it or raise parser_seconds")
        if status is None:
            return Answer(problem="its parser gave no answer that can be used", remedy="save it anew and try again")
        problem = f"reading it ended its parser (exit status {status})"
        return Answer(problem=problem, remedy="save it anew, split it or raise parser_megabytes")


def _end_late(worker: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    worker.kill()


def _end_all(running: list[subprocess.Popen[bytes]]) -> None:
    while True:
        try:
            worker = running.pop()
        except IndexError:
            return
        worker.kill()
        worker.wait()
        for stream in filter(None, (worker.stdin, worker.stdout)):
            with contextlib.suppress(OSError):  # what could not be sent any more is not missed
                stream.close()
