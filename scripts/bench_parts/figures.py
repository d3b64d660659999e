"""Measuring: percentiles, memory and disk."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

_Result = TypeVar("_Result")


async def timed(work: Callable[[], Awaitable[_Result]]) -> tuple[float, _Result]:
    """Seconds that a piece of work takes, with its result."""
    begun = time.perf_counter()
    result = await work()
    return time.perf_counter() - begun, result


async def in_own_process(module: str, folder: Path, chunks: int) -> dict[str, object]:
    """What a module says as a program: memory is that of whoever does only this."""
    program = [sys.executable, "-m", module, str(folder), str(chunks)]
    process = await asyncio.create_subprocess_exec(
        *program, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parent.parent
    )
    output, _ = await process.communicate()
    found: dict[str, object] = json.loads(output)
    return found


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds, nearest rank."""
    ordered = sorted(seconds)
    return {
        f"p{percent} ms": round(1000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 1)
        for percent in (50, 95, 99)
    }


def resident_mb() -> int:
    """The memory that this process has resident now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 2**20


def disk_mb(folder: Path) -> int:
    """What a folder takes on disk, in MB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) // 2**20
