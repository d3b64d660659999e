"""Keeps Python from stopping the program for long while people wait."""

from __future__ import annotations

import gc
import sys

_NEW, _YOUNG, _OLD = 10_000, 20, 20
"""How much is made between two collections. Python's own figures suit programs that make less at a time."""

_TURN_S = 0.000_5
"""How long one thread keeps the interpreter while others want it. A question changes threads some twenty times before
its search is done; at Python's own 5 ms each of these may cost as much, while other answers are being checked."""


def spare_pauses() -> None:
    """Takes what is loaded by now out of every later collection, and lets threads take turns more often.

    Going through what is loaded takes a third of a second each time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW, _YOUNG, _OLD)
    sys.setswitchinterval(_TURN_S)
