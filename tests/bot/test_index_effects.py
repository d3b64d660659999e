"""What `advisor index` does to the list of inputs and to open gaps, beside a running bot and without one."""

from __future__ import annotations

import io
import json
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from bot import operations
from bot.control.reaching import open_remote
from bot.index_commands import after_index
from bot.input_commands import Kept
from bot.operations import IndexJob, Terminal
from bot.records import OPERATOR
from bot.store.opening import open_store
from rag.build import open_rag

from .overseen import ANSWER, ASKED, running, settings_of, with_gaps


async def index(home: Path, folder: Path, *, as_json: bool = False) -> str:
    """What `advisor index` prints."""
    out, kept = io.StringIO(), Kept(rag=settings_of(home))
    terminal = Terminal(out=Console(file=out, width=200), err=Console(file=io.StringIO()), json=as_json)
    job = IndexJob(paths=[folder])
    async with open_remote(home, version="1", process=1) as remote:
        if remote is not None:
            assert await operations.index(remote, terminal, job, after=partial(after_index, lambda: kept, remote)) == 0
            return out.getvalue()
    async with open_rag(kept.rag) as rag:
        assert await operations.index(rag, terminal, job, after=partial(after_index, lambda: kept, rag)) == 0
    return out.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A document that answers a gap."""
    made = tmp_path / "docs"
    made.mkdir()
    (made / "quinces.md").write_text(ANSWER)
    return made


async def test_run_beside_a_bot_tells_what_it_answers_and_is_noted(tmp_path: Path, folder: Path) -> None:
    home = tmp_path / "home"
    await with_gaps(home)
    async with running(home) as bot:
        told = await index(home, folder)
        assert "open gaps that would be answered by now: 1 of 2" in told
        assert f"1. {ASKED}" in told
        assert "in secret" not in told
        (record,) = await bot.store.inputs.all()
        assert record.result is not None
        assert (record.target, record.result.added) == (str(folder), 1)
        (folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing more")
        (folder / "quinces.md").unlink()
        await run_that_fails(home, folder)
        (record,) = await bot.store.inputs.all()
        assert record.result is not None
        assert (record.result.removed, record.result.failed, record.result.value) == (1, 1, "broken.pdf")


async def run_that_fails(home: Path, folder: Path) -> None:
    """A run with a file that cannot be read."""
    with pytest.raises(AssertionError):
        await index(home, folder)


async def test_run_without_a_bot_is_noted_where_something_is_kept(tmp_path: Path, folder: Path) -> None:
    home = tmp_path / "home"
    assert "open gaps" not in await index(home, folder)
    assert not (home / "store.sqlite3").exists()
    await with_gaps(home)
    (folder / "quinces.md").write_text(f"{ANSWER} They are yellow.")
    record = json.loads(await index(home, folder, as_json=True))
    assert record["gaps"] == {"open": 2, "answered": [{"number": 1, "question": ASKED}]}
    async with open_store(None, home=home) as store:
        (kept,) = await store.inputs.all()
        assert kept.result is not None
        assert kept.result.updated == 1
        (entry,) = await store.audit.latest(limit=9)
        assert (entry.actor, entry.action, entry.details["updated"]) == (OPERATOR, "index", "1")
