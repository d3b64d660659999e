"""How the C library deals with memory; where it is another one than glibc, nothing happens."""

from __future__ import annotations

import ctypes
from typing import Final

_M_PERTURB: Final = -6
"""Of glibc's malloc.h: allocated bytes begin as the complement of this value, freed ones are set to it (mallopt(3))."""

_ZERO_THEN_ONES: Final = 0xFF


def give_back() -> None:
    """Returns to the system what lies free after a large thing was read; the library keeps what it might need again.

    Opening both packaged models leaves 30 MB of 240 free and kept.
    """
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return
    trim(0)


def forget_what_is_freed() -> None:
    """Has memory come zeroed, and overwritten when it is freed.

    hnswlib, below Chroma, writes blocks to disk with what it has not filled yet. Used memory would bring along what
    this process held before, the words of people who have had theirs deleted as well. A search takes no longer for it.
    """
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    set_option(_M_PERTURB, _ZERO_THEN_ONES)
