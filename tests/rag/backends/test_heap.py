"""Memory that was freed, or served a start alone, goes back to the system."""

from __future__ import annotations

import ctypes
import resource
import subprocess
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


_READ_A_GRAPH = """
import ctypes, sys
from pathlib import Path
from rag.backends.heap import forget_what_is_freed, large_blocks_untouched

def resident():
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096

forget_what_is_freed()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
begun = resident()
with large_blocks_untouched():
    spared = libc.malloc(64 << 20)
within = resident() - begun
written = libc.malloc(64 << 20)
print(within >> 20, (resident() - begun - within) >> 20, sum(ctypes.string_at(spared + (32 << 20), 4096)))
"""


@pytest.mark.skipif(sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallopt"), reason="asks glibc")
def test_a_large_block_is_zeroed_without_taking_memory_while_a_graph_is_read() -> None:
    done = subprocess.run([sys.executable, "-c", _READ_A_GRAPH], capture_output=True, text=True, check=True)
    spared, written, content = map(int, done.stdout.split())
    assert spared < 8
    assert written >= 60
    assert content == 0


_PUT_DOWN = """
import numpy
from pathlib import Path
from rag.backends.heap import put_down_programs

def of_files():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssFile"))

expected = numpy.linalg.svd(numpy.eye(3) * 2)[1].tolist()
before = of_files()
put_down_programs()
after = of_files()
print(before - after, numpy.linalg.svd(numpy.eye(3) * 2)[1].tolist() == expected)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_what_a_library_needed_for_its_start_alone_leaves_memory_and_the_library_goes_on_working() -> None:
    done = subprocess.run([sys.executable, "-c", _PUT_DOWN], capture_output=True, text=True, check=True)
    freed_kb, works = done.stdout.split()
    assert int(freed_kb) > 1000
    assert works == "True"


_LEAN_CHROMA = """
import sys, tempfile
from pathlib import Path
from rag.backends.chroma import without_exporter

with without_exporter():
    import chromadb
print("grpc" in sys.modules, [name for name in sys.modules if name.endswith("trace_exporter")])
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
print(OTLPSpanExporter.__name__)
"""


def test_chroma_is_imported_without_what_sends_traces_which_others_may_still_import() -> None:
    done = subprocess.run([sys.executable, "-c", _LEAN_CHROMA], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["False []", "OTLPSpanExporter"]
