"""Memory that was freed goes back to the system."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import pytest

from rag.backends.heap import give_back


def resident() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_what_was_freed_in_small_pieces_is_given_back() -> None:
    pieces = [bytes(2000) for _ in range(20_000)]
    kept = pieces[-1]
    before = resident()
    pieces.clear()
    give_back()
    assert len(kept) == 2000
    assert resident() <= before
