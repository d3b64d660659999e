"""`advisor inputs`: the same on a library opened here and on that of a running bot."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from bot.assembly import inputs_of, now
from bot.control.reaching import open_remote
from bot.control.service import Clerks
from bot.index_journal import IndexJournal
from bot.indexing import IndexGate, IndexRuns
from bot.input_commands import Kept, run_order
from bot.input_settings import InputSettings
from bot.inputs.acting import InputClerk, InputOrder
from bot.inputs.values import InputRules
from bot.operations import Terminal
from bot.store.opening import open_store
from rag.build import open_rag
from rag.errors import IndexLocked, InvalidInput
from rag.settings import EmbeddingSettings, RagSettings
from rag.types import Language
from tests.bot.bench import WORDING
from tests.bot.overseen import controlled
from tests.rag.ingest.feed_server import FeedServer, feed_server

PAGE = "<html><head><title>Foundry</title></head><body><article><p>The foundry sells chips.</p></article></body></html>"
RULES = InputRules(settings=InputSettings(allow_hosts=("127.0.0.1",)))
Order = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as served:
        served.publish(PAGE, "/p", content_type="text/html")
        yield served


def kept(home: Path) -> Kept:
    home.mkdir(parents=True, exist_ok=True)
    return Kept(rag=RagSettings(home=home, embedding=EmbeddingSettings(embedder="memory")), rules=RULES)


@asynccontextmanager
async def running(home: Path) -> AsyncIterator[IndexGate]:
    """A bot's control socket over a home."""
    settings = kept(home)
    async with open_rag(settings.rag) as rag, open_store(None, home=home) as store:
        gate = IndexGate(now=now)
        runs = IndexRuns(rag.indexer, rag.catalogue, gate=gate, journal=IndexJournal(rag.home), now=now)
        clerk = partial(InputClerk, desk=inputs_of(rag, store, runs, RULES), runs=runs, wording=WORDING)
        async with controlled(rag, gate, Clerks(inputs=lambda who: clerk(who=who, language=Language.EN))):
            yield gate


async def ordered(home: Path, action: str, target: str = "", *, as_json: bool = False, sure: bool = True, **options):  # type: ignore[no-untyped-def]
    out = io.StringIO()
    console = Console(file=out, width=200)
    terminal = Terminal(out=console, err=Console(file=io.StringIO()), json=as_json)
    order = InputOrder(action=action, target=target, options=options)
    async with open_remote(home, version="1", process=1) as remote:
        status = await run_order(kept(home), terminal, order, remote=remote, sure=lambda told: sure)
    return status, out.getvalue()


@pytest.mark.full
async def test_inputs_are_managed_without_a_running_bot(server: FeedServer, tmp_path: Path) -> None:
    await whole_round(server, tmp_path / "home", tmp_path)


async def test_inputs_are_managed_in_the_running_bot(server: FeedServer, tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with running(home) as gate:
        await whole_round(server, home, tmp_path)
        server.publish(PAGE, "/p", content_type="text/html")
        with gate.hold("Bob"):
            assert "it is read after that" in (await ordered(home, "read", "1"))[1]
            with pytest.raises(IndexLocked):
                await ordered(home, "remove", "1")


async def whole_round(server: FeedServer, home: Path, folder: Path) -> None:
    docs = folder / "docs"
    docs.mkdir()
    (docs / "a.md").write_text("# Plan\n\nSell chips.")
    assert await ordered(home, "list", as_json=True) == (0, "")
    assert await ordered(home, "add", server.address("/p"), sure=False) == (1, "")
    status, told = await ordered(home, "add", server.address("/p"), audience="board", every="2d")
    assert (status, told.splitlines()[0]) == (0, "Input 1 was read.")
    await ordered(home, "add", str(docs))
    _, told = await ordered(home, "list", as_json=True)
    rows = [json.loads(line) for line in told.splitlines()]
    assert [(row["kind"], row["documents"], row["audience"], row["every_s"]) for row in rows] == [
        ("page", 1, "board", 172_800),
        ("folder", 1, "", 86_400),
    ]
    assert "is paused" in (await ordered(home, "pause", "2"))[1]
    assert "1 · page http" in (await ordered(home, "list"))[1].replace("`", "")
    assert "was read" in (await ordered(home, "resume", "2"))[1]
    server.pages["/p"] = (404, {}, b"")
    status, told = await ordered(home, "read", "1")
    assert (status, "there is nothing at this address" in told) == (1, True)
    assert "left the library: 1." in (await ordered(home, "remove", "2"))[1]
    with pytest.raises(InvalidInput, match="no input"):
        await ordered(home, "remove", "2")
    with pytest.raises(InvalidInput, match="no file or folder"):
        await ordered(home, "add", "/nope")
    with pytest.raises(InvalidInput, match="every"):
        await ordered(home, "add", str(docs), every="3s")
