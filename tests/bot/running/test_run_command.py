"""`advisor run`, and the other commands beside it: they print what they print without it."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import Result

from .processes import Running, free_port, running

pytestmark = [pytest.mark.slow, pytest.mark.full]

Advisor = Callable[..., Result]
COMMAND = ["-c", "import sys; from bot.cli import main; main()"]
QUESTION = "Why do data flywheels fail?"
LABEL = {
    "id": "b", "question": QUESTION, "lang": "en", "answerable": True,
    "expect": [{"source": "flywheel.md", "section": "Why they fail"}],
}  # fmt: skip


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    """The admin port of the bot that a test starts."""
    port = free_port()
    monkeypatch.setenv("ADVISOR_ADMIN_PORT", str(port))
    return port


@pytest.fixture
def bot(indexed: Advisor, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A bot that runs over the small library, and reads what has changed when it is asked to."""
    monkeypatch.setenv("ADVISOR_INPUTS_WATCH", "false")
    with running([*COMMAND, "run"], port=port, log=tmp_path / "log") as started:
        started.until(200)
        yield started


def told(result: Result) -> tuple[int, str, str]:
    """What a command printed, without what it measured."""
    try:
        lines = [json.loads(line) for line in result.stdout.splitlines()]
    except ValueError:
        return result.exit_code, result.stdout, result.stderr
    return result.exit_code, json.dumps([_timeless(line) for line in lines]), result.stderr


def _timeless(value: object) -> object:
    match value:
        case dict():
            return {name: _timeless(each) for name, each in value.items() if not name.endswith("_ms")}
        case list():
            return [_timeless(each) for each in value]
        case _:
            return value


def commands(tmp_path: Path, library: Path) -> list[list[object]]:
    questions, labels = tmp_path / "questions.jsonl", tmp_path / "labels.jsonl"
    questions.write_text('{"id": 1, "question": "数据飞轮为什么失败？"}\nbroken\n', encoding="utf-8")
    labels.write_text(json.dumps(LABEL) + "\n", encoding="utf-8")
    return [
        ["search", QUESTION],
        ["search", QUESTION, "--json", "-k", "1"],
        ["search", "--questions", questions],
        ["ask", QUESTION],
        ["ask", QUESTION, "--json"],
        ["ask", "How do I bake bread?", "--json"],
        ["ask", "--questions", questions],
        ["ask", " ", "--json"],
        ["search", " "],
        ["sources"],
        ["sources", "--json"],
        ["eval", labels, "--json"],
        ["index"],
        ["index", "--json", library],
        ["index", tmp_path / "none"],
        ["index", "--remove", tmp_path / "none"],
    ]


def test_commands_print_the_same_beside_a_running_bot(
    indexed: Advisor, port: int, tmp_path: Path, library: Path
) -> None:
    alone = [told(indexed(*command)) for command in commands(tmp_path, library)]
    with running([*COMMAND, "run"], port=port, log=tmp_path / "log") as bot:
        bot.until(200)
        beside = [told(indexed(*command)) for command in commands(tmp_path, library)]
        assert "advisor_index_documents 2.0" in bot.metrics()
        assert bot.stop(signal.SIGTERM) == 0
    assert beside == alone
    assert {status for status, _, _ in alone} == {0, 1}


def test_document_is_indexed_and_backed_up_through_the_running_bot(
    bot: Running, indexed: Advisor, library: Path, tmp_path: Path
) -> None:
    (library / "moats.md").write_text("# Moats\n\nA moat is what competitors cannot copy.\n")
    assert "added moats.md" in indexed("index", library).stdout
    assert "moats.md" in indexed("ask", "What is a moat that competitors cannot copy?").stdout
    assert "advisor_index_documents 3.0" in bot.metrics()
    backed_up = indexed("backup", tmp_path / "all.tar", "--json")
    assert json.loads(backed_up.stdout)["file"] == str(tmp_path / "all.tar")
    again = indexed("backup", tmp_path / "all.tar")
    assert (again.exit_code, again.stdout) == (1, "")
    assert "exists" in again.stderr


@pytest.mark.full
def test_second_bot_is_refused_and_harms_nothing(
    bot: Running, indexed: Advisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADVISOR_ADMIN_PORT", "0")
    second = subprocess.run([sys.executable, *COMMAND, "run"], capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1
    assert f"process {bot.process.pid} owns the index" in second.stderr
    assert indexed("ask", QUESTION).exit_code == 0


def test_killed_bot_is_noticed(bot: Running, indexed: Advisor, home: Path) -> None:
    assert stat.S_IMODE((home / "control.sock").stat().st_mode) == 0o600
    bot.process.kill()
    bot.process.wait(timeout=30)
    assert (home / "control.sock").exists()
    assert indexed("ask", QUESTION).exit_code == 0
    assert indexed("index").exit_code == 0


@pytest.mark.full
def test_several_commands_at_once_are_all_answered(bot: Running, indexed: Advisor, tmp_path: Path) -> None:
    def ask(number: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *COMMAND, "ask", "--json", f"{QUESTION} {number}"],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(ask, range(4)))
    assert [result.returncode for result in results] == [0] * 4
    assert [json.loads(result.stdout)["question"][-1] for result in results] == list("0123")
