"""What running a model leaves behind."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

_OPEN = """
import asyncio
from rag.backends.e5.opening import open_e5

asyncio.run(open_e5(threads=1))
"""


@pytest.mark.full
def test_no_file_of_a_runtime_appears_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    subprocess.run([sys.executable, "-c", _OPEN], check=True, capture_output=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
