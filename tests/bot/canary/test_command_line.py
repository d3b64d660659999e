"""The command line beside a running bot: readers are told nothing of the board's; what its owner does leaks nowhere.

Whoever has the machine may read all of it (`admin`, `inputs`, `sources`, `audit`). Their orders go over the control
socket, and nothing of them may reach a chat, what others are told in a chat later, or a log.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.assembly import effects_of
from bot.cli import app
from bot.control.address import read_address
from bot.control.reaching import open_remote
from bot.control.service import Clerks
from bot.control.wire import (
    PROTOCOL,
    Count,
    Describe,
    Effects,
    Envelope,
    Inputs,
    ListDocuments,
    Retrieve,
    Shell,
    Stream,
    encode_request,
)
from bot.inputs.acting import InputClerk, InputOrder
from bot.shell.clerk import ShellClerk
from bot.shell.values import ShellOrder
from rag.errors import RagError
from rag.types import Question
from tests.bot.overseen import controlled

from .calls import FOLLOW_UPS, QUESTIONS, argument_sets
from .scene import EN, OUTSIDERS, ZH, Scene, holds_canary, scene, shown

pytestmark = pytest.mark.full

VERSION = metadata.version("startup-advisor")
_READING = (
    *(("ask", text) for text in (*QUESTIONS, *FOLLOW_UPS)),
    *(("search", text, "-k", "50") for text in (*QUESTIONS, *FOLLOW_UPS)),
    *(("risks", "list", "--language", each) for each in ("en", "zh")),
    *(("risks", "show", each) for each in ("lighthouse", "灯塔", "The lighthouse risk Zqkanarix")),
    ("risks", "export", "risks.md"),
    ("risks", "export", "risks.csv"),
    *(("digest", "preview", "--since", "2020-01-01", "--language", each) for each in ("en", "zh")),
    ("digest", "preview", "--kind", "checklist"),
)
"""What tells a reader of the library: of public documents alone."""

_KEEPING = (
    ("sources",),
    ("inputs", "list"),
    ("admin", "inputs", "list"),
    ("admin", "status"),
    ("admin", "review"),
    ("admin", "review", "show", "2"),
    ("admin", "documents"),
    ("admin", "gaps"),
    ("admin", "gaps", "check"),
    ("admin", "gaps", "closed"),
    ("admin", "usage"),
    ("admin", "limits"),
    ("admin", "maintenance"),
    ("admin", "audit", "list"),
    ("audit", "list"),
    ("digest", "list"),
    ("admin", "reindex"),
    ("admin", "reindex", "full"),
    ("index",),
)
"""What whoever has the machine does: they may read all, and none of it leaves the machine."""


@asynccontextmanager
async def beside(home: Path) -> AsyncIterator[Scene]:
    """A bot with its control socket."""
    async with scene(home) as bot:
        handling: Any = bot.engine._parts.handling
        means = handling._means

        def inputs(who: str) -> InputClerk:
            return InputClerk(desk=means.inputs, runs=means.index, wording=means.wording, who=who, language=EN)

        clerks = Clerks(
            inputs=inputs,
            effects=effects_of(bot.rag, bot.store, means.inputs),
            shell=lambda who: ShellClerk(means, who=who),
        )
        async with controlled(bot.rag, means.index._gate, clerks, version=VERSION):
            yield bot


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs a command as a shell would; all that it printed and wrote."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("ADVISOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ADVISOR_EMBEDDER", "memory")

    def run(*arguments: str) -> str:
        told = CliRunner().invoke(app, [*arguments]).output
        return told + "".join(each.read_bytes().decode(errors="replace") for each in work.rglob("*") if each.is_file())

    return run


async def test_no_reader_is_told_and_nothing_that_the_owner_reads_goes_further(
    tmp_path: Path, typed: Callable[..., str], capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    leaks, read = [], 0
    with caplog.at_level(logging.INFO):
        async with beside(tmp_path / "home") as bot:
            for arguments in _READING:
                for line in (arguments, (*arguments, "--json")):
                    told = await asyncio.to_thread(typed, *line)
                    bot.probes += 1
                    if holds_canary(told.replace(arguments[-1], "")):
                        leaks.append((line, told[:400]))
            bot.fresh()
            for arguments in _KEEPING:
                read += holds_canary(await asyncio.to_thread(typed, *arguments))
                bot.probes += 1
            leaks += [("chat", shown(each)[:400]) for each in bot.fresh() if holds_canary(shown(each))]
            leaks += await outside(bot)
            report("the command line", bot, capsys)
        logged = [json.dumps({**vars(record), "args": str(record.args)}, default=str) for record in caplog.records]
    assert leaks == []
    assert read > 5
    assert [line for line in logged if holds_canary(line)] == []


async def test_no_order_over_the_socket_goes_further(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Every command of the registry in both languages, as the owner orders it."""
    leaks, read = [], 0
    with caplog.at_level(logging.INFO):
        async with (
            beside(tmp_path / "home") as bot,
            open_remote(tmp_path / "home", version=VERSION, process=1) as remote,
        ):
            assert remote is not None
            for order in orders(bot):
                said: list[Any] = []
                try:
                    await remote.shell(order, said.append)
                except RagError as error:
                    said.append(error)
                read += any(holds_canary(shown(each)) for each in said)
                bot.probes += 1
                leaks += [(order, shown(each)[:400]) for each in bot.fresh() if holds_canary(shown(each))]
            leaks += await outside(bot)
            report("orders over the socket", bot, capsys)
        logged = [json.dumps({**vars(record), "args": str(record.args)}, default=str) for record in caplog.records]
    assert leaks == []
    assert read > 20
    assert [line for line in logged if holds_canary(line)] == []


