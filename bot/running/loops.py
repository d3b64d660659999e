"""The event loop of the running program.

Beside twenty answers that are being written, uvloop brings a question to its model in three fifths of the time that
asyncio's own loop takes: `scripts/bench --model` measures it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

import uvloop

_Result = TypeVar("_Result")


def run_served(main: Coroutine[object, object, _Result]) -> _Result:
    """Run a program that serves many people, as `asyncio.run` does, on the loop that does most in a second."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
