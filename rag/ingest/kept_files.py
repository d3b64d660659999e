"""Writes files that the index may read at any moment: whole, or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(file: Path, content: str | bytes) -> None:
    """Puts a file in its place in one step. It blocks. Raises OSError."""
    beside = file.with_name(f".{file.name}.new")
    beside.write_bytes(content.encode() if isinstance(content, str) else content)
    os.replace(beside, file)  # noqa: PTH105 - the same, and known to be atomic


def drop_folder(folder: Path) -> int:
    """Removes a folder that holds files alone, and says how many visible ones went. It blocks. Raises OSError."""
    if not folder.is_dir():
        return 0
    gone = 0
    for file in folder.iterdir():
        gone += not file.name.startswith(".")
        file.unlink()
    folder.rmdir()
    return gone
