"""How the C library and the system deal with memory; where they are others than glibc and Linux, nothing happens."""

from __future__ import annotations

import ctypes
import mmap
import re
import sys
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_M_PERTURB: Final = -6
"""Of glibc's malloc.h: allocated bytes begin as the complement of this value, freed ones are set to it (mallopt(3))."""

_M_MMAP_THRESHOLD: Final = -3
"""Of glibc's malloc.h: blocks from this size on come straight from the system and go back to it."""

_MAPPING: Final = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r-[x-]p [0-9a-f]+ [0-9a-f:]+ [0-9]+ +(/.*)")
"""Begin, end and file of a mapping that can only be read, in the form of /proc/self/smaps (proc(5))."""

_UNWRITTEN: Final = "Anonymous:             0 kB"
"""Stands below a mapping of which every page is the file's own."""

_OFF: Final = 0
_ZERO_THEN_ONES: Final = 0xFF
_LARGE: Final = 128 * 1024


def give_back() -> None:
    """Returns to the system what lies free after a large thing was read; the library keeps what it might need again.

    Opening both packaged models leaves 30 MB of 240 free and kept.
    """
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return
    trim(0)


def put_down_programs() -> None:
    """Has imported libraries keep in memory only what is used from now on; the rest of them served the start alone.

    Of 72 MB that stand there after the models and a graph were opened, searches read half again, from the system's own
    copy of the files. Left alone is what was written to while a library was loaded, for that exists here only, and any
    library that is no module: another thread might be loading it now.
    """
    try:
        lines = Path("/proc/self/smaps").read_text("utf-8", errors="replace").splitlines()
        advise, unneeded = ctypes.CDLL(None).madvise, mmap.MADV_DONTNEED
    except (AttributeError, OSError, TypeError):
        return
    modules = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    for begin, end in _unwritten(lines, modules):
        advise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), unneeded)


def _unwritten(lines: Iterable[str], files: Container[str | None]) -> Iterator[tuple[int, int]]:
    """Where these files are mapped only to be read, and were never written to."""
    place = None
    for line in lines:
        if found := _MAPPING.fullmatch(line):
            place = (int(found[1], 16), int(found[2], 16)) if found[3] in files else None
        elif line == _UNWRITTEN and place:
            yield place
        elif not line[:1].isupper():
            place = None


def forget_what_is_freed() -> None:
    """Has memory come zeroed, and overwritten when it is freed.

    hnswlib, below Chroma, writes blocks to disk with what it has not filled yet. Used memory would bring along what
    this process held before, the words of people who have had theirs deleted as well. A search takes no longer for it.

    Large blocks come from the system, which zeroes them, and are not kept for later: left to itself glibc would soon
    keep blocks of 30 MB.
    """
    if set_option := _option_setter():
        set_option(_M_MMAP_THRESHOLD, _LARGE)
        set_option(_M_PERTURB, _ZERO_THEN_ONES)


@contextmanager
def large_blocks_untouched() -> Iterator[None]:
    """Leaves what comes zeroed from the system as it is, where `forget_what_is_freed` would write over it.

    A block takes memory as far as it was written to. hnswlib reads a graph into one that has room for a third more
    vectors, so that zeroing it took 110 MB for 100,000 vectors. What is small, or is written later, is not spared.
    """
    set_option = _option_setter()
    if set_option is None:
        yield
        return
    set_option(_M_PERTURB, _OFF)
    try:
        yield
    finally:
        set_option(_M_PERTURB, _ZERO_THEN_ONES)


def _option_setter() -> Callable[[int, int], int] | None:
    try:
        found: Callable[[int, int], int] = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return None
    return found
