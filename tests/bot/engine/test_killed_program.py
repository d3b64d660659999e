"""A real process with a real store that is killed at any moment and started again."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.full]

_PROGRAM = Path(__file__).with_name("killed_program.py")
_ROOT = Path(__file__).parents[3]
_LAST = 80
_LIVES = [1, 17, 30]
"""How many messages each life acknowledges before it is killed."""


def start(home: Path, first: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(_PROGRAM), str(home), str(first), str(_LAST)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=_ROOT)


def live(home: Path, first: int, *, acknowledges: int) -> int:
    """One life that ends by a kill; returns the first message that was not acknowledged."""
    with start(home, first) as process:
        assert process.stdout is not None
        for _ in range(acknowledges):
            assert process.stdout.readline().strip().isdigit()
        process.kill()
        # What it had printed by then was acknowledged, too.
        printed = [line for line in process.stdout.read().split() if line.isdigit()]
    assert process.returncode == -signal.SIGKILL
    return first + acknowledges + len(printed)


@pytest.mark.slow
def test_killed_program_answers_every_acknowledged_question_once(tmp_path: Path) -> None:
    first = 0
    for acknowledges in _LIVES:
        first = live(tmp_path, first, acknowledges=acknowledges)
    with closing(sqlite3.connect(tmp_path / "store.sqlite3")) as connection:
        left = connection.execute("SELECT count(*) FROM questions WHERE state != 'answered'").fetchone()[0]
    with start(tmp_path, first) as process:
        assert process.stdout is not None
        assert process.stdout.read().split()[-1] == "settled"

    with closing(sqlite3.connect(tmp_path / "store.sqlite3")) as connection:
        states = connection.execute("SELECT message_id, state FROM questions").fetchall()
    posts = Counter(json.loads(line)["reply_to"] for line in (tmp_path / "platform.jsonl").read_text().splitlines())
    everything = {f"q{number}" for number in range(_LAST)}
    assert left > 0, "no kill fell into an answer"
    assert sorted(states) == sorted((message_id, "answered") for message_id in everything)
    assert posts == Counter(everything)
