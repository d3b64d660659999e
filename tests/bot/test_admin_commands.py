"""`advisor admin`: the same in the running bot and on a library opened here, for people and as JSON."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.admin_commands import Kept, Table, run_admin
from bot.commands.reindex_recovery import note_of
from bot.console.files import keep_file
from bot.control.reaching import open_remote
from bot.index_journal import IndexJournal
from bot.operations import Terminal
from bot.records import OPERATOR
from bot.replies import File
from bot.settings import Settings
from bot.shell.clerk import PLACE
from bot.shell.values import ShellFile, ShellOrder
from bot.store.opening import open_store
from rag.build import open_rag
from rag.catalogue import Input
from rag.errors import InvalidInput
from rag.types import Language

from .conftest import Advisor
from .overseen import ANSWER, ASKED, CHANNEL, running, settings_of, with_gaps


async def admin(
    home: Path,
    command: str,
    *,
    choose: tuple[int, ...] = (),
    as_json: bool = False,
    zh: bool = False,
    channel: str = "",
    **arguments: str,
) -> tuple[int, str]:
    """The exit status of an order, and what it prints."""
    out, chosen = io.StringIO(), iter(choose)
    terminal = Terminal(
        out=Console(file=out, width=200, markup=False, highlight=False),
        err=Console(file=io.StringIO()),
        json=as_json,
    )

    def keep(file: ShellFile) -> Path:
        return keep_file(File(name=file.name, content=file.text.encode()), home / "files")

    table = Table(terminal=terminal, keep=keep, choose=lambda _: next(chosen, None))
    language = Language.ZH if zh else Language.EN
    order = ShellOrder(command=command, arguments=arguments, channel=channel, language=language)
    kept = Kept(rag=settings_of(home), settings=Settings(home=home))
    async with open_remote(home, version="1", process=1) as remote:
        status = await run_admin(kept, table, order, remote=remote)
    return status, out.getvalue()


async def rows(home: Path, command: str, **arguments: Any) -> list[dict[str, Any]]:
    """The same as values."""
    status, told = await admin(home, command, as_json=True, **arguments)
    assert status == 0
    return [json.loads(line) for line in told.splitlines()]


async def library(home: Path) -> Path:
    """A folder that is indexed."""
    folder = home.parent / "docs"
    folder.mkdir()
    (folder / "harbour.md").write_text("# The harbour\n\nThe harbour costs four crowns a day.")
    async with open_rag(settings_of(home)) as rag:
        await rag.indexer.update([Input(path=folder)])
    return folder


async def a_day(home: Path, folder: Path) -> None:
    """What an admin does on the command line: look, add a document, index, close a gap, stop and go on."""
    assert (await rows(home, "admin", action="status"))[0] == {
        "documents": 1,
        "chunks": 1,
        "inputs": 1,
        "maintenance": False,
    }
    assert "Documents in the library: **1**" in (await admin(home, "admin", action="status"))[1]
    gaps = [row for row in await rows(home, "gaps", action="show") if "choice" not in row]
    assert {gap["question"] for gap in gaps} == {ASKED, "Who feeds the office cat?"}  # nothing of the direct message
    number = next(gap["number"] for gap in gaps if gap["question"] == ASKED)
    (folder / "quinces.md").write_text(ANSWER)
    status, told = await admin(home, "admin", action="reindex", what="full", choose=(1,))
    assert status == 0
    assert "1 added" in told
    assert "1 of 2 open questions would be answered by now." in told
    assert "Closed: 1." in told
    assert (await rows(home, "gaps", action="closed"))[0] | {"at": "", "closed_at": ""} == {
        "number": number,
        "question": ASKED,
        "kind": "refusal",
        "at": "",
        "closed_at": "",
        "resolution": "mended",
    }
    await steers(home, number)


async def steers(home: Path, number: int) -> None:
    """Reopens the gap, changes a limit, looks after the bot, and finds nothing to review."""
    assert "重新打开 1 条" in (await admin(home, "gaps", action="reopen", number=str(number), zh=True))[1]
    assert (
        "is 7 (set in the chat)" in (await admin(home, "admin", action="limits", what="queue_size 7", choose=(1,)))[1]
    )
    values = {row["limit"]: row["value"] for row in await rows(home, "admin", action="limits")}
    assert values["queue_size"] == 7
    (state,) = await rows(home, "admin", action="maintenance", what="on Back at five.")
    assert (state["maintenance"], state["message"]) == (True, "Back at five.")
    assert "维护结束" in (await admin(home, "admin", action="maintenance", what="off", zh=True))[1]
    assert "`advisor admin maintenance on`" in (await admin(home, "admin", action="maintenance", zh=True))[1]
    assert "No document came through the chat" in (await admin(home, "admin", action="documents"))[1]
    assert "Nothing is proposed" in (await admin(home, "proposals"))[1]
    assert (await rows(home, "admin", action="usage", what="30"))[-1]["people"] == 0
    with pytest.raises(InvalidInput, match="no choice 9"):
        await admin(home, "gaps", action="show", choose=(9,))


async def test_admins_day_in_the_running_bot(tmp_path: Path) -> None:
    home = tmp_path / "home"
    await with_gaps(home)
    folder = await library(home)
    async with running(home) as bot:
        await a_day(home, folder)
        entries = await bot.store.audit.latest(limit=99)
        assert {entry.actor for entry in entries} == {OPERATOR}
        assert {"reindex", "gap", "limit", "maintenance"} <= {entry.action for entry in entries}
        with bot.gate.hold("Bob"):
            assert "Bob" in (await admin(home, "admin", action="reindex"))[1]
            assert (await rows(home, "admin", action="status"))[0]["busy"] == "Bob"


async def test_hints_name_commands_as_the_command_line_has_them(tmp_path: Path) -> None:
    home = tmp_path / "home"
    await with_gaps(home)
    await library(home)
    async with running(home):
        for zh in (False, True):
            assert "`advisor admin gaps show <number>`" in (await admin(home, "gaps", action="show", zh=zh))[1]
        _, told = await admin(home, "gaps", action="show", number="1", choose=(1,))
        assert "`advisor admin inputs add PATH`" in told
        assert "upload" not in told


async def test_order_that_was_broken_off_is_told_with_the_next_one(tmp_path: Path) -> None:
    home = tmp_path / "home"
    await library(home)
    since = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    await IndexJournal(home).begin(note_of(PLACE, run_id="killed", since=since, language=Language.EN))
    async with running(home):
        first, second = [(await admin(home, "admin", action="usage"))[1] for _ in range(2)]
        assert "An index run (begun 2026-11-22 09:30 UTC) was broken off" in first
        assert "broken off" not in second
        assert "broken off" in (await admin(home, "admin", action="status"))[1]
        assert "up to date" in (await admin(home, "admin", action="reindex"))[1]
        assert "broken off" not in (await admin(home, "admin", action="status"))[1]


async def test_channel_is_looked_after_from_the_command_line(tmp_path: Path) -> None:
    home, key = tmp_path / "home", CHANNEL.channel_key
    folder = await library(home)
    (folder / "board.md").write_text("---\naudience: board\n---\n# The board\n\nThe board meets on Mondays.")
    async with open_rag(settings_of(home)) as rag:
        await rag.indexer.update([])
    async with running(home) as bot:
        assert await rows(home, "admin", action="labels", channel=key) == [
            {"channel": key, "labels": ["public"], "known": ["public", "board"]}
        ]
        assert f"`advisor admin labels {key} public`" in (await admin(home, "admin", action="labels", channel=key))[1]
        status, told = await admin(home, "admin", action="labels", what="board", channel=key, choose=(1,), zh=True)
        assert (status, "本频道现在的标签：board" in told) == (0, True), told
        assert (await bot.store.settings.get(key)).labels == {"public", "board"}
        assert (await bot.store.settings.get(PLACE.channel_key)).labels is None
        assert (
            "to every question"
            in (await admin(home, "config", action="set", name="respond", value="auto", channel=key))[1]
        )
        shown = {row["setting"]: row for row in await rows(home, "config", channel=key) if "setting" in row}
        assert (shown["respond"]["value"], shown["respond"]["origin"]) == (["auto"], "channel")
        assert shown["labels"]["value"] == ["board"]
        noted = [each for each in await bot.store.audit.latest(limit=9) if each.action == "config"]
        assert {(each.actor, each.subject) for each in noted} == {(OPERATOR, key)}
        assert {each.details["setting"] for each in noted} == {"labels", "respond"}


@pytest.mark.parametrize(
    ("command", "arguments", "told"),
    [
        pytest.param("admin", {"action": "limits", "what": "queue 3"}, "is no limit", id="unknown limit"),
        pytest.param("admin", {"action": "limits", "what": "queue_size many"}, "cannot be", id="wrong value"),
        pytest.param("admin", {"action": "reindex", "what": "attic"}, "is not registered", id="unknown input"),
        pytest.param("admin", {"action": "documents", "what": "attic"}, "no document “attic”", id="unknown document"),
        pytest.param("admin", {"action": "eval"}, "no labelled questions", id="nothing to ask"),
        pytest.param("gaps", {"action": "show", "number": "9"}, "no open gap", id="unknown gap"),
        pytest.param("gaps", {"action": "reopen", "number": "9"}, "", id="gap that is not closed"),
        pytest.param("proposals", {"action": "approve", "number": "9"}, "no proposal", id="unknown proposal"),
        pytest.param("admin", {"action": "tidy"}, "choose from", id="unknown action"),
        pytest.param(
            "config",
            {"action": "set", "name": "respond", "value": "maybe", "channel": "slack/T1/C1"},
            "allowed",
            id="no value",
        ),
    ],
)
async def test_what_is_not_done_fails(tmp_path: Path, command: str, arguments: dict[str, str], told: str) -> None:
    await library(tmp_path / "home")
    status, said = await admin(tmp_path / "home", command, **arguments)
    assert (status, told in said) == (1, True), said


async def test_reindex_that_leaves_a_file_out_fails(tmp_path: Path) -> None:
    folder = await library(tmp_path / "home")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    status, told = await admin(tmp_path / "home", "admin", action="reindex")
    assert (status, "broken.pdf" in told) == (1, True), told


@pytest.mark.full
async def test_admins_day_without_a_running_bot(tmp_path: Path) -> None:
    home = tmp_path / "home"
    await with_gaps(home)
    await a_day(home, await library(home))
    async with open_store(None, home=home) as store:
        assert {entry.actor for entry in await store.audit.latest(limit=99)} == {OPERATOR}


def test_commands_of_a_channel_say_what_is_missing(advisor: Advisor) -> None:
    for wrong in (("labels",), ("labels", "slack/T1"), ("config", "slack/T1/C1", "set"), ("config", "C1")):
        assert advisor("admin", *wrong).exit_code == 2, wrong
    assert "advisor digest add" in advisor("admin", "config", "slack/T1/C1", "set", "digests", "daily").output


def test_channel_is_named_on_the_command_line(indexed: Advisor) -> None:
    assert indexed("admin", "config", "slack/T1/C1", "set", "language", "Chinese").exit_code == 0
    told = [json.loads(line) for line in indexed("admin", "config", "slack/T1/C1", "--json").stdout.splitlines()]
    assert {"setting": "language", "value": ["zh"], "origin": "channel"} in told
    assert "public" in indexed("admin", "labels", "slack/T1/C1").stdout


def test_commands_say_what_is_missing(advisor: Advisor) -> None:
    assert advisor("admin").exit_code == 2
    for wrong in (("gaps", "close"), ("gaps", "mend", "1"), ("review", "approve"), ("maintenance", "perhaps")):
        assert advisor("admin", *wrong).exit_code == 2, wrong
    names = advisor("admin", "--help").output
    assert all(name in names for name in ("status", "inputs", "gaps", "usage", "audit", "review", "eval", "limits"))


def test_whole_program_runs_an_order(indexed: Advisor) -> None:
    lines = indexed("admin", "status", "--json").stdout.splitlines()
    assert json.loads(lines[0])["documents"] == 2
    assert indexed("admin", "limits", "queue_size", "9", "--yes").exit_code == 0
    told = [json.loads(line) for line in indexed("admin", "limits", "--json").stdout.splitlines()]
    assert {"limit": "queue_size", "value": 9, "origin": "chat"} in told
    assert json.loads(indexed("admin", "audit", "list", "--json").stdout.splitlines()[0])["action"] == "limit"
    assert "queue_size" in indexed("admin", "audit", "list").stdout
    assert indexed("admin", "inputs", "list").exit_code == 0
