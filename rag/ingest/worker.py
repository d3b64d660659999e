"""The process that parses files which may be made to exhaust their parser: `python -m rag.ingest.worker`.

It reads requests from its standard input and writes an answer to each, until the input ends. Every parse has its own
limits of processor time and memory; the system ends a process that passes the first, the second raises MemoryError.
Messages are frames of bytes, the answers JSON: a parser that a file has taken over can tell lies, and nothing worse.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import resource
import signal
import struct
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter

from rag.errors import UnreadableDocument
from rag.ingest.blocks import ParsedFile
from rag.ingest.formats import parse_file

_LENGTH = struct.Struct(">Q")
_STATM = Path("/proc/self/statm")
_MOST_KEPT = 400_000_000
"""Bytes that a process may have more after a file than before; the parsers themselves take less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to parse, and how much processor time and further memory it may take."""

    source: str
    seconds: int
    megabytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a request: the parsed file, or what is wrong with it.

    `spent` asks for another process: this one holds memory that its parsers did not give back.
    """

    parsed: ParsedFile | None = None
    problem: str = ""
    remedy: str = ""
    spent: bool = False


REQUESTS = TypeAdapter(Request)
ANSWERS = TypeAdapter(Answer)


def write_frame(stream: IO[bytes], data: bytes) -> None:
    """Writes one message. Raises OSError when nobody reads any more."""
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes | None:
    """Reads one message; None when the stream ends before it is complete."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    return data if len(data) == length else None


def main() -> None:
    """Answer requests until there are no more."""
    answers = _private_output()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt at the terminal is for the parent, which ends us
    warnings.simplefilter("ignore")
    logging.disable()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while (head := read_frame(sys.stdin.buffer)) is not None and (data := read_frame(sys.stdin.buffer)) is not None:
        write_frame(answers, _answered(REQUESTS.validate_json(head), data))


def _private_output() -> IO[bytes]:
    """The pipe to the parent; whatever a library prints goes to the standard error output instead."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _answered(request: Request, data: bytes) -> bytes:
    before = _address_space()
    _limit(request, before)
    answer = _answer(request.source, data)
    _soft(resource.RLIMIT_AS, resource.RLIM_INFINITY)
    spent = _address_space() - before > _MOST_KEPT
    return ANSWERS.dump_json(dataclasses.replace(answer, spent=spent), exclude_defaults=True)


def _answer(source: str, data: bytes) -> Answer:
    try:
        parsed = parse_file(data, source)
        parsed.text.encode()
    except UnreadableDocument as error:
        return Answer(problem=error.problem, remedy=error.remedy)
    except UnicodeEncodeError:
        return Answer(problem="the file holds characters that are none", remedy="save it anew and try again")
    return Answer(parsed=parsed)


def _limit(request: Request, mapped: int) -> None:
    """Sets soft limits: they count what a process took over its whole life, so each parse gets new ones."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _soft(resource.RLIMIT_CPU, int(usage.ru_utime + usage.ru_stime) + 1 + request.seconds)
    _soft(resource.RLIMIT_AS, mapped + request.megabytes * 1_000_000)


def _soft(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    bounded = hard if value == resource.RLIM_INFINITY else value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (bounded, hard))


def _address_space() -> int:
    """Bytes that the process has mapped so far; 0 on systems that do not tell."""
    try:
        return int(_STATM.read_text("ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return 0


if __name__ == "__main__":
    main()
