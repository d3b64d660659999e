"""Where a running bot's socket lies, who can open it, and what a killed bot leaves behind."""

from __future__ import annotations

import json
import os
import socket
import stat
from pathlib import Path

import pytest

from bot.control.address import read_address
from bot.control.reaching import open_remote
from bot.errors import ControlFailed
from rag.types import Question

from .conftest import RETRIEVAL, VERSION, Bench, control_over

WHY = Question(id="1", text="为什么？")


async def test_socket_and_token_are_the_owners_alone(bench: Bench) -> None:
    address = read_address(bench.home)
    assert address is not None
    for path in (address.socket, bench.home / "control.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert address.token not in repr(address)


async def test_nothing_is_left_behind(tmp_path: Path) -> None:
    async with control_over(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


async def test_home_too_deep_for_a_socket_works(tmp_path: Path) -> None:
    home = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 6)
    async with control_over(home) as bench:
        address = read_address(home)
        assert address is not None
        assert home not in address.socket.parents
        assert stat.S_IMODE(address.socket.parent.stat().st_mode) == 0o700
        bench.library.gate.set()
        assert await (await bench.remote()).retriever.retrieve(WHY) == RETRIEVAL
    assert not address.socket.exists()
    address.socket.parent.rmdir()


async def test_no_bot_is_found_where_none_was_started(tmp_path: Path) -> None:
    async with open_remote(tmp_path, version=VERSION, process=1) as found:
        assert found is None


async def test_killed_bots_socket_counts_as_none_and_is_replaced(tmp_path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / "control.sock"))
    left.close()
    entries = {"socket": str(tmp_path / "control.sock"), "token": "old", "process": 1}
    (tmp_path / "control.json").write_text(json.dumps(entries))
    async with open_remote(tmp_path, version=VERSION, process=1) as found:
        assert found is None
    async with control_over(tmp_path) as bench:
        assert (await bench.remote()).process == os.getpid()


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"socket": 1, "token": 2, "process": "x"}'])
async def test_damaged_address_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "control.json").write_bytes(content)
    with pytest.raises(ControlFailed, match="restart the bot"):
        async with open_remote(tmp_path, version=VERSION, process=1):
            pass