async def test_socket_tells_nothing_to_whoever_has_no_token(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with beside(tmp_path / "home") as bot:
        address = await asyncio.to_thread(read_address, tmp_path / "home")
        assert address is not None
        asked = Question(id="1", text=QUESTIONS[0])
        for request in (
            Describe(),
            Count(),
            Retrieve(question=asked),
            Stream(question=asked),
            ListDocuments(),
            Inputs(order=InputOrder(action="list")),
            Effects(sources=()),
            Shell(order=ShellOrder(command="proposals")),
        ):
            for token in ("", "0" * len(address.token), address.token[:-1]):
                envelope = Envelope(token=token, protocol=PROTOCOL, version=VERSION, process=1, request=request)
                reader, writer = await asyncio.open_unix_connection(str(address.socket))
                writer.write(encode_request(envelope))
                told = (await reader.read()).decode()
                writer.close()
                bot.probes += 1
                assert '"error"' in told
                assert not holds_canary(told)
                assert "lighthouse" not in told.casefold()
        report("the socket without a token", bot, capsys)


def orders(bot: Scene) -> Iterator[ShellOrder]:
    """Each command with its choices; what takes long or asks questions is left to the other tests."""
    for language in (EN, ZH):
        for command in bot.registry.commands:
            for number, arguments in enumerate(argument_sets(command)):
                if number % 4 == 0 or not arguments:
                    yield ShellOrder(command=command.name, arguments=arguments, language=language)


async def outside(bot: Scene) -> list[tuple[Any, ...]]:
    """What those outside are told in the chats afterwards."""
    leaks: list[tuple[Any, ...]] = []
    for name in ("audit", "审计", "admin", "inputs", "gaps", "proposals", "config", "sources", "case", "home"):
        for who, where in OUTSIDERS:
            out = await bot.command(who, where, name)
            leaks += [(who.id, name, shown(each)[:400]) for each in out if holds_canary(shown(each))]
    return leaks


def report(name: str, bot: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """Tells how much was tried."""
    with capsys.disabled():
        print(f"\ncanary, {name}: {bot.probes} probes")  # noqa: T201
